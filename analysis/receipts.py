"""First receipts: when, and in which round, the nodes were first reached by what was announced.

Demers et al. 1987 print for their push tables an average in which two hits on one site in one cycle count twice in the
sum; it is kept apart from the true mean of first receipts, which is smaller.
"""

from __future__ import annotations

from statistics import fmean
from typing import Any, Final

from sim.convergence import Coverage
from sim.records import Record

COINCIDENT: Final = "coincident"
"""Kind of the records of further hits on a node in the round of its first receipt (fields: the item, `round`)."""


class Receipts:
    """Collects first receipts from the records that a protocol's coverage names; `round` is a field of theirs.

    Times and rounds count from the item's first record at any node. Nodes that had it from nobody (`source` is None)
    are where it began, and have no receipt.
    """

    def __init__(self, declared: Coverage, population: int) -> None:
        self.declared = declared
        self.population = population
        self.kinds = (declared.announced, declared.reached, COINCIDENT)
        self.times: list[int] = []
        self.rounds: list[int] = []
        self.coincident_rounds: list[int] = []
        self._begun: dict[Any, tuple[int, int | None]] = {}
        self._reached: dict[Any, bytearray] = {}

    def observe(self, record: Record) -> None:
        """Take the next state record of one of the kinds."""
        item = record.fields.get(self.declared.item)
        if record.kind == COINCIDENT:
            self._note(self.coincident_rounds, item, record.fields.get("round"))
        elif record.kind == self.declared.reached and record.node is not None:
            self._reach(item, record)
        elif record.kind == self.declared.announced:
            self._begun.setdefault(item, (record.time, None))

    def _reach(self, item: Any, record: Record) -> None:
        reached = self._reached.get(item)
        if reached is None:
            reached = self._reached[item] = bytearray(self.population)
            time, _ = self._begun.get(item, (record.time, None))
            self._begun[item] = (time, record.fields.get("round"))
        assert record.node is not None
        if reached[record.node]:
            return
        reached[record.node] = 1
        if record.fields.get("source") is not None:
            self.times.append(record.time - self._begun[item][0])
            self._note(self.rounds, item, record.fields.get("round"))

    def _note(self, rounds: list[int], item: Any, number: int | None) -> None:
        begun = self._begun.get(item, (0, None))[1]
        if number is not None and begun is not None:
            rounds.append(number - begun)

    @property
    def mean_time(self) -> float | None:
        """Mean time of first receipt in nanoseconds."""
        return fmean(self.times) if self.times else None

    @property
    def last_time(self) -> int | None:
        """Time of the last first receipt in nanoseconds."""
        return max(self.times, default=None)

    @property
    def mean_round(self) -> float | None:
        """True mean round of first receipt."""
        return fmean(self.rounds) if self.rounds else None

    @property
    def last_round(self) -> int | None:
        """Round of the last first receipt (t_last)."""
        return max(self.rounds, default=None)

    @property
    def mean_hit_round(self) -> float | None:
        """The printed t_ave: coincident hits are in the sum too, which is divided by the number of nodes reached."""
        if not self.rounds:
            return None
        return (sum(self.rounds) + sum(self.coincident_rounds)) / len(self.rounds)
