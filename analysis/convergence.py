"""Convergence, measured from state records: one tracker for each way in which a protocol may declare it.

A tracker sees the records of a run in order, live (`attach`) or from disk (`feed`). It follows the lives of the nodes:
who is crashed or paused is not waited for. Memory dies with a crash, so that a node that was restarted is known to
hold only what it has recorded since, unless the protocol declares that its progress is durable.
Each record takes constant time, one about a node's life time in proportion to the number of items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

from analysis.node_life import DOWN, LIFE, PAUSED, UP, is_state
from analysis.progress import ConvergenceResult, Progress, Spans, result_of
from analysis.variance import RunningVariance
from sim.convergence import Agreement, Convergence, Coverage, Extinction, Spread
from sim.records import Record, Recorder

_MISSING: Final = object()


class Tracker:
    """Base of trackers. `kinds` are the records it wants; `converged` tells whether its condition holds now.

    `on_converged`, where set, is called each time the condition begins to hold.
    """

    def __init__(self, population: int, kinds: Iterable[str], durable: bool = False) -> None:
        self.population = population
        self.durable = durable
        self.kinds = frozenset((*kinds, *LIFE))
        self.up = population
        self.converged = False
        self.on_converged: Callable[[], None] | None = None
        self._life = bytearray(population)
        self._progress = Progress()
        self._spans = Spans()

    def observe(self, record: Record) -> None:
        """Take the next record of the run."""
        if record.kind in LIFE:
            self._live(record)
        else:
            self._take(record)
        holds = self._holds()
        self._progress.note(record.time, self._fraction())
        if holds != self.converged:
            self.converged = holds
            self._spans.note(record.time, holds)
            if holds and self.on_converged is not None:
                self.on_converged()

    @property
    def fraction(self) -> float:
        """How much of what convergence asks for is there now, from 0 to 1."""
        return self._fraction()

    def finish(self) -> ConvergenceResult:
        """Return what became of the run's convergence."""
        return result_of(self._spans, self._residue(), self._progress)

    def _live(self, record: Record) -> None:
        node = record.node
        assert node is not None
        before, after = self._life[node], {"crashed": DOWN, "paused": PAUSED}.get(record.kind, UP)
        self._life[node] = after
        self.up += (after == UP) - (before == UP)
        if before == UP:
            self._leave(node)
        if after == DOWN and not self.durable:
            self._forget(node)
        elif after == UP:
            self._return(node)

    def _take(self, record: Record) -> None:
        """Take a record of progress."""
        raise NotImplementedError

    def _holds(self) -> bool:
        raise NotImplementedError

    def _fraction(self) -> float:
        raise NotImplementedError

    def _residue(self) -> float | None:
        return None

    def _leave(self, node: int) -> None:
        """What a node holds does not count for now."""

    def _return(self, node: int) -> None:
        """What it holds counts again."""

    def _forget(self, node: int) -> None:
        """What it held is lost; it does not count at this moment."""


