"""Batching: what a service is asked for reaches the upstream once, in one call a tick."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from sim.simulation import Simulation
from sim.units import MILLISECOND, SECOND
from tests.unit.sim.protocols.uses.duty_runs import kinds, system, times, total
from topologies.errors import InputError

BATCH: dict[str, Any] = {"kind": "batch"}
PERIOD = 200 * MILLISECOND


def asked(simulation: Simulation) -> int:
    """How many requests the same workload makes, as services without batching count them."""
    plain, rows = system(
        simulation.topology.nodes, BATCH, rate=20.0, seed=simulation.seed, until="2s", schedule="immediate"
    )
    plain.run(4 * SECOND)
    return total(rows, "served", "requests")


def test_a_service_calls_once_a_tick_and_each_request_once() -> None:
    """A window of 200 ms makes at most one call of a service in each, of what came since the one before."""
    simulation, rows = system(6, BATCH, rate=20.0, until="2s", schedule="offset", period=PERIOD)
    simulation.run(4 * SECOND)
    for node in range(1, 6):
        calls = times(rows, "call", node)
        assert all(later - earlier >= PERIOD for earlier, later in itertools.pairwise(calls))
    held = [wait for row in rows if row.kind == "call" for wait in row.fields["waits"]]
    assert len(held) == total(rows, "call", "requests") == total(rows, "served", "requests") == asked(simulation)
    assert min(held) >= 0
    assert max(held) < PERIOD
    assert max(held) > PERIOD // 2


def test_without_batching_nothing_is_held() -> None:
    """A tick at each request is a call for each, and the answer takes the way there and back."""
    simulation, rows = system(4, BATCH, rate=20.0, until="2s", schedule="immediate")
    simulation.run(4 * SECOND)
    assert {row.fields["waits"] for row in rows if row.kind == "call"} == {(0,)}
    assert {row.fields["waits"] for row in rows if row.kind == "answered"} == {(10 * MILLISECOND,)}
    assert kinds(rows)["call"] == kinds(rows)["tick"] == asked(simulation)


@pytest.mark.parametrize(("schedule", "most"), [("aligned", 11), ("immediate", 11)])
def test_a_gateway_merges_what_comes_together(schedule: str, most: int) -> None:
    """Services that tick at once make one call a period; so does a gateway that waits for a whole period."""
    merge = {"aligned": 20 * MILLISECOND, "immediate": PERIOD}[schedule]
    duty = {"kind": "batch", "gateway": 1, "merge": merge}
    simulation, rows = system(7, duty, rate=20.0, until="2s", schedule=schedule, period=PERIOD)
    simulation.run(4 * SECOND)
    assert {row.node for row in rows if row.kind == "call"} == {1}
    assert 8 <= kinds(rows)["call"] <= most
    assert total(rows, "call", "requests") == total(rows, "served", "requests") > 0
    assert total(rows, "answered", "requests") == total(rows, "served", "requests")
    held = [wait for row in rows if row.kind == "call" for wait in row.fields["waits"]]
    assert len(held) == total(rows, "served", "requests")
    assert max(held) <= PERIOD + merge


def test_a_gateway_merges_little_of_what_comes_apart() -> None:
    """At offsets of their own, six services make far more calls through the same gateway than one a period."""
    duty = {"kind": "batch", "gateway": 1, "merge": 5 * MILLISECOND}
    simulation, rows = system(8, duty, rate=50.0, until="2s", schedule="offset", period=PERIOD)
    simulation.run(4 * SECOND)
    assert kinds(rows)["call"] > 30


@settings(max_examples=15)
@given(
    loss=st.sampled_from(["0%", "10%", "40%"]),
    duplication=st.sampled_from([0.0, 0.3]),
    reordering=st.booleans(),
    gateway=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_no_request_is_lost_or_carried_out_twice(
    loss: str, duplication: float, reordering: bool, gateway: bool, seed: int
) -> None:
    """Whatever links lose, double or reorder, each request is carried out once, and its service hears so once."""
    network = {"latency": "5ms", "loss": loss, "duplication": duplication}
    if reordering:
        network["reordering"] = {"probability": 0.3, "delay": 300 * MILLISECOND}
    duty = {"kind": "batch", "retry": 100 * MILLISECOND} | (
        {"gateway": 1, "merge": 10 * MILLISECOND} if gateway else {}
    )
    simulation, rows = system(
        5, duty, rate=10.0, network=network, seed=seed, until="1s", schedule="offset", period=PERIOD
    )
    simulation.run(20 * SECOND)
    services = [node.protocol.work for node in simulation.nodes[2 if gateway else 1 :]]
    assert not any(work.asked or work.open for work in services)
    assert total(rows, "served", "requests") == total(rows, "answered", "requests")
    plain, others = system(5, duty, rate=10.0, seed=seed, until="1s", schedule="immediate")
    plain.run(2 * SECOND)
    assert total(rows, "served", "requests") == total(others, "served", "requests")


def test_a_crash_takes_what_the_service_holds_and_no_more() -> None:
    """Requests held in a crash are lost, those that come while it is down are refused, all others are carried out."""
    crash = murmur.Crash(target=2, at="1s", restart_after="500ms")
    simulation, rows = system(4, BATCH, rate=50.0, until="3s", faults=(crash,), schedule="aligned", period=PERIOD)
    simulation.run(SECOND - 1)
    held = len(simulation.nodes[2].protocol.work.asked)
    simulation.run(5 * SECOND)
    plain, others = system(4, BATCH, rate=50.0, until="3s", schedule="immediate")
    plain.run(5 * SECOND)
    refused = kinds(rows)["refused"]
    assert held > 0
    assert refused > 0
    assert total(rows, "served", "requests") + held + refused == total(others, "served", "requests")


def test_a_gateway_that_crashes_loses_nothing() -> None:
    """What a gateway held when it crashed is sent again by the services."""
    crash = murmur.Crash(target=1, at="1005ms", restart_after="500ms")
    duty = {"kind": "batch", "gateway": 1, "merge": 20 * MILLISECOND, "retry": 300 * MILLISECOND}
    simulation, rows = system(5, duty, rate=50.0, until="3s", faults=(crash,), schedule="aligned", period=PERIOD)
    simulation.run(6 * SECOND)
    plain, others = system(5, duty, rate=50.0, until="3s", schedule="immediate")
    plain.run(5 * SECOND)
    assert any(row.kind == "call" and not row.fields["waits"] for row in rows), "nothing was sent again"
    assert total(rows, "served", "requests") == total(others, "served", "requests")


def test_an_upstream_that_is_cut_off_gets_everything_later() -> None:
    """A partition delays the calls of the other side until it heals."""
    partition = murmur.Partition(groups={"isolate": 0}, at="500ms", heal_after="2s")
    simulation, rows = system(4, BATCH, rate=20.0, until="2s", faults=(partition,), schedule="offset", period=PERIOD)
    simulation.run(6 * SECOND)
    assert not [time for time in times(rows, "served") if 510 * MILLISECOND < time < 2500 * MILLISECOND]
    assert total(rows, "served", "requests") == asked(simulation)


@pytest.mark.parametrize(
    ("duty", "message"),
    [
        ({"merge": 5}, "no gateway"),
        ({"gateway": 0}, "is the server"),
        ({"server": 9}, "a topology of 4 nodes"),
    ],
)
def test_wrong_servers_are_refused(duty: dict[str, int], message: str) -> None:
    """A gateway that is missing, the upstream itself, or no node at all, is an error that says so."""
    with pytest.raises((InputError, ValueError), match=message):
        system(4, {"kind": "batch", **duty})


def test_requests_need_a_duty_that_takes_them() -> None:
    """A workload of requests is refused where agents run jobs."""
    with pytest.raises(InputError, match="takes none"):
        system(4, {"kind": "job"}, rate=1.0)
