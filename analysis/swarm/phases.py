"""Where each agent of a swarm is in its cycle: from its last record on it moves at a steady frequency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

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


class Order(NamedTuple):
    """What a swarm is like at some times; NaN where no agent counts.

    `coherence` is the Kuramoto order parameter, |mean of exp(i phase)|, and `mean` the mean phase in radians (Kuramoto,
    Chemical Oscillations, Waves, and Turbulence, 1984). `spread` is the root mean square of the sine of the distance
    from the mean phase: where the swarm is nearly in step, the standard deviation of the phases in radians.
    """

    coherence: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]


class Phases:
    """The phase (radians) of each of `population` agents, its frequency (radians per second), and the time of both.

    `life` tells who is up, as analysis.node_life numbers it, and is looked at anew each time. An agent counts while
    it is up and has a phase. Records of a phase wait until somebody asks, and are then taken together.
    `energy_spent`: by how much the `energy` of agents has fallen from one of their records to the next, all together;
    None where no record has any. `snapshots` are the times of the last two snapshots of all phases.
    """

    def __init__(self, population: int, life: bytearray) -> None:
        import numpy as np

        assert len(life) == population
        self.energy_spent: float | None = None
        self.snapshots: tuple[int, ...] = ()
        self._energy: dict[int, float] = {}
        self._frequency = np.zeros(population)
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
            self._frequency[nodes] = [record.fields["frequency"] for record in waiting]
            self._time[nodes] = [record.time for record in waiting]
            self._known[nodes] = True
            if "energy" in waiting[0].fields:
                self._spend()
            waiting.clear()

    def _spend(self) -> None:
        spent = self.energy_spent or 0.0
        for record in self._waiting:
            level = record.fields.get("energy")
            if level is not None and record.node is not None:
                spent += max(0.0, self._energy.get(record.node, level) - level)
                self._energy[record.node] = level
        self.energy_spent = spent

    def replace(self, record: Record, field: str) -> None:
        """Take a snapshot of all phases in place of what was known, None for an agent that has none; they hold."""
        import numpy as np

        self.take()
        self.snapshots = (*self.snapshots[-1:], record.time)
        found = np.array(record.fields[field], np.float64)
        assert found.shape == self._phase.shape
        self._known[:] = np.isfinite(found)
        self._phase[:] = np.where(self._known, found, 0.0)
        self._frequency[:] = 0.0
        self._time[:] = record.time

    def forget(self, node: int) -> None:
        """Nothing is known of an agent until its next record."""
        self.take()
        self._known[node] = False
        self._energy.pop(node, None)

    def at(self, time: int) -> NDArray[np.float64]:
        """Return the phases, in radians, of the agents that count, at a time (ns) not before the last record."""
        import numpy as np

        phases = self.of_nodes(time)
        return phases[~np.isnan(phases)]

    def of_nodes(self, time: int) -> NDArray[np.float64]:
        """Return the phases of all nodes, in order, at a time (ns) not before the last record; NaN: does not count."""
        import numpy as np

        counted = self._counted()
        phases = np.mod(self._phase + self._frequency * ((time - self._time) * NANOSECOND), 2 * np.pi)
        return np.where(counted, phases, np.nan)

    def _counted(self) -> NDArray[np.bool_]:
        self.take()
        up: NDArray[np.bool_] = self._life == UP
        return self._known & up

    def order(self, times: NDArray[np.int64]) -> Order:
        """Return what the swarm is like at these times (ns), none of which is before the last record."""
        import numpy as np

        counted = self._counted()
        order = Order(*(np.full(len(times), np.nan) for _ in Order._fields))
        number = int(counted.sum())
        if not number:
            return order
        phase, frequency, since = self._phase[counted], self._frequency[counted], self._time[counted]
        rows = max(1, _AT_ONCE // number)
        for first in range(0, len(times), rows):
            place = slice(first, first + rows)
            angles = phase + frequency * ((times[place, None] - since) * NANOSECOND)
            cosines, sines = np.cos(angles), np.sin(angles)
            x, y = cosines.mean(axis=1), sines.mean(axis=1)
            order.coherence[place] = length = np.hypot(x, y)
            order.mean[place] = np.mod(np.arctan2(y, x), 2 * np.pi)
            length = np.maximum(length, np.finfo(float).tiny)
            across = sines * (x / length)[:, None] - cosines * (y / length)[:, None]
            order.spread[place] = np.sqrt(np.square(across).mean(axis=1))
        np.round(order.coherence, DECIMALS, out=order.coherence)
        return order
