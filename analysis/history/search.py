"""The search for an order of operations that explains their results.

Wing and Gong, "Testing and verifying concurrent objects", JPDC 17 (1993), with the memory of Lowe, "Testing for
linearizability", CCPE 29 (2017): a set of operations done and a state are never looked at twice. An operation that
leaves the state as it is goes into the order as soon as it can, which loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.history.models import IMPOSSIBLE, STEPS, only_observes
from analysis.history.operations import OPEN, Operation


class OutOfBudget(Exception):
    """The search has taken more steps than it was allowed."""


@dataclass(slots=True)
class Budget:
    """Steps that are left; a step looks at one operation in one state."""

    steps: int

    def spend(self) -> None:
        """Take a step; raises OutOfBudget."""
        self.steps -= 1
        if self.steps < 0:
            raise OutOfBudget


@dataclass(frozen=True, slots=True)
class Reached:
    """A state that explains all certain operations; `unused` are uncertain ones that need not have happened so far."""

    state: Any
    unused: tuple[Operation, ...]
    order: tuple[Operation, ...]


def explanations(operations: Sequence[Operation], state: Any, budget: Budget) -> Iterator[Reached]:
    """Yield the states that explain the operations from a state, the likeliest first; none where there is no order.

    An operation that ended before another began comes before it. Uncertain ones, whose end is OPEN, may come at any
    place after their begin, or nowhere. Raises OutOfBudget.
    """
    ordered = sorted(operations, key=lambda operation: (operation.end, operation.begin))
    number = len(ordered)
    begins = [operation.begin for operation in ordered]
    ends = [operation.end for operation in ordered]
    observes = [only_observes(operation) for operation in ordered]
    steps = [STEPS[operation.function] for operation in ordered]
    certain = sum(1 << place for place in range(number) if ends[place] != OPEN)
    seen: set[tuple[int, Any]] = set()

    def candidates(done: int) -> list[int]:
        """Operations that can come next: begun before the end of each certain one that is not done."""
        found, horizon = [], OPEN
        for place in range(_first_undone(done), number):
            if not done >> place & 1:
                if begins[place] > horizon:
                    continue
                found.append(place)
                horizon = min(horizon, ends[place])
        return found

    def settle(done: int, state: Any, order: Any) -> tuple[int, Any, list[int]]:
        """Have all observers done that can come next and fit the state."""
        while True:
            following = candidates(done)
            fitting = [
                place
                for place in following
                if observes[place] and ends[place] != OPEN and steps[place](state, ordered[place]) is not IMPOSSIBLE
            ]
            if not fitting:
                return done, order, [place for place in following if not observes[place]]
            for place in fitting:
                budget.spend()
                done |= 1 << place
                order = (order, place)

    def _first_undone(done: int) -> int:
        return (~done & (done + 1)).bit_length() - 1

    done, order, following = settle(0, state, None)
    stack: list[tuple[int, Any, Any, Iterator[int]]] = [(done, state, order, iter(following))]
    seen.add((done, state))
    if done & certain == certain:
        yield _reached(ordered, done, state, order)
        stack.clear()
    while stack:
        done, state, order, following_left = stack[-1]
        place = next(following_left, None)
        if place is None:
            stack.pop()
            continue
        budget.spend()
        after = steps[place](state, ordered[place])
        if after is IMPOSSIBLE:
            continue
        now_done, now_order, following = settle(done | 1 << place, after, (order, place))
        if (now_done, after) in seen:
            continue
        seen.add((now_done, after))
        if now_done & certain == certain:
            yield _reached(ordered, now_done, after, now_order)
        else:
            stack.append((now_done, after, now_order, iter(following)))


def _reached(ordered: Sequence[Operation], done: int, state: Any, order: Any) -> Reached:
    places = []
    while order is not None:
        order, place = order
        places.append(place)
    unused = tuple(
        operation
        for place, operation in enumerate(ordered)
        if operation.end == OPEN and not done >> place & 1 and not only_observes(operation)
    )
    return Reached(state, unused, tuple(ordered[place] for place in reversed(places)))


def conflict(operations: Sequence[Operation], state: Any, budget: Budget) -> list[Operation]:
    """The operations that no order explains, without those that are not needed for that.

    One is not needed where the others still cannot be explained although it may have happened at any time or never.
    """
    kept = list(operations)
    for operation in sorted(operations, key=lambda each: (not only_observes(each), -each.begin)):
        rest = [each for each in kept if each is not operation]
        eased = rest if only_observes(operation) else [*rest, _eased(operation)]
        if next(explanations(eased, state, budget), None) is None:
            kept = rest
            if not only_observes(operation):
                kept = [*rest, _eased(operation)]
    eased_away = {id(each) for each in kept if each.begin < 0}
    return [each for each in kept if id(each) not in eased_away]


def _eased(operation: Operation) -> Operation:
    """The operation as one that may have happened at any time, or never."""
    return Operation(
        operation.process, operation.client, operation.function, operation.key, operation.value, -1, operation.began
    )
