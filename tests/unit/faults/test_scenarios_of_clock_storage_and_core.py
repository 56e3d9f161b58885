"""The built-in scenarios of faults of clocks, storage and cores, and of slow nodes, show what they say."""

from __future__ import annotations

import pytest

from faults.registry import FAULTS
from scenarios import library
from scenarios.run import run

LAYERS = ("clock", "storage", "core")
KINDS = [*(name for name, kind in FAULTS.items() if kind.config.layer in LAYERS), "slow-node"]
SECOND = 1_000_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_scenario_of_a_fault_shows_it(kind: str) -> None:
    """All checks hold, every fault strikes and changes something, and the one it is named for touches something."""
    found = run(f"fault-{kind}")
    assert found.exit_code == 0
    assert all(fault["strikes"] > 0 and fault["effect"] > 0 for fault in found.faults)
    assert [fault["touched"] > 0 for fault in found.faults if fault["fault"] == kind] == [True]


@pytest.mark.parametrize("kind", KINDS)
def test_a_scenario_without_its_fault_is_another_run(kind: str) -> None:
    """What the fault does to the nodes shows in what they record and send, not only in its own records."""
    scenario = library.load(f"fault-{kind}", ["detail=messages"])
    others = tuple(fault for fault in scenario.fault_list if fault.kind != kind)
    sides = [run(each).records for each in (scenario, scenario.model_copy(update={"faults": others}))]
    shown = [[(row.time, row.node, row.kind, row.fields) for row in rows if row.kind != "fault"] for rows in sides]
    assert shown[0] != shown[1]


@pytest.mark.parametrize(
    ("kind", "node", "operation"), [("disk-full", 2, "write"), ("torn-write", 4, "read"), ("read-error", 4, "read")]
)
def test_gossip_stops_where_its_disk_fails(kind: str, node: int, operation: str) -> None:
    """Gossip catches no error of its storage: the node says what failed, is down, and holds all again in the end."""
    found = run(f"fault-{kind}")
    failed = [row for row in found.records if row.kind == "storage-failed" and row.node == node]
    assert [row.fields["operation"] for row in failed] == [operation]
    after = [row.kind for row in found.records if row.node == node and row.sequence > failed[0].sequence]
    assert after[0] == "crashed"
    assert "restarted" in after
    nodes = found.simulation.nodes
    assert dict(nodes[node].storage) == dict(nodes[0].storage) != {}


def test_gossip_reads_back_what_its_disk_has_kept() -> None:
    """After a crash a node knows what was flushed; what was not it hears again from others."""
    kept = run("fault-lost-writes", overrides=["faults[0].flush_every=10ms"])
    lost = run("fault-lost-writes", overrides=["faults[0].flush_every=null"])
    heard = [
        sum(
            row.kind == "informed" and row.node in (2, 5) and 9 * SECOND < row.time < 11 * SECOND
            for row in each.records
        )
        for each in (kept, lost)
    ]
    assert heard[0] < heard[1]


def test_corruption_at_rest_is_found_by_the_check_of_inventions() -> None:
    """A node that tells what it misread is caught by `no-invention`, and a disk that is right is not."""
    check = ["checks=[no-invention]"]
    assert run("fault-silent-corruption", overrides=check).exit_code == 1
    assert run("fault-silent-corruption", overrides=[*check, "faults[0].probability=0"]).exit_code == 0
