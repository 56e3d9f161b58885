"""Where each agent of a swarm is in its cycle: from its last record on it moves at a steady frequency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.node_life import UP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from sim.records import Record

NANOSECOND: Final = 1e-9
"""In seconds."""
DECIMALS: Final = 12
"""To which coherence is rounded: in the last bits it would depend on the order in which a library adds."""
_AT_ONCE: Final = 1 << 17
"""Phases that are worked out at once: as many as a processor's cache holds."""


class Phases:
    """The phase (radians) of each of `population` agents, its frequency (radians per second), and the time of both.

    `life` tells who is up, as analysis.node_life numbers it, and is looked at anew each time. An agent counts while
    it is up and has a phase. Records of a phase wait until somebody asks, and are then taken together.
    """

    def __init__(self, population: int, life: bytearray) -> None:
        import numpy as np

        assert len(life) == population
        self.frequency = np.zeros(population)
        self._phase = np.zeros(population)
        self._time = np.zeros(population, np.int64)
        self._known = np.zeros(population, np.bool_)
        self._life = np.frombuffer(life, np.uint8)
        self._waiting: list[Record] = []
        self.wait = self._waiting.append
        """Take the record of one agent's `phase` and `frequency`."""

    def take(self) -> None:
        """Take in the records that wait; of several of an agent the last one counts."""
        import numpy as np

        waiting = self._waiting
        if waiting:
            nodes = np.array([record.node for record in waiting], np.intp)
            self._phase[nodes] = [record.fields["phase"] for record in waiting]
            self.frequency[nodes] = [record.fields["frequency"] for record in waiting]
            self._time[nodes] = [record.time for record in waiting]
            self._known[nodes] = True
            waiting.clear()

    def replace(self, record: Record, field: str) -> None:
        """Take a snapshot of all phases in place of what was known, None for an agent that has none; they hold."""
        import numpy as np

        self._waiting.clear()
        found = np.array(record.fields[field], np.float64)
        assert found.shape == self._phase.shape
        self._known[:] = np.isfinite(found)
        self._phase[:] = np.where(self._known, found, 0.0)
        self.frequency[:] = 0.0
        self._time[:] = record.time

    def forget(self, node: int) -> None:
        """Nothing is known of an agent until its next record."""
        self.take()
        self._known[node] = False

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Which agents count: those that are up and have a phase."""
        self.take()
        up: NDArray[np.bool_] = self._life == UP
        return self._known & up

    def at(self, time: int) -> NDArray[np.float64]:
        """Return the phases, in radians, of the agents that count, at a time (ns) from which nothing later is known."""
        import numpy as np

        counted = self.counted
        passed = (time - self._time[counted]) * NANOSECOND
        return np.mod(self._phase[counted] + self.frequency[counted] * passed, 2 * np.pi)

    def coherence(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the Kuramoto order parameter of the agents that count at each of these times; NaN where none counts.

        R = |mean of exp(i phase)|, Kuramoto, Chemical Oscillations, Waves, and Turbulence, 1984.
        """
        import numpy as np

        counted = self.counted
        found = np.full(len(times), np.nan)
        number = int(counted.sum())
        if not number:
            return found
        phase, frequency, since = self._phase[counted], self.frequency[counted], self._time[counted]
        rows = max(1, _AT_ONCE // number)
        for first in range(0, len(times), rows):
            place = slice(first, first + rows)
            angles = phase + frequency * ((times[place, None] - since) * NANOSECOND)
            found[place] = np.hypot(np.cos(angles).mean(axis=1), np.sin(angles).mean(axis=1))
        return np.round(found, DECIMALS)
