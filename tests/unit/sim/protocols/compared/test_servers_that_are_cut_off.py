"""Primaries and coordinators that are cut off or away: what they answer, what is lost, and how they catch up."""

from __future__ import annotations

from typing import Any

import pytest

from faults.node.crash import Crash
from faults.partition.partition import Partition
from scenarios.run import run
from scenarios.schema import Scenario
from sim.protocols.coordinator.coordinator import Coordinator, CoordinatorConfig
from sim.protocols.primary_backup.primary_backup import PrimaryBackup, PrimaryBackupConfig
from sim.records import Record
from sim.simulation import Simulation
from sim.units import MILLISECOND, SECOND
from sim.workloads.register import Register
from topologies.registry import build

LEASE = 200 * MILLISECOND


def served(protocol: Any, config: Any, fault: Any, until: int = 6 * SECOND) -> tuple[Simulation, list[Record]]:
    """Five servers with ten clients that live beside them, and the records of the run."""
    simulation = Simulation(
        build({"kind": "mesh", "nodes": 5}, 1),
        protocol,
        config,
        seed=11,
        workload=[Register(clients=10, think=20 * MILLISECOND, reads=0.9, placement="beside", until="5s")],
        faults=[fault],
    )
    rows = simulation.keep_records()
    simulation.run(until)
    return simulation, rows


def answered(rows: list[Record], server: int, begin: int, end: int) -> int:
    """How many operations succeeded at a server in a span of time."""
    ends = [row for row in rows if row.kind == "completed" and begin <= row.time < end]
    return sum(row.fields["outcome"] == "ok" and row.fields["server"] == server for row in ends)


def test_a_primary_that_is_cut_off_answers_nothing_once_its_lease_is_over() -> None:
    """Not even reads of the clients beside it, who are served again when it hears the others again."""
    cut = Partition(groups={"isolate": 0}, at="1s", heal_after="2s")
    _, rows = served(PrimaryBackup, PrimaryBackupConfig(lease=LEASE), cut)
    assert answered(rows, 0, 0, SECOND) > 100
    assert answered(rows, 0, SECOND + LEASE, 6 * SECOND) == 0
    others = sum(answered(rows, server, SECOND + 3 * LEASE, 3 * SECOND) for server in range(1, 5))
    assert others > 100


def test_a_coordinator_that_is_cut_off_goes_on_answering() -> None:
    """That is what makes two of them, where standbys take over."""
    cut = Partition(groups={"isolate": 0}, at="1s", heal_after="2s")
    _, rows = served(Coordinator, CoordinatorConfig(failover=True), cut)
    during = (SECOND + SECOND // 2, 3 * SECOND)
    assert answered(rows, 0, *during) > 50
    assert answered(rows, 1, *during) > 50


@pytest.mark.parametrize(
    ("protocol", "config"),
    [(PrimaryBackup, PrimaryBackupConfig()), (Coordinator, CoordinatorConfig(failover=True))],
    ids=["primary-backup", "coordinator"],
)
@pytest.mark.parametrize("away", [0, 3])
def test_who_was_away_gets_the_state(protocol: Any, config: Any, away: int) -> None:
    """A server that missed hundreds of writes holds in the end what the others hold."""
    simulation, rows = served(protocol, config, Crash(target=away, at="1s", restart_after="2s"))
    assert sum(row.kind == "completed" and SECOND < row.time < 3 * SECOND for row in rows) > 200
    stores = [node.protocol.store.snapshot() for node in simulation.nodes]
    assert stores[0][0] > 100
    assert all(store == stores[0] for store in stores)


def verdict(protocol: dict[str, Any], faults: list[dict[str, Any]], seed: int, **workload: Any) -> str:
    """What the check of linearizability says of a run of five servers with clients of one key beside them."""
    scenario = Scenario.model_validate(
        {
            "name": "compared",
            "duration": "20s",
            "topology": {"kind": "mesh", "nodes": 5},
            "network": {"latency": "1ms"},
            "protocol": protocol,
            "workload": {"kind": "register", "keys": 1, "placement": "beside", "until": "19s", **workload},
            "faults": faults,
            "checks": ["linearizable"],
        }
    )
    return run(scenario, seed=seed).verdicts[0].verdict


@pytest.mark.parametrize(("bound", "expected"), [(2.6, {"holds"}), (1.02, {"holds", "violated"})])
def test_a_lease_is_as_good_as_its_drift_bound(bound: float, expected: set[str]) -> None:
    """A primary whose clock runs at 0.4 of its rate answers old values in some runs, unless the bound allows it."""
    when = {"every": "3s", "until": "17s"}
    faults = [
        {"kind": "clock-drift", "target": "leader", "drift_ppm": -600_000, "when": when, "heal_after": "2500ms"},
        {"kind": "partition", "groups": {"isolate": "leader"}, "when": when, "heal_after": "2500ms"},
    ]
    protocol = {"kind": "primary-backup", "lease": "400ms", "drift_bound": bound}
    found = {
        verdict(protocol, faults, seed, clients=10, reads="98%", think="20ms", retry_after="300ms") for seed in range(3)
    }
    assert found == expected


def test_standbys_lose_writes_that_were_acknowledged() -> None:
    """A standby that takes over without the last copies forgets what clients were told, and the check finds it."""
    faults = [
        {"kind": "loss", "probability": "20%", "at": "0s"},
        {"kind": "crash", "target": "leader", "when": {"every": "2s", "until": "16s"}, "restart_after": "1s"},
    ]
    options = {"clients": 4, "reads": "50%", "think": "30ms", "retry_after": "300ms"}
    assert verdict({"kind": "coordinator", "failover": True}, faults, 1, **options) == "violated"
    assert verdict({"kind": "primary-backup"}, faults, 1, **options) == "holds"
