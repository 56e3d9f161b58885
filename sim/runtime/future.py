"""A value that is not there yet, and what is made of several such values: all of them, any, the first n.

Nothing here takes time or waits. `sim.runtime.awaiting` has an actor wait for one, with a timeout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Literal

State = Literal["pending", "done", "failed", "cancelled"]
PENDING: Final = "pending"


class Future:
    """Is settled once, by whoever has the value: `settle`, `fail` or `cancel`; what comes later only counts as `late`.

    `value` is the value of one that is done, `reason` why one has failed.
    """

    __slots__ = ("_callbacks", "late", "reason", "state", "value")

    def __init__(self) -> None:
        self.state: State = PENDING
        self.value: Any = None
        self.reason: str | None = None
        self.late = 0
        self._callbacks: list[Callable[[Future], object]] = []

    @property
    def pending(self) -> bool:
        """Whether nothing has become of it yet."""
        return self.state == PENDING

    @property
    def done(self) -> bool:
        """Whether it has its value."""
        return self.state == "done"

    def settle(self, value: Any = None) -> bool:
        """Give it its value; False where it is too late for that."""
        return self._end("done", value, None)

    def fail(self, reason: str) -> bool:
        """Say that there will be no value; False where it is too late for that."""
        return self._end("failed", None, reason)

    def cancel(self) -> bool:
        """Say that nobody wants the value any more; False where it is too late for that."""
        return self._end("cancelled", None, None)

    def when_settled(self, callback: Callable[[Future], object]) -> None:
        """Have `callback(future)` called when it is done, has failed or is cancelled; at once where it is already."""
        if self.pending:
            self._callbacks.append(callback)
        else:
            callback(self)

    def forget(self, callback: Callable[[Future], object]) -> None:
        """Take a callback back that has not been called."""
        if callback in self._callbacks:
            self._callbacks.remove(callback)

    def _end(self, state: State, value: Any, reason: str | None) -> bool:
        if not self.pending:
            self.late += 1
            return False
        self.state, self.value, self.reason = state, value, reason
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)
        return True


def first_of(number: int, futures: Sequence[Future]) -> Future:
    """The first so many of the futures that are done: a tuple of (place, value), in the order in which they came.

    It fails as soon as so many have failed or were cancelled that the others are too few. Whoever cancels it cancels
    those that are pending; those that it does not need any more when it is done are left alone.
    """
    assert 0 <= number <= len(futures), f"the first {number} of {len(futures)} futures"
    whole = Future()
    found: list[tuple[int, Any]] = []
    bad: list[int] = []

    def one_more(place: int, part: Future) -> None:
        if not whole.pending:
            return
        if part.done:
            found.append((place, part.value))
            if len(found) == number:
                whole.settle(tuple(found))
        else:
            bad.append(place)
            if len(bad) == len(futures) - number + 1:
                whole.fail(f"{len(bad)} of {len(futures)} came to nothing, {number} are needed")

    if not number:
        whole.settle(())
    for place, part in enumerate(futures):
        part.when_settled(partial(one_more, place))
    whole.when_settled(lambda _: _cancel_all(futures) if whole.state == "cancelled" else None)
    return whole


def all_of(futures: Sequence[Future]) -> Future:
    """All values, in the order of the futures; fails as soon as one of them does."""
    ordered = Future()
    whole = first_of(len(futures), futures)
    whole.when_settled(lambda _: _take_over(ordered, whole, lambda found: tuple(value for _, value in sorted(found))))
    ordered.when_settled(lambda _: whole.cancel() if ordered.state == "cancelled" else None)
    return ordered


def any_of(futures: Sequence[Future]) -> Future:
    """The first that is done, as (place, value); fails when all have."""
    one = Future()
    whole = first_of(1, futures)
    whole.when_settled(lambda _: _take_over(one, whole, lambda found: found[0]))
    one.when_settled(lambda _: whole.cancel() if one.state == "cancelled" else None)
    return one


def _take_over(future: Future, other: Future, of: Callable[[Any], Any]) -> None:
    if other.done:
        future.settle(of(other.value))
    elif other.state == "failed":
        assert other.reason is not None
        future.fail(other.reason)
    elif future.pending:
        future.cancel()


def _cancel_all(futures: Sequence[Future]) -> None:
    for future in futures:
        if future.pending:
            future.cancel()