class CoverageTracker(Tracker):
    """Every announced item is on every node that is up."""

    HELD, EVER = 1, 2

    def __init__(self, declared: Coverage, population: int) -> None:
        super().__init__(population, (declared.reached, declared.announced), declared.durable)
        self.declared = declared
        self._replaced: set[Any] = set()
        self._announced: dict[Any, None] = {}
        self._marks: dict[Any, bytearray] = {}
        self._counts: dict[Any, int] = {}
        self._total = 0
        self._complete = 0

    def _take(self, record: Record) -> None:
        declared = self.declared
        item = record.fields[declared.item]
        if record.kind == declared.announced and item not in self._announced and item not in self._replaced:
            self._announced[item] = None
            self._total += self._counts.get(item, 0)
            self._complete += self._counts.get(item, 0) == self.up
        if record.kind == declared.reached and record.node is not None:
            if declared.replaced is not None and declared.replaced in record.fields:
                self._replace(record.fields[declared.replaced])
            self._reach(item, record.node)

    def _reach(self, item: Any, node: int) -> None:
        if item in self._replaced:
            return
        marks = self._marks.get(item)
        if marks is None:
            marks = self._marks[item] = bytearray(self.population)
            self._counts[item] = 0
        if not marks[node] & self.HELD:
            marks[node] = self.HELD | self.EVER
            self._count(item, 1)

    def _replace(self, item: Any) -> None:
        """An item is waited for no more: a newer one stands in for it."""
        self._replaced.add(item)
        self._marks.pop(item, None)
        count = self._counts.pop(item, 0)
        if item in self._announced:
            del self._announced[item]
            self._total -= count
            self._complete -= count == self.up

    def _count(self, item: Any, step: int) -> None:
        self._counts[item] = count = self._counts[item] + step
        if item in self._announced:
            self._total += step
            self._complete += (count == self.up) - (count - step == self.up)

    def _recount(self, node: int, step: int) -> None:
        for item, marks in self._marks.items():
            if marks[node] & self.HELD:
                self._counts[item] += step

    def _leave(self, node: int) -> None:
        self._recount(node, -1)

    def _return(self, node: int) -> None:
        self._recount(node, 1)

    def _forget(self, node: int) -> None:
        for marks in self._marks.values():
            marks[node] &= self.EVER

    def _live(self, record: Record) -> None:
        super()._live(record)
        counts = [self._counts.get(item, 0) for item in self._announced]
        self._total, self._complete = sum(counts), counts.count(self.up)

    def _holds(self) -> bool:
        return 0 < len(self._announced) == self._complete and self.up > 0

    def _fraction(self) -> float:
        wanted = len(self._announced) * self.up
        return self._total / wanted if wanted else 0.0

    def _residue(self) -> float | None:
        if not self._announced:
            return None
        ever = sum(self.population - marks.count(0) for item, marks in self._marks.items() if item in self._announced)
        return 1 - ever / (len(self._announced) * self.population)


class _Opinions:
    """The last value of one item on each node, and how many nodes share the most common one."""

    __slots__ = ("_frequencies", "numbers", "top", "values")

    def __init__(self, population: int) -> None:
        self.values: list[Any] = [_MISSING] * population
        self.top = 0
        self.numbers: dict[Any, int] = {}
        self._frequencies: dict[int, int] = {}

    def add(self, value: Any) -> None:
        number = self.numbers[value] = self.numbers.get(value, 0) + 1
        self._frequencies[number] = self._frequencies.get(number, 0) + 1
        self.top = max(self.top, number)

    def remove(self, value: Any) -> None:
        number = self.numbers[value]
        self._frequencies[number] -= 1
        if number == 1:
            del self.numbers[value]
        else:
            self.numbers[value] = number - 1
        if not self._frequencies[number]:
            del self._frequencies[number]
            if number == self.top:
                self.top = number - 1


class AgreementTracker(Tracker):
    """The last value of every node that is up is the same, for each item."""

    def __init__(self, declared: Agreement, population: int) -> None:
        super().__init__(population, (declared.kind,), declared.durable)
        self.declared = declared
        self._items: dict[Any, _Opinions] = {}
        self._total = 0
        self._complete = 0

    def _take(self, record: Record) -> None:
        declared, node = self.declared, record.node
        if node is None:
            return
        item = None if declared.item is None else record.fields[declared.item]
        opinions = self._items.get(item)
        if opinions is None:
            opinions = self._items[item] = _Opinions(self.population)
        before, value = opinions.values[node], record.fields[declared.field]
        opinions.values[node] = value
        if self._life[node] == UP and before != value:
            top = opinions.top
            if before is not _MISSING:
                opinions.remove(before)
            opinions.add(value)
            self._total += opinions.top - top
            self._complete += (opinions.top == self.up) - (top == self.up)

    def _live(self, record: Record) -> None:
        super()._live(record)
        self._total = sum(opinions.top for opinions in self._items.values())
        self._complete = sum(opinions.top == self.up for opinions in self._items.values())

    def _leave(self, node: int) -> None:
        for opinions in self._items.values():
            if opinions.values[node] is not _MISSING:
                opinions.remove(opinions.values[node])

    def _return(self, node: int) -> None:
        for opinions in self._items.values():
            if opinions.values[node] is not _MISSING:
                opinions.add(opinions.values[node])

    def _forget(self, node: int) -> None:
        for opinions in self._items.values():
            opinions.values[node] = _MISSING

    def _holds(self) -> bool:
        return 0 < len(self._items) == self._complete and self.up > 0

    def _fraction(self) -> float:
        wanted = len(self._items) * self.up
        return self._total / wanted if wanted else 0.0

    def opinions(self) -> dict[str, int]:
        """Return how many nodes that are up hold each value, over all items, most common first."""
        total = Counter[str]()
        for opinions in self._items.values():
            total.update({str(value): number for value, number in opinions.numbers.items()})
        return dict(sorted(total.items(), key=lambda found: (-found[1], found[0])))


