"""How far apart the nodes' clocks are, seen from outside: their readings beside the true time of the record."""

from __future__ import annotations

from analysis.node_life import AFTER, DOWN, LIFE
from sim.records import Record


class ClockSkew:
    """Collects, from records `clock` with a field `reading` (ns), by how much each clock is ahead of true time.

    Between two of its records a clock is taken to go on as true time does.
    """

    kinds = ("clock", *LIFE)

    def __init__(self) -> None:
        self._ahead: dict[int, int] = {}
        self._down: set[int] = set()

    def observe(self, record: Record) -> None:
        """Take the next state record of one of the kinds."""
        node = record.node
        if node is None:
            return
        if record.kind != "clock":
            (self._down.add if AFTER[record.kind] == DOWN else self._down.discard)(node)
        elif isinstance(reading := record.fields.get("reading"), int):
            self._ahead[node] = reading - record.time

    @property
    def skew(self) -> int | None:
        """Nanoseconds between the clocks farthest apart of nodes that are not down; None where there are no clocks."""
        ahead = [value for node, value in self._ahead.items() if node not in self._down]
        return max(ahead) - min(ahead) if ahead else None
