"""Sequential consistency of what clients saw (Lamport, "How to make a multiprocessor computer ...", IEEE TC 1979).

One order of all operations, which keeps the order of each process and not that of real time, explains all results. It
is no property of each key by itself, so the history is judged as a whole, in three steps that cost more and more:

1. A history that is linearizable is sequentially consistent.
2. Where every text is written once, an order has to put each write before its readers, and no other write of the key in
   between. What follows from that is worked out until nothing more follows; a cycle is a contradiction (the polynomial
   part of Gibbons and Korach, "Testing shared memories", SIAM J. Comput. 26(4), 1997).
3. A search as for linearizability, on a budget; the problem is NP-complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from analysis.history.causal import KeptHistory, seen_before, writes_by_line
from analysis.history.linearizability import Linearizable
from analysis.history.models import IMPOSSIBLE, STEPS, initial_state, object_of, only_observes
from analysis.history.needs import Needs
from analysis.history.operations import Operation
from analysis.history.precedence import Precedence
from analysis.history.search import Budget, OutOfBudget
from analysis.history.sources import Sources, sources_of
from analysis.verdict import RunEnd, Subject
from sim.records import Record

if TYPE_CHECKING:
    from analysis.manifest import RunVerdict

STEPS_OF_A_HISTORY: Final = 1_000_000
"""Steps that the search may take before the verdict is unknown."""


def saturate(precedence: Precedence, sources: Sources) -> list[int]:
    """Add all that follows from what was read; returns operations that come before themselves, if that leads to any."""
    operations = precedence.operations
    writes = writes_by_line(precedence, sources)
    for reader, seen in sources.seen.items():
        for first, second in pairwise(seen):
            precedence.add(first, second)
        if not seen or operations[seen[0]].function == "append":
            known = {*seen, reader}
            for own in writes[operations[reader].key].values():
                following = next((each for each in own if each not in known), None)
                if following is not None:
                    precedence.add(reader, following)
    cycle = seen_before(precedence, sources)
    while not cycle:
        found = list(_implied(precedence, sources, writes))
        if not found:
            return []
        for before, after in found:
            precedence.add(before, after)
        cycle = precedence.order()
    return cycle


def _implied(
    precedence: Precedence, sources: Sources, writes: dict[str, dict[int, list[int]]]
) -> Iterator[tuple[int, int]]:
    """Yield pairs that have to be in order, as no write comes between what a reader has seen and the reader."""
    operations, place_of = precedence.operations, precedence.place_of
    for reader, seen in sources.seen.items():
        if not seen:
            continue
        first, known, clock = seen[0], {*seen, reader}, precedence.clocks[reader]
        for line, own in writes[operations[reader].key].items():
            for write in reversed(own):
                if place_of[write] < clock[line] and write not in known:
                    if not precedence.before(write, first):
                        yield write, first
                    break
            for write in own:
                if write not in known and precedence.before(first, write):
                    if not precedence.before(reader, write):
                        yield reader, write
                    break


class _Search:
    """Looks for one order of operations, a process at a time; what is known to come before is kept to."""

    def __init__(self, precedence: Precedence, budget: Budget) -> None:
        self.precedence = precedence
        self.budget = budget
        self.operations = precedence.operations
        self.places = [0] * len(precedence.lines)
        self.left = sum(each.is_certain for each in self.operations)
        self.observes = [only_observes(each) for each in self.operations]
        self.objects: dict[str, int] = {}
        self.states: list[Any] = []
        members: list[list[int]] = []
        for number, operation in enumerate(self.operations):
            name = object_of(operation)
            if name not in self.objects:
                self.objects[name] = len(self.states)
                self.states.append(initial_state(operation))
                members.append([])
            members[self.objects[name]].append(number)
        self.object_of = [self.objects[object_of(each)] for each in self.operations]
        self.needs: list[tuple[Needs, int]] = [(Needs((), (), None), 0)] * len(self.operations)
        for numbers in members:
            ordered = sorted(numbers, key=lambda number: not self.operations[number].is_certain)
            certain = [self.operations[each] for each in ordered if self.operations[each].is_certain]
            uncertain = [self.operations[each] for each in ordered if not self.operations[each].is_certain]
            needs = Needs(certain, uncertain, None)
            for place, number in enumerate(ordered):
                self.needs[number] = needs, place

    def moves(self) -> list[int]:
        """Operations that may come next, those first that began first; one that only observes comes alone."""
        found = []
        for line, place in enumerate(self.places):
            if place == len(self.precedence.lines[line]):
                continue
            number = self.precedence.lines[line][place]
            clock = self.precedence.clocks[number]
            if any(
                has < least for other, (has, least) in enumerate(zip(self.places, clock, strict=True)) if other != line
            ):
                continue
            if not self.observes[number]:
                found.append(number)
            elif self.step(number) is not IMPOSSIBLE:
                return [number]
        return sorted(found, key=lambda number: (not self.operations[number].is_certain, self.operations[number].begin))

    def step(self, number: int) -> Any:
        """The state of an operation's object after it, or IMPOSSIBLE."""
        operation = self.operations[number]
        return STEPS[operation.function](self.states[self.object_of[number]], operation)

    def finds_order(self) -> bool:
        """Whether there is an order; raises OutOfBudget."""
        seen: set[Any] = set()
        stack: list[tuple[Iterator[int], int, Any]] = []
        moves = iter(self.moves())
        while self.left:
            number = next(moves, -1)
            if number < 0:
                if not stack:
                    return False
                moves, number, before = stack.pop()
                self._undo(number, before)
                continue
            self.budget.spend()
            before, after = self.states[self.object_of[number]], self.step(number)
            needs, place = self.needs[number]
            if after is IMPOSSIBLE or (after != before and needs.hold(before, place)):
                continue
            self._do(number, after)
            stack.append((moves, number, before))
            here = (*self.places, *self.states)
            if here in seen:
                moves = iter(())
            else:
                seen.add(here)
                moves = iter(self.moves())
        return True

    def _do(self, number: int, after: Any) -> None:
        needs, place = self.needs[number]
        needs.done(place)
        self.states[self.object_of[number]] = after
        self.places[self.precedence.line_of[number]] += 1
        self.left -= self.operations[number].is_certain

    def _undo(self, number: int, before: Any) -> None:
        needs, place = self.needs[number]
        needs.undone(place)
        self.states[self.object_of[number]] = before
        self.places[self.precedence.line_of[number]] -= 1
        self.left += self.operations[number].is_certain


