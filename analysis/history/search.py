"""The search for an order of operations that explains their results.

Wing and Gong, "Testing and verifying concurrent objects", JPDC 17 (1993), with the memory and the linked list of Lowe,
"Testing for linearizability", CCPE 29 (2017): a set of operations done and a state are never looked at twice. Likely
operations come first: one that ends next is put into the order at its end, where nothing speaks against it. Three
things are cut off that cannot lose an explanation:

- An operation that leaves the state as it is goes into the order as soon as it can.
- Nothing is tried where the operation that ends next needs a state that no write to come leads to, and no state is
  left that an operation still needs, where no write to come leads to it again; nor where no choice of transfers leads
  to balances that are to be read.
- An uncertain operation comes only before one that it may make a difference to, and one way to a state is not looked
  at where another led to it with fewer of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.history.balances import can_lead_to
from analysis.history.models import IMPOSSIBLE, STEPS, may_bring, may_matter, only_observes
from analysis.history.needs import ANY, Needs, idle
from analysis.history.operations import Operation


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


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """A state that explains all certain operations; `unused` are uncertain ones that need not have happened so far.

    `order` is the explanation; `last` is the last operation of it, or of those before it, that changed the state.
    """

    state: Any
    unused: tuple[Operation, ...]
    order: tuple[Operation, ...] = ()
    last: Operation | None = None


def explanations(
    operations: Sequence[Operation], start: Reached, budget: Budget, determined: bool = False
) -> Iterator[Reached]:
    """Yield the states that explain operations after a start, the likeliest first; none where there is no order.

    An operation that ended before another began comes before it. Uncertain ones may come at any place after their
    begin, or nowhere. States are left out that need more of these than others. Raises OutOfBudget.

    `determined`: nothing comes after the operations, or the last one tells what the state is then.
    """
    certain = sorted((each for each in operations if each.is_certain), key=lambda each: each.begin)
    begun = [each for each in operations if not each.is_certain and not only_observes(each)]
    uncertain = [*start.unused, *begun]
    left_out = idle(uncertain, certain) if determined else set()
    busy = [each for each in uncertain if each not in left_out]
    search = _Search(certain, busy, start.state, budget)
    search.idle = [each for each in uncertain if each in left_out]
    return search.explanations(start)


class _Search:
    """Certain operations as events on a doubly linked list, from which those that are in the order are taken.

    Event 0 is before all others. `uncertain` are numbered from `len(certain)` on.
    """

    __slots__ = (
        "begins",
        "budget",
        "calls",
        "certain",
        "events",
        "following",
        "idle",
        "needs",
        "observes",
        "preceding",
        "uncertain",
    )

    def __init__(
        self, certain: Sequence[Operation], uncertain: Sequence[Operation], state: Any, budget: Budget
    ) -> None:
        self.certain = certain
        self.uncertain = uncertain
        self.idle: list[Operation] = []
        self.budget = budget
        self.observes = [only_observes(each) for each in certain]
        places = sorted(
            [(each.begin, number) for number, each in enumerate(certain)]
            + [(each.end, number) for number, each in enumerate(certain)]
        )
        self.events = [-1, *(number for _, number in places), -1]
        self.begins = [False] * len(self.events)
        self.calls = [(0, 0)] * len(certain)
        for event, number in enumerate(self.events[1:-1], 1):
            first, _ = self.calls[number]
            self.begins[event] = not first
            self.calls[number] = (first, event) if first else (event, 0)
        self.needs = Needs(certain, uncertain, state)
        self.following = [*range(1, len(self.events)), 0]
        self.preceding = [0, *range(len(self.events) - 1)]

    def _take(self, number: int) -> None:
        following, preceding = self.following, self.preceding
        self.needs.done(number)
        for event in self.calls[number]:
            before, after = preceding[event], following[event]
            following[before], preceding[after] = after, before

    def _put_back(self, number: int) -> None:
        following, preceding = self.following, self.preceding
        self.needs.undone(number)
        for event in reversed(self.calls[number]):
            following[preceding[event]] = preceding[following[event]] = event

    def _step(self, state: Any, number: int) -> Any:
        """The state after an operation, or IMPOSSIBLE."""
        before, certain = self.needs.before[number], self.certain
        if before is not ANY and before != state:
            return IMPOSSIBLE
        operation = certain[number] if number < len(certain) else self.uncertain[number - len(certain)]
        return STEPS[operation.function](state, operation)

    def _moves(self, state: Any, used: int) -> Sequence[int]:
        """Operations that may come next, the likeliest first."""
        events, begins, following, certain = self.events, self.begins, self.following, self.certain
        event, near = following[0], []
        while begins[event]:
            number = events[event]
            if self.observes[number]:
                self.budget.spend()
                if STEPS[certain[number].function](state, certain[number]) is not IMPOSSIBLE:
                    return (number,)
            near.append(number)
            event = following[event]
        ending = certain[events[event]]
        if any(certain[number].function == "balances" and not self._can_come(number, state, used) for number in near):
            return ()
        writes = [number for number in near if not self.observes[number]]
        maybe = self._uncertain_moves(near, ending.end, used) if self.uncertain else []
        next_to_end = events[event]
        if self._step(state, next_to_end) is not IMPOSSIBLE:
            return [next_to_end, *(number for number in writes if number != next_to_end), *maybe]
        if self.needs.before[next_to_end] is not ANY:
            return [number for number in (*writes, *maybe) if number != next_to_end]
        bringing = [number for number in writes if number != next_to_end and may_bring(certain[number], ending)]
        maybe_bringing = [number for number in maybe if may_bring(self.uncertain[number - len(certain)], ending)]
        if not bringing and not maybe_bringing:
            return ()
        others = [number for number in writes if number not in bringing]
        return [*bringing, *maybe_bringing, *others, *(number for number in maybe if number not in maybe_bringing)]

    def _can_come(self, read: int, state: Any, used: int) -> bool:
        """Whether the balances that were read can come about, as far as amounts tell."""
        certain, events, following = self.certain, self.events, self.following
        end, event, transfers = self.calls[read][1], following[0], []
        while event != end:
            if self.begins[event] and not self.observes[events[event]]:
                transfers.append(certain[events[event]])
            event = following[event]
        for place, each in enumerate(self.uncertain):
            if not used >> place & 1 and each.begin < certain[read].end:
                transfers.append(each)
        return can_lead_to(state, certain[read], transfers, self.budget.spend)

    def _uncertain_moves(self, near: Sequence[int], end: int, used: int) -> list[int]:
        wanted = [self.certain[number] for number in near]
        return [
            number
            for number, each in enumerate(self.uncertain, len(self.certain))
            if not used >> (number - len(self.certain)) & 1
            and each.begin < end
            and may_matter(each, wanted, self.uncertain)
        ]

    def explanations(self, start: Reached) -> Iterator[Reached]:
        """Yield the states that explain all certain operations after a start."""
        total = len(self.certain)
        state, base, mask, used, left = start.state, 0, 0, 0, total
        if not left:
            yield Reached(start.state, (*self.idle, *self.uncertain), (), start.last)
            return
        seen: dict[tuple[int, int, Any], list[int]] = {}
        moves = iter(self._moves(state, used))
        stack: list[tuple[Iterator[int], int, Any, int, int, int]] = []
        while True:
            number = next(moves, -1)
            if number < 0:
                if not stack:
                    return
                moves, number, state, base, mask, used = stack.pop()
                if number < total:
                    self._put_back(number)
                    left += 1
                else:
                    self.needs.undone(number)
                continue
            self.budget.spend()
            after = self._step(state, number)
            if after is IMPOSSIBLE or (after != state and self.needs.hold(state, number)):
                continue
            now_base, now_mask, now_used = base, mask, used
            if number < total:
                now_mask |= 1 << (number - base)
                while now_mask & 1:
                    now_mask, now_base = now_mask >> 1, now_base + 1
            elif after == state:
                continue
            else:
                now_used |= 1 << (number - total)
            ways = seen.setdefault((now_base, now_mask, after), [])
            if any(way & now_used == way for way in ways):
                continue
            ways.append(now_used)
            stack.append((moves, number, state, base, mask, used))
            state, base, mask, used = after, now_base, now_mask, now_used
            if number < total:
                self._take(number)
                left -= 1
            else:
                self.needs.done(number)
            if left:
                moves = iter(self._moves(state, used))
            else:
                moves = iter(())
                yield self._reached(start, state, used, [entry[1] for entry in stack])

    def _reached(self, start: Reached, state: Any, used: int, numbers: Sequence[int]) -> Reached:
        everything = [*self.certain, *self.uncertain]
        order = tuple(everything[number] for number in numbers)
        unused = (*self.idle, *(each for place, each in enumerate(self.uncertain) if not used >> place & 1))
        last = next((each for each in reversed(order) if not only_observes(each)), start.last)
        return Reached(state, unused, order, last)


def all_explanations(
    operations: Sequence[Operation], starts: Iterable[Reached], budget: Budget, determined: bool
) -> list[Reached]:
    """Return every state that explains operations after one of several starts; raises OutOfBudget."""
    return fewest(reached for start in starts for reached in explanations(operations, start, budget, determined))


def fewest(ways: Iterable[Reached]) -> list[Reached]:
    """Leave out ways to a state that use up more uncertain operations than others."""
    found: dict[Any, list[Reached]] = {}
    for way in ways:
        kept = found.setdefault(way.state, [])
        if not kept:
            kept.append(way)
            continue
        free = set(way.unused)
        if not any(free.issubset(other.unused) for other in kept):
            kept[:] = [other for other in kept if not free.issuperset(other.unused)]
            kept.append(way)
    return [way for kept in found.values() for way in kept]
