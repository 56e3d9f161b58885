"""Runs for the tests of plots of swarms: a small protocol of oscillators that attract one another by messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sin, tau
from typing import Any, ClassVar, Final

from analysis.plots.run_view import RunView, view_of_simulation
from faults.node.crash import Crash
from faults.partition.partition import Partition
from sim.convergence import Coherence
from sim.protocol import Protocol
from sim.simulation import Simulation
from sim.units import MILLISECOND, SECOND
from topologies.registry import build

SWARM_PLOTS: Final = frozenset(
    ("coherence", "phases", "phase-raster", "phase-map", "animation", "basins", "energy", "load-over-time")
)
"""Plots that need such a run."""
SWARM_FAULTS: Final = (
    Crash(at=1200 * MILLISECOND, target=5, restart_after=400 * MILLISECOND),
    Crash(at=1500 * MILLISECOND, target=6),
    Partition(at=700 * MILLISECOND, groups=((0, 1, 2, 3, 4), (5, 6, 7, 8, 9)), heal_after=300 * MILLISECOND),
)
PERIOD: Final = 200 * MILLISECOND


@dataclass(frozen=True, slots=True)
class Phase:
    """The phase of an agent when it was sent."""

    phase: float


class Oscillator(Protocol):
    """Every 50 ms an agent tells its neighbours its phase; each adjusts a little towards what it hears.

    Kuramoto, "Chemical Oscillations, Waves, and Turbulence", 1984: the pull is the sine of the difference.
    """

    convergence = Coherence(target=0.9, tolerance=0.1, dwell=PERIOD, period=PERIOD, phase=0.0)
    strength: ClassVar[float] = 0.25
    report: ClassVar[int] = 50 * MILLISECOND

    def on_start(self) -> None:
        """Begin at a random phase with a period near 200 ms."""
        self.frequency = tau / PERIOD * (1 + 0.02 * self.node.random.normal(0.0, 1.0))
        self.phase, self.since, self.energy = self.node.random.uniform(0.0, tau), self.node.now, 1.0
        self.tell()
        self.node.set_timer("report", int(self.node.random.uniform(0.0, self.report)))

    def now(self) -> float:
        """The phase at this moment."""
        return (self.phase + self.frequency * (self.node.now - self.since)) % tau

    def tell(self) -> None:
        """Record the phase."""
        known = {"phase": round(self.phase, 9) % tau, "frequency": round(self.frequency * SECOND, 9)}
        self.node.record("phase", **known, energy=round(self.energy, 6))
        if self.phase < 0.3:
            self.node.record("tick")
            self.node.record("call", requests=2, waits=(1 * MILLISECOND, 3 * MILLISECOND))

    def on_timer(self, name: Any) -> None:
        """Report."""
        self.node.broadcast(Phase(self.now()))
        self.node.set_timer("report", self.report)

    def on_message(self, message: Any) -> None:
        """Adjust, at the cost of some energy."""
        before = self.now()
        self.phase = (before + self.strength * sin(message.payload.phase - before)) % tau
        self.since = self.node.now
        self.energy = max(0.0, self.energy - 0.001)
        self.tell()


def swarm_run(
    topology: dict[str, Any] | None = None,
    *,
    seed: int = 7,
    faults: Sequence[Any] = SWARM_FAULTS,
    until: int = 2 * SECOND,
    protocol: type[Protocol] = Oscillator,
) -> RunView:
    """Return the view of a run over a topology built from plain data."""
    network = build(topology or {"kind": "ring", "nodes": 10}, 1)
    simulation = Simulation(network, protocol, seed=seed, faults=faults)
    records = simulation.keep_records()
    simulation.run(until).conclude()
    return view_of_simulation(simulation, records, "swarm")