class SequentiallyConsistent(KeptHistory):
    """One order of all operations, in which those of each process are in theirs, explains all results."""

    name = "sequentially-consistent"

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._linearizable = Linearizable(subject)

    def observe(self, record: Record) -> None:
        """Take the begin or the end of an operation."""
        super().observe(record)
        self._linearizable.observe(record)

    def finish(self, end: RunEnd) -> RunVerdict:
        """Judge the run."""
        in_real_time = self._linearizable.finish(end)
        if in_real_time.verdict == "holds":
            return self.verdict("holds", f"it is linearizable: {in_real_time.reason}")
        operations = self.operations()
        reason = self.reason_not_to_judge(operations)
        if reason:
            return self.verdict("unknown", reason)
        return self._without_real_time(operations)

    def _without_real_time(self, operations: Sequence[Operation]) -> RunVerdict:
        precedence, sources = Precedence(operations), sources_of(operations)
        if sources.strange:
            return self.shown("a value is read that no writes lead to", [operations[sources.strange[0]]])
        cycle = precedence.order() if sources.unclear else saturate(precedence, sources)
        if cycle:
            return self.shown("operations have to come before themselves", [operations[number] for number in cycle])
        try:
            found = _Search(precedence, Budget(STEPS_OF_A_HISTORY)).finds_order()
        except OutOfBudget:
            return self.verdict("unknown", f"the search for an order of {len(operations):,} operations was given up")
        if found:
            return self.verdict("holds", f"an order of {len(operations):,} operations, not in real time, explains all")
        return self.verdict("violated", f"no order of {len(operations):,} operations that keeps that of processes")
