"""Gossip on a disk without room: what a node says it has written is on its disk."""

from __future__ import annotations

from faults.liveness import Liveness
from faults.storage.failing_disk import DiskFull
from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.protocols.gossip.config import GossipConfig
from sim.protocols.gossip.gossip import Gossip
from sim.records import Record
from sim.simulation import Simulation
from sim.workloads.update import Update
from tests.unit.sim.protocols.gossip_runs import MILLISECOND, SECOND, Requests, holdings, of_kind
from topologies.registry import build

WRITES = Requests(
    (0, 0, Update("a", "before")), (2 * SECOND, 0, Update("a", "refused")), (7 * SECOND, 0, Update("a", "after"))
)


def full_disk() -> tuple[Simulation, list[Record]]:
    """Node 0 of three has no room on its disk from the first to the fifth second, and is then brought back."""
    simulation = Simulation(
        build({"kind": "mesh", "nodes": 3}, 1),
        Gossip,
        GossipConfig(spread="anti-entropy", exchange="push-pull", period=300 * MILLISECOND),
        network=NetworkConfig(latency=ConstantLatency(value=MILLISECOND)),
        seed=1,
        workload=[WRITES],
        faults=[
            DiskFull(target=0, at=SECOND, heal_after=4 * SECOND),
            Liveness(at=6 * SECOND, within=6 * SECOND),
        ],
    )
    records = simulation.keep_records()
    simulation.run(12 * SECOND)
    return simulation, records


def test_a_write_that_the_disk_refuses_is_not_announced() -> None:
    """The node stops without having said that it wrote; what it wrote before and after is everywhere."""
    simulation, records = full_disk()
    (failed,) = of_kind(records, "storage-failed")
    assert (failed.node, failed.time) == (0, 2 * SECOND)
    assert [record.time for record in of_kind(records, "announced")] == [0, 7 * SECOND]
    assert holdings(simulation) == [{"a": "after"}] * 3


def test_a_write_is_announced_before_it_is_learned() -> None:
    """A node that writes says first that it has written, then that it holds it: `announced` goes before `informed`."""
    _, records = full_disk()
    told = [record for record in records if record.kind in ("announced", "informed") and record.node == 0]
    assert [record.kind for record in told] == ["announced", "informed"] * 2