class SpreadTracker(Tracker):
    """The standard deviation over the nodes that are up has come down to a share of the initial one."""

    def __init__(self, declared: Spread, population: int) -> None:
        super().__init__(population, (declared.kind,), declared.durable)
        self.declared = declared
        self.initial: float | None = None
        self._values: list[float | None] = [None] * population
        self._first: list[float | None] = [None] * population
        self._variance = RunningVariance()

    def _take(self, record: Record) -> None:
        node = record.node
        if node is None:
            return
        before, value = self._values[node], float(record.fields[self.declared.field])
        self._values[node] = value
        if self._first[node] is None:
            self._first[node] = value
        if self._life[node] == UP:
            self._variance.replace(before, value)
            self._start()

    def _start(self) -> None:
        """Fix the initial spread once every node that is up has a value: that of the first values."""
        if self.initial is None and self._variance.count == self.up:
            from statistics import pstdev

            self.initial = pstdev(value for value in self._first if value is not None)

    def _live(self, record: Record) -> None:
        super()._live(record)
        if self._variance.count:
            self._start()

    def _leave(self, node: int) -> None:
        self._variance.replace(self._values[node], None)

    def _return(self, node: int) -> None:
        self._variance.replace(None, self._values[node])

    def _forget(self, node: int) -> None:
        self._values[node] = None

    def _holds(self) -> bool:
        if self.initial is None or not 0 < self._variance.count == self.up:
            return False
        return self._variance.deviation <= self.declared.tolerance * self.initial

    def _fraction(self) -> float:
        if not self.initial:
            return float(self.initial is not None)
        return min(1.0, max(0.0, 1 - self._variance.deviation / self.initial))


class ExtinctionTracker(Tracker):
    """No node is active any more; a crash ends what a node was at, a pause does not. `begun` nodes ever were active."""

    def __init__(self, declared: Extinction, population: int) -> None:
        super().__init__(population, (declared.begin, declared.end))
        self.declared = declared
        self._active = bytearray(population)
        self._begun = bytearray(population)
        self._number = 0
        self.begun = 0

    def _take(self, record: Record) -> None:
        node = record.node
        if node is None:
            return
        begins = record.kind == self.declared.begin
        self._number += begins - self._active[node]
        self._active[node] = begins
        if begins and not self._begun[node]:
            self._begun[node] = 1
            self.begun += 1

    def _forget(self, node: int) -> None:
        self._number -= self._active[node]
        self._active[node] = 0

    def _holds(self) -> bool:
        return self.begun > 0 and self._number == 0

    def _fraction(self) -> float:
        return 1 - self._number / self.begun if self.begun else 0.0

    def _residue(self) -> float | None:
        return 1 - self.begun / self.population if self.begun else None


TRACKERS: Final[dict[type[Any], Callable[[Any, int], Tracker]]] = {
    Coverage: CoverageTracker,
    Agreement: AgreementTracker,
    Spread: SpreadTracker,
    Extinction: ExtinctionTracker,
}


def tracker_of(declared: Convergence, population: int) -> Tracker:
    """Return a tracker of what a protocol declares, for a run of this many nodes."""
    return TRACKERS[type(declared)](declared, population)


def attach(tracker: Tracker, recorder: Recorder) -> Tracker:
    """Have a tracker told of the records of a run as they happen; gives it back."""
    recorder.observe(sorted(tracker.kinds), tracker.observe)
    return tracker


def feed(tracker: Tracker, records: Iterable[Record]) -> Tracker:
    """Tell a tracker of the records of a run that are kept; gives it back."""
    for record in records:
        if record.kind in tracker.kinds and is_state(record):
            tracker.observe(record)
    return tracker
