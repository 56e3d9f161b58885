"""Runs for the tests of plots: one rumour, pushed by its own small protocol, while plans break what they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from analysis.plots.run_view import RunView, view_of_simulation
from faults.node.crash import Crash
from faults.node.pause import Pause
from faults.partition.partition import Partition
from sim.convergence import Coverage
from sim.network.config import IndependentLoss, NetworkConfig
from sim.network.latency import ExponentialLatency
from sim.protocol import Protocol
from sim.records import Detail
from sim.simulation import Simulation
from sim.units import MILLISECOND
from topologies.registry import build

FAULTS = (
    Crash(at=30 * MILLISECOND, target=5, restart_after=30 * MILLISECOND),
    Crash(at=80 * MILLISECOND, target=6),
    Pause(at=20 * MILLISECOND, target=2, resume_after=15 * MILLISECOND),
    Partition(at=40 * MILLISECOND, groups=((0, 1, 2, 3), (4, 5, 6, 7)), heal_after=30 * MILLISECOND),
)
END = 100 * MILLISECOND


@dataclass(frozen=True, slots=True)
class Rumour:
    """The rumour."""


class Push(Protocol):
    """Node 0 knows a rumour; who knows it tells a random neighbour again and again."""

    convergence = Coverage(reached="informed", announced="announced", item="update")
    pause_mean: ClassVar[int] = 10 * MILLISECOND

    def on_start(self) -> None:
        """Let node 0 know."""
        self.knows = False
        if self.node.id == 0:
            self.node.record("announced", update="rumour")
            self.learn()

    def on_restart(self) -> None:
        """Know nothing any more."""
        self.knows = False

    def learn(self) -> None:
        """Know it, and begin to tell."""
        if not self.knows:
            self.knows = True
            self.node.record("informed", update="rumour")
            self.wait()

    def wait(self) -> None:
        """Wait before telling the next neighbour."""
        self.node.set_timer("tell", int(self.node.random.exponential(self.pause_mean)))

    def on_message(self, message: Any) -> None:
        """Hear it."""
        self.learn()

    def on_timer(self, name: Any) -> None:
        """Tell it."""
        self.node.send(self.node.random.choice(self.node.neighbors), Rumour())
        self.wait()


def rumour_run(
    topology: dict[str, Any],
    *,
    seed: int = 7,
    faults: Sequence[Any] = (),
    detail: Detail = "messages",
    until: int = END,
    loss: float = 0.05,
    protocol: type[Protocol] = Push,
    name: str = "rumour",
) -> RunView:
    """Return the view of a run over a topology built from plain data."""
    network = NetworkConfig(latency=ExponentialLatency(mean=3 * MILLISECOND), loss=IndependentLoss(probability=loss))
    simulation = Simulation(build(topology, 1), protocol, network=network, seed=seed, faults=faults, detail=detail)
    records = simulation.keep_records()
    simulation.run(until).conclude()
    return view_of_simulation(simulation, records, name)
