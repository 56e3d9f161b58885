"""Traffic: who sent how many messages of which kind, and what became of them, from the outcome lane or from rows."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from analysis.node_life import is_state
from sim.records import KIND_BITS, OUTCOME_BITS, OUTCOMES, PAIR_SHIFT, Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DELIVERED = OUTCOMES.index("delivered")


class Traffic:
    """Counts messages whose fate is known, by source, by destination, by kind and by outcome; copies count.

    Give it the outcome lane live (`observe_lane`), or afterwards the rows about messages (`observe_row`), of which
    alone bytes can be counted. `message_size` in bytes is that of messages that do not state one.
    """

    def __init__(self, population: int, kind_names: list[str], message_size: int = 0) -> None:
        import numpy as np

        self.population = population
        self.kind_names = kind_names
        self.message_size = message_size
        self.bytes: int | None = None
        self.from_source: NDArray[np.int64] = np.zeros(population, dtype=np.int64)
        self.delivered_to: NDArray[np.int64] = np.zeros(population, dtype=np.int64)
        self._outcomes: NDArray[np.int64] = np.zeros(1 << (KIND_BITS + OUTCOME_BITS), dtype=np.int64)
        self._rows: list[int] = []

    def observe_lane(self, lane: array[int]) -> None:
        """Take a batch of the outcome lane: (time, code, time, code, ...)."""
        import numpy as np

        self._count(np.frombuffer(lane, dtype=np.int64)[1::2])

    def observe_row(self, record: Record) -> None:
        """Take a row about a message's fate; rows about sends and timers are passed over."""
        if record.kind not in OUTCOMES:
            return
        self._weigh(record)
        fields = record.fields
        if fields["message"] not in self.kind_names:
            self.kind_names.append(fields["message"])
        kind = self.kind_names.index(fields["message"]) << OUTCOME_BITS | OUTCOMES.index(record.kind)
        self._rows.append((fields["source"] * self.population + fields["destination"]) << PAIR_SHIFT | kind)
        if len(self._rows) >= 1 << 16:
            self.finish()

    def count_bytes(self, rows: list[Record]) -> None:
        """Count the bytes alone of rows, whose messages come by the outcome lane."""
        for record in rows:
            if record.kind in OUTCOMES and not is_state(record):
                self._weigh(record)

    def _weigh(self, record: Record) -> None:
        self.bytes = (self.bytes or 0) + (record.fields["size"] or self.message_size)

    def finish(self) -> None:
        """Count the rows that were gathered."""
        import numpy as np

        if self._rows:
            self._count(np.array(self._rows, dtype=np.int64))
            self._rows = []

    def _count(self, codes: NDArray[np.int64]) -> None:
        import numpy as np

        pairs = codes >> PAIR_SHIFT
        fates = codes & ((1 << PAIR_SHIFT) - 1)
        arrived = pairs[fates & ((1 << OUTCOME_BITS) - 1) == _DELIVERED] % self.population
        self.from_source += np.bincount(pairs // self.population, minlength=self.population)
        self.delivered_to += np.bincount(arrived, minlength=self.population)
        counts = np.bincount(fates)
        self._outcomes[: len(counts)] += counts

    @property
    def by_kind(self) -> dict[str, int]:
        """Messages of each kind."""
        counts = self._table().sum(axis=1)
        return {name: int(counts[number]) for number, name in enumerate(self.kind_names) if counts[number]}

    @property
    def by_outcome(self) -> dict[str, int]:
        """Messages by what became of them."""
        counts = self._table().sum(axis=0)
        return {name: int(counts[number]) for number, name in enumerate(OUTCOMES) if counts[number]}

    def _table(self) -> NDArray[Any]:
        return self._outcomes.reshape(1 << KIND_BITS, 1 << OUTCOME_BITS)
