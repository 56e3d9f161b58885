"""Trackers of values that come together, activity that dies out, and work that is completed."""

from __future__ import annotations

from itertools import islice

from analysis.node_life import UP
from analysis.tracker import Tracker
from analysis.variance import RunningVariance
from sim.convergence import Completion, Extinction, Spread
from sim.records import Record


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

    def waiting_for(self, most: int) -> list[str]:
        """Name nodes that are active."""
        return list(islice((f"node {node} to end" for node in range(self.population) if self._active[node]), most))

    def _fraction(self) -> float:
        return 1 - self._number / self.begun if self.begun else 0.0

    def _residue(self) -> float | None:
        return 1 - self.begun / self.population if self.begun else None


class CompletionTracker(Tracker):
    """No work that was begun is left, whichever nodes had it."""

    def __init__(self, declared: Completion, population: int) -> None:
        super().__init__(population, (declared.begin, declared.end))
        self.declared = declared
        self._begun = 0
        self._ended = 0

    def _take(self, record: Record) -> None:
        self._begun += record.kind == self.declared.begin
        self._ended += record.kind == self.declared.end

    def _holds(self) -> bool:
        return 0 < self._begun == self._ended

    def waiting_for(self, most: int) -> list[str]:
        """Name the record that has not come."""
        return [f"a record of kind {self.declared.end}"][:most] if self._ended < self._begun else []

    def _fraction(self) -> float:
        return self._ended / self._begun if self._begun else 0.0
