"""Small runs of gossip for the tests of its rules."""

from __future__ import annotations

from typing import Any

from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.protocols.gossip.config import GossipConfig
from sim.protocols.gossip.gossip import Gossip
from sim.records import Detail, Record
from sim.simulation import Simulation
from sim.workloads.rumour import Rumour
from sim.workloads.update import Update
from topologies.registry import build

MILLISECOND = 1_000_000
SECOND = 1_000_000_000


class Requests:
    """A workload that hands updates to nodes at given times: (time in nanoseconds, node, update)."""

    def __init__(self, *requests: tuple[int, int, Update]) -> None:
        self.requests = requests

    def arm(self, simulation: Simulation) -> None:
        """Schedule the updates."""
        for time, node, update in self.requests:
            simulation.kernel.call_at(time, simulation.request, node, update)


def gossip(
    topology: dict[str, Any],
    sources: list[int] | Requests,
    *,
    latency: int = MILLISECOND,
    loss: float = 0.0,
    seed: int = 1,
    detail: Detail = "messages",
    **options: Any,
) -> tuple[Simulation, list[Record]]:
    """A simulation of gossip, in rounds of a second unless `timing` says otherwise, and the list of its records."""
    workload = sources if isinstance(sources, Requests) else Rumour(nodes=sources)
    simulation = Simulation(
        build(topology, seed),
        Gossip,
        GossipConfig(**{"timing": "rounds", **options}),
        network=NetworkConfig(latency=ConstantLatency(value=latency), loss=loss),
        seed=seed,
        workload=[workload],
        detail=detail,
    )
    return simulation, simulation.keep_records()


def of_kind(records: list[Record], kind: str) -> list[Record]:
    """The state records of a kind."""
    return [record for record in records if record.kind == kind and "message" not in record.fields]


def rounds(records: list[Record], kind: str) -> dict[int | None, int]:
    """The round that each node's record of a kind names."""
    return {record.node: record.fields["round"] for record in of_kind(records, kind)}


def delivered(records: list[Record], *messages: str) -> list[Record]:
    """The messages of these kinds that were delivered."""
    return [row for row in records if row.kind == "delivered" and row.fields.get("message") in messages]


def holdings(simulation: Simulation) -> list[dict[str, Any]]:
    """What each node holds at the end: values by key, None for a tombstone."""
    protocols = [node.protocol for node in simulation.nodes]
    return [{key: held.entry.value for key, held in protocol.known.items()} for protocol in protocols]
