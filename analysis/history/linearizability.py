"""Linearizability of the history that clients saw, each key for itself (Herlihy and Wing, TOPLAS 12(3), 1990)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from analysis.history.models import initial_state, object_of, only_observes
from analysis.history.operations import KINDS, OPEN, Operation, Outstanding
from analysis.history.search import Budget, OutOfBudget, Reached, conflict, explanations
from analysis.verdict import Check, RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

STEPS_OF_AN_OBJECT: Final = 1_000_000
"""Steps of the search that one object may take before its verdict is unknown."""
MOST_KEPT: Final = 5_000
"""Operations of an object over which the search can go back."""
MOST_SHOWN: Final = 60
"""Operations among which a smallest conflict is looked for."""


class ObjectJudge:
    """Judges one object while its history comes in, a window at a time.

    A window ends where no operation is outstanding. It is explained from where the one before has led; where that
    cannot be, all that is kept is explained anew. What came before a state that is the only one possible is forgotten.
    `violated` holds the operations without an explanation, `exhausted` tells that the search was given up.
    """

    __slots__ = ("_base", "_budget", "_forgot", "_kept", "_last", "_window", "certain", "exhausted", "open", "violated")

    def __init__(self, state: Any) -> None:
        self.open = 0
        self.certain = 0
        self.exhausted = False
        self.violated: list[Operation] = []
        self._base = self._last = Reached(state, (), ())
        self._kept: list[Operation] = []
        self._forgot = False
        self._window: list[Operation] = []
        self._budget = Budget(STEPS_OF_AN_OBJECT)

    def began(self, operation: Operation) -> None:
        """An operation has begun."""
        self.open += 1

    def ended(self, operation: Operation) -> None:
        """An operation has ended, known or not."""
        self.open -= 1
        if operation.outcome != "fail" and (operation.is_certain or not only_observes(operation)):
            self._window.append(operation)
            self.certain += operation.is_certain
        if not self.open:
            self._close()

    def _close(self) -> None:
        """No operation is outstanding: explain the window."""
        window, self._window = self._window, []
        if not window or self.exhausted or self.violated:
            return
        try:
            self._explain(window)
        except OutOfBudget:
            self.exhausted = True
            self._kept.clear()

    def _explain(self, window: list[Operation]) -> None:
        reached = _explained(window, self._last, self._budget)
        self._kept += window
        if reached is None:
            reached = _explained(self._kept, self._base, self._budget)
        if reached is None and _may_need_any(self._kept):
            reached = next(explanations([*self._base.unused, *self._kept], self._base.state, self._budget), None)
        if reached is None:
            self._not_explained()
            return
        self._last = reached
        if _is_certain_after(window) and self._used_what_it_must(reached):
            self._base, self._kept, self._forgot = reached, [], False
        elif len(self._kept) > MOST_KEPT:
            self._base, self._kept, self._forgot = reached, [], True

    def _used_what_it_must(self, reached: Reached) -> bool:
        """Whether no explanation can have used less of the uncertain operations: of those used, values were seen."""
        left = {id(operation) for operation in reached.unused}
        uncertain = [*self._base.unused, *(each for each in self._kept if each.end == OPEN)]
        used = [operation for operation in uncertain if id(operation) not in left]
        if not used:
            return True
        seen = _texts_seen(self._kept)
        return all(_text_of(operation) in seen for operation in used)

    def _not_explained(self) -> None:
        if self._forgot:
            self.exhausted = True
            return
        operations = [*self._base.unused, *self._kept]
        self.violated = operations
        if len(operations) <= MOST_SHOWN:
            with suppress(OutOfBudget):
                self.violated = conflict(operations, self._base.state, Budget(STEPS_OF_AN_OBJECT))


def _explained(operations: list[Operation], before: Reached, budget: Budget) -> Reached | None:
    """Where operations lead from a state, with as few of the uncertain ones as explain them; None: nowhere.

    Values are written once, so that an uncertain write helps only where its value was seen in what it left.
    """
    seen = _texts_seen(operations)
    wanted: list[Operation] = []
    idle: list[Operation] = []
    for operation in (*before.unused, *operations):
        helps = operation.end != OPEN or operation.function not in ("put", "append", "cas")
        (wanted if helps or _text_of(operation) in seen else idle).append(operation)
    reached = next(explanations(wanted, before.state, budget), None)
    return None if reached is None else Reached(reached.state, (*reached.unused, *idle), ())


def _texts_seen(operations: list[Operation]) -> set[str | None]:
    """The values that certain operations have found in place."""
    seen: set[str | None] = set()
    for operation in operations:
        found = None
        if operation.is_certain:
            found = operation.result if operation.function == "get" else None
            if operation.function == "cas" and operation.result:
                found = operation.value[0]
        if isinstance(found, str):
            seen.update(found.split(","))
    return seen


def _may_need_any(operations: list[Operation]) -> bool:
    """Whether an uncertain write may explain something without being seen: a cas that found another value."""
    return any(operation.function == "cas" and operation.result is False for operation in operations)


def _text_of(operation: Operation) -> str | None:
    """The value that an operation writes."""
    value = operation.value[1] if operation.function == "cas" else operation.value
    return value if isinstance(value, str) else None


def _is_certain_after(window: list[Operation]) -> bool:
    """Whether the state after a window is the same in every explanation: its last operation alone makes it so."""
    last = max(window, key=lambda operation: operation.begin)
    if not last.is_certain or not (last.function in ("get", "put", "delete") or last.result is True):
        return False
    if last.function == "transfer":
        return False
    return all(operation.end < last.begin for operation in window if operation.is_certain and operation is not last)


class Linearizable(Check):
    """Each object's operations can be put into one order that explains all results and keeps to real time.

    Operations whose outcome is unknown may have happened or not, at any time after they began.
    """

    name = "linearizable"
    kinds = KINDS

    def __init__(self, _: Subject) -> None:
        self._outstanding = Outstanding()
        self.objects: dict[str, ObjectJudge] = {}

    def observe(self, record: Record) -> None:
        """Take the begin or the end of an operation."""
        operation = self._outstanding.observe(record)
        key = object_of(operation)
        judge = self.objects.get(key)
        if judge is None:
            judge = self.objects[key] = ObjectJudge(initial_state(operation))
        if record.kind == "invoked":
            judge.began(operation)
        else:
            judge.ended(operation)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        for operation in self._outstanding.of.values():
            assert operation.end == OPEN
            self.objects[object_of(operation)].ended(operation)
        self._outstanding.of.clear()
        violated = {key: judge for key, judge in self.objects.items() if judge.violated}
        if violated:
            key = min(violated, key=lambda each: max(operation.begin for operation in violated[each].violated))
            operations = sorted(violated[key].violated, key=lambda operation: operation.begin)
            where = f"key {key}" if key else "the bank"
            reason = f"no order explains {len(operations)} operations on {where}"
            if len(violated) > 1:
                reason += f" ({len(violated)} keys in all)"
            return self.verdict("violated", reason, tuple(_as_record(operation) for operation in operations))
        certain = sum(judge.certain for judge in self.objects.values())
        if not certain:
            return self.verdict("unknown", "no operation of a client was completed")
        exhausted = [key for key, judge in self.objects.items() if judge.exhausted]
        if exhausted:
            return self.verdict("unknown", f"the search for an order was given up on {len(exhausted)} keys")
        return self.verdict("holds", f"{certain} operations on {len(self.objects)} keys")


def _as_record(operation: Operation) -> Record:
    """An operation as one record, for the evidence of a verdict."""
    fields = {
        "process": operation.process,
        "function": operation.function,
        "key": operation.key,
        "value": operation.value,
        "outcome": operation.outcome,
        "result": operation.result,
        "ended": operation.ended,
    }
    return Record(operation.began, operation.begin, None, "operation", fields)
