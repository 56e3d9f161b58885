"""What each node of a replicated store holds of each key, as its records tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from analysis.node_life import AFTER, DOWN, LIFE, LOSING_DISK, UP
from sim.convergence import Coverage
from sim.records import Record

OF_A_WRITE: Final = frozenset(("key", "deleted"))
"""Fields of `announced` records by which they tell of writes to keys."""


@dataclass(frozen=True, slots=True)
class Write:
    """A write or deletion of a key, by the record that announced it."""

    item: Any
    key: Any
    deleted: bool
    record: Record


class Holdings:
    """Follows what nodes hold. A node holds of a key what it was last told; what it forgot of its own will, still.

    Where progress is durable it dies with the disk, otherwise with each crash. `kinds`: the records to tell it of.
    """

    def __init__(self, declared: Coverage, population: int) -> None:
        self.kinds = frozenset((declared.reached, declared.announced, *LIFE))
        self.writes: dict[Any, Write] = {}
        self.held: list[dict[Any, Record]] = [{} for _ in range(population)]
        """For each node, by key, the receipt of what it holds."""
        self._declared = declared
        self._life = bytearray(population)

    def is_up(self, node: int) -> bool:
        """Whether a node is up now."""
        return self._life[node] == UP

    def announced(self, record: Record) -> Write | None:
        """Take an announcement; gives the write that it is the first to tell of."""
        item, fields = record.fields[self._declared.item], record.fields
        if item in self.writes or not fields.keys() >= OF_A_WRITE:
            return None
        write = self.writes[item] = Write(item, fields["key"], fields["deleted"], record)
        return write

    def reached(self, record: Record) -> Write | None:
        """Take a receipt; gives the write that was received, unless it is none that was announced."""
        write = self.write_of(record)
        if write is not None and record.node is not None:
            self.held[record.node][write.key] = record
        return write

    def lived(self, record: Record) -> bool:
        """Take a record of a node's life; whether the node lost by it all that it held."""
        assert record.node is not None
        after = self._life[record.node] = AFTER[record.kind]
        loses = record.kind in LOSING_DISK or (after == DOWN and not self._declared.durable)
        if loses:
            self.held[record.node] = {}
        return loses

    def write_of(self, receipt: Record) -> Write | None:
        """The write that a receipt is one of."""
        return self.writes.get(receipt.fields[self._declared.item])
