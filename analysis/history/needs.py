"""Which states the operations of a key still need, and which writes are left that lead to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import Any, Final

from analysis.history.operations import Operation

ANY: Final = object()
"""In place of a value, where an operation needs or leaves none in particular."""


class Needs:
    """Counts, for each value that an operation needs to be there, those of them to come and the writes of it to come.

    A get or a cas needs the value that it has found. An append of a text that is written once, and was read, needs what
    stands before it wherever it was read; `before` has that for each operation, ANY where it is not known. Operations
    are numbered through, certain ones first, and are all to come at the beginning. `state` is where they start from.
    """

    __slots__ = ("_brought", "_needed", "_numbers", "_supply", "_wanted", "before")

    def __init__(self, certain: Sequence[Operation], uncertain: Sequence[Operation], state: Any) -> None:
        operations = [*certain, *uncertain]
        self.before = _before(operations, state)
        needed = [
            _found(each) if before is ANY else before for each, before in zip(certain, self.before, strict=False)
        ] + [ANY] * len(uncertain)
        self._numbers: dict[Hashable, int] = {}
        for value in needed:
            if value is not ANY:
                self._numbers.setdefault(value, len(self._numbers))
        self._needed = [-1 if value is ANY else self._numbers[value] for value in needed]
        self._wanted = [0] * len(self._numbers)
        for number in self._needed:
            if number >= 0:
                self._wanted[number] += 1
        self._brought = self._bringers(operations)
        self._supply = [0] * len(self._numbers)
        for brought in self._brought:
            for number in brought:
                self._supply[number] += 1

    def _bringers(self, operations: Sequence[Operation]) -> list[list[int]]:
        """Of each operation, the needed values that it may leave."""
        free = [each.value for each, before in zip(operations, self.before, strict=True) if _is_free(each, before)]
        longest = max((value.count(",") for value in free), default=-1) + 1
        endings: dict[str, list[int]] = defaultdict(list)
        for value, number in self._numbers.items() if longest else ():
            if isinstance(value, str):
                parts = value.rsplit(",", longest)
                for place in range(len(parts)):
                    endings[",".join(parts[place:])].append(number)
        brought = []
        for each, before in zip(operations, self.before, strict=True):
            if _is_free(each, before):
                brought.append(endings.get(each.value, []))
            else:
                number = self._numbers.get(_left(each, before), -1)
                brought.append([number] if number >= 0 else [])
        return brought

    def done(self, number: int) -> None:
        """An operation has been put into the order."""
        needed = self._needed[number]
        if needed >= 0:
            self._wanted[needed] -= 1
        for value in self._brought[number]:
            self._supply[value] -= 1

    def undone(self, number: int) -> None:
        """An operation has been taken out of the order again."""
        needed = self._needed[number]
        if needed >= 0:
            self._wanted[needed] += 1
        for value in self._brought[number]:
            self._supply[value] += 1

    def hold(self, state: Any, number: int) -> bool:
        """Whether an operation cannot come next, for it would end a state that others need and none brings again."""
        value = self._numbers.get(state, -1)
        if value < 0:
            return False
        wanted = self._wanted[value] - (self._needed[number] == value)
        return wanted > 0 and self._supply[value] == (value in self._brought[number])


def is_determined(operation: Operation) -> bool:
    """Whether there is one state that can be after an operation that had its result."""
    function = operation.function
    return operation.is_certain and (
        function in ("get", "put", "delete", "balances") or (function == "cas" and operation.result is True)
    )


def idle(uncertain: Sequence[Operation], certain: Sequence[Operation]) -> set[Operation]:
    """Return those of the uncertain operations on a key that make no difference to the certain ones.

    This holds where the last of the certain ones tells the state after all of them, or nothing comes after them.
    """
    everything = [*certain, *uncertain]
    if not uncertain or any(each.function == "transfer" or _fits_most(each) for each in everything):
        return set()
    found = {_found(each) for each in certain} | {each.value[0] for each in uncertain if each.function == "cas"}
    texts = [value for value in found if isinstance(value, str)]
    deletes = None in found or any(each.function == "append" for each in everything)
    busy = (
        deletes if each.function == "delete" else any(text in value for value in texts)
        for each in uncertain
        for text in (_written(each) or "",)
    )
    return {each for each, is_busy in zip(uncertain, busy, strict=True) if not is_busy}


def _fits_most(operation: Operation) -> bool:
    """Whether it is a cas that found another value, which many writes may have brought about."""
    return operation.function == "cas" and operation.is_certain and operation.result is False


def _before(operations: Sequence[Operation], state: Any) -> list[Any]:
    """What has to be there before each append, as far as it is known."""
    before: list[Any] = [ANY] * len(operations)
    written = [text for each in operations if (text := _written(each)) is not None]
    appends = {each.value: place for place, each in enumerate(operations) if each.function == "append"}
    if not appends or any(not isinstance(text, str) or "," in text for text in written):
        return before
    known = set(state.split(",")) if isinstance(state, str) else set()
    often = Counter(written)
    unseen = {text for text in appends if often[text] == 1 and text not in known}
    for value in {_found(each): None for each in operations}:
        rest = value if isinstance(value, str) else ""
        while rest:
            rest, comma, text = rest.rpartition(",")
            if text in appends and text not in unseen:  # what stands before it is known from another value
                break
            if text in unseen:
                unseen.discard(text)
                before[appends[text]] = rest if comma else None
            if not comma:
                break
    return before


def _is_free(operation: Operation, before: Any) -> bool:
    """Whether it appends to whatever is there."""
    return operation.function == "append" and before is ANY


def _found(operation: Operation) -> Any:
    """The value that an operation has found."""
    if not operation.is_certain:
        return ANY
    if operation.function == "get":
        return operation.result
    return operation.value[0] if operation.function == "cas" and operation.result is True else ANY


def _written(operation: Operation) -> str | None:
    """The text that a write of a key brings in."""
    if operation.function == "cas":
        operation_text: str = operation.value[1]
        return operation_text
    return operation.value if operation.function in ("put", "append") else None


def _left(operation: Operation, before: Any) -> Any:
    """The value that an operation leaves where it changes anything."""
    if operation.function == "delete":
        return None
    if operation.function == "append":
        return operation.value if before is None else f"{before},{operation.value}"
    if operation.function == "cas":
        return operation.value[1] if operation.result is not False else ANY
    return operation.value if operation.function == "put" else ANY
