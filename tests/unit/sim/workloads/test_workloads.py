"""Workloads ask what they say, when they say it, of the nodes that the seed or the user chose."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from faults.node.crash import Crash
from sim.protocol import Protocol
from sim.simulation import Simulation
from sim.workloads.rumour import Rumour
from sim.workloads.update import Update
from sim.workloads.updates import Updates
from sim.workloads.workload import Workload
from topologies.errors import InputError
from topologies.registry import build

SECOND = 1_000_000_000


class Asked(Protocol):
    """Records what is asked of it."""

    def on_request(self, request: Update) -> None:
        self.node.record(
            "asked", key=request.key, value=request.value, delete=request.delete, important=request.important
        )


def asked(workload: Workload, nodes: int = 20, seed: int = 0, faults=(), until: int = 100 * SECOND):
    """The records of a ring under a workload."""
    simulation = Simulation(
        build({"kind": "ring", "nodes": nodes}), Asked, workload=[workload], faults=faults, seed=seed
    )
    rows = simulation.keep_records()
    simulation.run(until)
    return [row for row in rows if row.kind in ("asked", "refused")]


def test_a_rumour_is_told_to_the_nodes_named() -> None:
    """All nodes of the list are asked once, at the time, with the same update."""
    rows = asked(Rumour(nodes=(3, 7), at=2 * SECOND, key="news", important=True))
    assert [(row.time, row.node, row.fields["key"], row.fields["important"]) for row in rows] == [
        (2 * SECOND, 3, "news", True),
        (2 * SECOND, 7, "news", True),
    ]


def test_a_rumour_is_told_to_so_many_different_nodes() -> None:
    """A number draws that many different nodes, and another seed draws others."""
    drawn = [tuple(row.node for row in asked(Rumour(nodes=5), seed=seed)) for seed in range(5)]
    assert all(len(set(nodes)) == 5 for nodes in drawn)
    assert len(set(drawn)) > 1


def test_a_node_that_is_down_refuses_and_the_run_says_so() -> None:
    """What is asked of a crashed node is recorded as refused, with the node and the key."""
    (row,) = asked(Rumour(nodes=(3,), at=SECOND), faults=[Crash(target=3, at=0)])
    assert (row.kind, row.node, row.fields) == ("refused", None, {"target": 3, "key": "rumour"})


@pytest.mark.parametrize("nodes", [21, (20,), (3, 25)])
def test_a_rumour_for_nodes_that_do_not_exist_is_refused(nodes) -> None:
    """More nodes than there are, or numbers beyond the last, are an InputError before the run."""
    with pytest.raises(InputError) as caught:
        asked(Rumour(nodes=nodes))
    assert caught.value.path == ("nodes",)


def test_updates_come_at_their_rate_as_a_poisson_process() -> None:
    """Counts in windows have mean and variance rate times length: the test fails by chance once in 10,000 seeds.

    The number in 2,000 s at 5/s is within 3.9 standard deviations of 10,000; the index of dispersion of the counts in
    2,000 windows of a second is within 3.9 standard errors, sqrt(2 / 2000), of 1.
    """
    rows = asked(Updates(rate="5/s", until=2000 * SECOND), until=3000 * SECOND)
    assert abs(len(rows) - 10_000) < 3.9 * 100
    counts = Counter(row.time // SECOND for row in rows)
    windows = [counts[second] for second in range(2000)]
    mean = sum(windows) / 2000
    dispersion = sum((count - mean) ** 2 for count in windows) / 1999 / mean
    assert abs(dispersion - 1) < 3.9 * (2 / 2000) ** 0.5


def test_updates_go_to_all_nodes_and_keys_in_their_shares() -> None:
    """Every node and key is met, a third are deletes without a value, a tenth are important (within 4 sigma)."""
    rows = asked(Updates(rate="20/s", keys=10, deletes=1 / 3, important=0.1, until=200 * SECOND), until=300 * SECOND)
    number = len(rows)
    assert {row.node for row in rows} == set(range(20))
    assert {row.fields["key"] for row in rows} == {f"key-{key}" for key in range(10)}
    deletes = [row for row in rows if row.fields["delete"]]
    assert all((row.fields["value"] is None) == row.fields["delete"] for row in rows)
    assert abs(len(deletes) - number / 3) < 4 * (number * 2 / 9) ** 0.5
    assert abs(sum(row.fields["important"] for row in rows) - number / 10) < 4 * (number * 0.09) ** 0.5


def test_each_write_has_a_value_of_its_own() -> None:
    """No two writes of a run write the same value, so that a checker can tell them apart."""
    values = [row.fields["value"] for row in asked(Updates(rate="10/s"))]
    assert len(set(values)) == len(values) > 500


@given(at=st.integers(0, 40 * SECOND), length=st.integers(1, 40 * SECOND))
def test_updates_come_only_between_their_times(at: int, length: int) -> None:
    """No update comes before `at` or from `until` on."""
    rows = asked(Updates(rate="5/s", at=at, until=at + length), nodes=3)
    assert all(at <= row.time < at + length for row in rows)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Rumour(nodes=0),
        lambda: Rumour(nodes=()),
        lambda: Rumour(nodes=(-1,)),
        lambda: Rumour(key=""),
        lambda: Updates(rate="0/s"),
        lambda: Updates(rate="1/s", keys=0),
        lambda: Updates(rate="1/s", deletes=1.5),
        lambda: Updates(rate="1/s", at=SECOND, until=SECOND),
    ],
)
def test_a_workload_that_makes_no_sense_cannot_be_made(wrong) -> None:
    """Wrong options are found when a workload is made."""
    with pytest.raises(ValidationError):
        wrong()
