"""A central coordinator answers alone, and with failover is replaced without agreement."""

from typing import Any

import pytest

from faults.node.crash import Crash
from sim.protocols.registry import PROTOCOLS
from sim.simulation import Simulation
from sim.workloads.register import Register
from topologies.registry import TOPOLOGIES


def run(protocol: str, until: int, faults: tuple[Any, ...] = (), **options: Any) -> list[Any]:
    """The records of five servers with clients."""
    mesh = TOPOLOGIES["mesh"]
    kind = PROTOCOLS[protocol]
    simulation = Simulation(
        mesh.build(mesh.config(nodes=5), 1),
        kind.protocol,
        kind.config(**options),
        seed=3,
        workload=[Register(clients=4, rate=100.0)],
        faults=faults,
    )
    rows = simulation.keep_records()
    simulation.run(until)
    return rows


def completed(rows: list[Any], after: int = 0) -> int:
    """How many operations succeeded after a time."""
    return sum(row.kind == "completed" and row.fields["outcome"] == "ok" and row.time > after for row in rows)


@pytest.mark.parametrize("failover", [False, True])
def test_only_one_server_answers(failover: bool) -> None:
    """While nothing breaks, node 0 completes every operation."""
    rows = run("coordinator", 2_000_000_000, failover=failover)
    assert completed(rows) > 150
    assert {row.fields["server"] for row in rows if row.kind == "completed"} == {0}


@pytest.mark.parametrize(("failover", "served"), [(False, False), (True, True)])
def test_a_standby_takes_over_with_failover_only(failover: bool, served: bool) -> None:
    """After the coordinator has crashed for good, clients are served only where there is failover."""
    rows = run("coordinator", 4_000_000_000, (Crash(target=0, at="1s"),), failover=failover)
    assert (completed(rows, 2_000_000_000) > 100) == served
