"""Small protocols of the test suite's own, whose runs tests of `analysis` look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from sim.convergence import Convergence, Coverage
from sim.message import Message
from sim.network.config import NetworkConfig
from sim.protocol import Protocol, ProtocolConfig
from sim.records import Detail
from sim.simulation import Plan, Simulation
from topologies.registry import build

MILLISECOND = 1_000_000
SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Rumor:
    """What a flooding node tells its neighbours, and how many hops it has come."""

    update: str
    hops: int


class Flooding(Protocol):
    """Node 0 announces an update; whoever hears it first tells all neighbours."""

    class Config(ProtocolConfig):
        """When node 0 starts."""

        kind: Literal["flooding"] = "flooding"
        at: int = MILLISECOND

    convergence: ClassVar[Convergence | None] = Coverage("informed", "announced", "update")
    config: Config

    def __init__(self) -> None:
        self.known = False

    def on_start(self) -> None:
        """Wait for the time to start."""
        if self.node.id == 0:
            self.node.set_timer("start", self.config.at)

    def on_timer(self, name: Any) -> None:
        """Announce the update."""
        self.node.record("announced", update="news", tags=("a", ("b", 1)), nothing=None)
        self.learn("news", 0, None)

    def on_message(self, message: Message) -> None:
        """Hear of the update."""
        if not self.known:
            self.learn(message.payload.update, message.payload.hops, message.source)

    def learn(self, update: str, hops: int, source: int | None) -> None:
        """Record it, and tell the neighbours."""
        self.known = True
        self.node.record("informed", update=update, round=hops, source=source)
        self.node.broadcast(Rumor(update, hops + 1))


def flooding(
    nodes: int = 8,
    seed: int = 7,
    detail: Detail = "states",
    faults: tuple[Plan, ...] = (),
    network: NetworkConfig | None = None,
    kind: str = "ring",
    protocol: type[Protocol] = Flooding,
) -> Simulation:
    """A simulation of flooding that has not run yet."""
    topology = build({"kind": kind, "nodes": nodes}, seed)
    return Simulation(topology, protocol, seed=seed, detail=detail, faults=faults, network=network)


@dataclass(frozen=True)
class At:
    """A plan that calls methods of the simulation with a node, each at a time in nanoseconds."""

    calls: tuple[tuple[int, str, int], ...]

    def arm(self, simulation: Simulation) -> None:
        """Schedule the calls."""
        for time, method, node in self.calls:
            simulation.kernel.call_at(time, getattr(simulation, method), node)
