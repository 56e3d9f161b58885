"""A pool of connections: never more than there are, everyone in turn, and none is lost for good."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from faults.network.loss import Loss
from sim.units import MILLISECOND, SECOND
from tests.unit.sim.protocols.uses.duty_runs import kinds, system, times, total
from topologies.errors import InputError

PERIOD = 50 * MILLISECOND
CONNECT = {"kind": "connect", "size": 4, "use": 5 * MILLISECOND}


def test_clients_wait_where_all_come_at_once() -> None:
    """Twelve clients that ask at once for one of four connections wait for none, one or two uses of another."""
    simulation, rows = system(13, CONNECT, schedule="aligned", period=PERIOD, network={"latency": "1ms"})
    simulation.run(PERIOD - 1)
    waited = sorted(row.fields["waited"] for row in rows if row.kind == "connected")
    there_and_back, turn = 2 * MILLISECOND, 7 * MILLISECOND
    assert waited == [there_and_back + place // 4 * turn for place in range(12)]
    assert kinds(rows)["attempt"] == 12
    assert max(row.fields["in_use"] for row in rows if row.kind == "lent") == 4


def test_nobody_waits_where_slots_are_spaced() -> None:
    """The same clients in even slots find a connection at once."""
    simulation, rows = system(13, CONNECT, schedule="central", period=PERIOD, network={"latency": "1ms"})
    simulation.run(3 * SECOND)
    assert {row.fields["waited"] for row in rows if row.kind == "connected"} == {2 * MILLISECOND}
    assert not kinds(rows)["skipped"]


def test_a_client_that_waits_skips_its_tick() -> None:
    """One connection for six clients that each use it for most of a period: they take turns, and skip ticks."""
    duty = {"kind": "connect", "size": 1, "use": 40 * MILLISECOND, "lease": SECOND}
    simulation, rows = system(7, duty, schedule="offset", period=PERIOD, network={"latency": "1ms"})
    simulation.run(3 * SECOND)
    found = kinds(rows)
    assert found["skipped"] > found["attempt"] > 0
    assert found["attempt"] + found["skipped"] == found["tick"]
    assert {row.fields["in_use"] for row in rows if row.kind == "lent"} == {1}
    served = {node: len(times(rows, "connected", node)) for node in range(1, 7)}
    assert max(served.values()) - min(served.values()) <= 1


@settings(max_examples=15)
@given(
    loss=st.sampled_from(["0%", "20%", "50%"]),
    duplication=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 10_000),
    crash=st.sampled_from([None, 0, 3]),
)
def test_no_connection_is_lent_twice_or_lost(loss: str, duplication: float, seed: int, crash: int | None) -> None:
    """Whatever links and crashes do, no more are lent than there are, and all can be lent again afterwards."""
    faults: list[object] = [Loss(probability=loss, at=0, heal_after="2s")] if loss != "0%" else []
    if crash is not None:
        faults.append(murmur.Crash(target=crash, at="1s", restart_after="300ms"))
    duty = CONNECT | {"lease": 100 * MILLISECOND}
    network = {"latency": "1ms", "duplication": duplication}
    simulation, rows = system(
        9, duty, schedule="offset", period=PERIOD, network=network, faults=tuple(faults), seed=seed
    )
    simulation.run(4 * SECOND)
    assert max(row.fields["in_use"] for row in rows if row.kind == "lent") <= 4
    for node in range(1, 9):
        assert [time for time in times(rows, "connected", node) if time > 3 * SECOND]
    assert len(simulation.nodes[0].protocol.work.lent) <= 4


def test_a_lease_ends_what_a_crashed_client_had() -> None:
    """A client that crashes with the only connection keeps the others waiting for as long as the lease."""
    duty = {"kind": "connect", "size": 1, "use": 20 * MILLISECOND, "lease": 300 * MILLISECOND}
    crash = murmur.Crash(target=1, at="10ms")
    simulation, rows = system(3, duty, schedule="aligned", period=PERIOD, network={"latency": "1ms"}, faults=(crash,))
    simulation.run(SECOND)
    first, second = times(rows, "connected")[:2]
    assert first == 2 * MILLISECOND
    assert second == 302 * MILLISECOND
    assert total([row for row in rows if row.kind == "connected"][1:2], "connected", "waited") == second


def test_a_lease_that_is_too_short_is_refused() -> None:
    """A pool that takes back what is in use is an error."""
    with pytest.raises((InputError, ValueError), match="longer than the use"):
        system(3, CONNECT | {"lease": MILLISECOND})
