"""Trackers of what comes in items: updates that have to reach every node, keys that all have to agree on."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import Any, Final

from analysis.node_life import UP
from analysis.tracker import Tracker
from sim.convergence import Agreement, Coverage
from sim.records import Record

_MISSING: Final = object()


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

    def waiting_for(self, most: int) -> list[str]:
        """Name nodes that are up, and what has not reached them."""
        lacking = (
            f"node {node} to have {item}"
            for item in self._announced
            for node in range(self.population)
            if self._life[node] == UP and not (item in self._marks and self._marks[item][node] & self.HELD)
        )
        return list(islice(lacking, most)) or ([] if self._announced else ["something to be announced"])

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
        if value is None:
            value = _MISSING
        opinions.values[node] = value
        if self._life[node] == UP and before != value:
            top = opinions.top
            if before is not _MISSING:
                opinions.remove(before)
            if value is not _MISSING:
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

    def waiting_for(self, most: int) -> list[str]:
        """Name nodes that are up and do not hold the most common value."""
        lacking = (
            f"node {node} to agree" + ("" if item is None else f" on {item}")
            for item, opinions in self._items.items()
            for node in range(self.population)
            if self._life[node] == UP and opinions.numbers.get(opinions.values[node], 0) < opinions.top
        )
        return list(islice(lacking, most))

    def opinions(self) -> dict[str, int]:
        """Return how many nodes that are up hold each value, over all items, most common first."""
        total = Counter[str]()
        for opinions in self._items.values():
            total.update({str(value): number for value, number in opinions.numbers.items()})
        return dict(sorted(total.items(), key=lambda found: (-found[1], found[0])))
