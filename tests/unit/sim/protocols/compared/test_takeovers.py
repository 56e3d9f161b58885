"""Coordinators with failover: who takes over when, who obeys whom, and what that loses."""

from __future__ import annotations

from sim.protocols.coordinator.coordinator import HEARTBEAT, TAKEOVER, Coordinator, CoordinatorConfig
from sim.protocols.coordinator.messages import Copy, Heartbeat, State, StateWanted
from sim.storage import Storage
from tests.unit.sim.protocols.raft.raft_server import MILLISECOND, Bench, due, hear, read, write

TIMEOUT = 200 * MILLISECOND


def begun(number: int = 0, storage: Storage | None = None, failover: bool = True) -> tuple[Coordinator, Bench]:
    """A server of five that has started."""
    bench = Bench(number, storage=storage)
    server = Coordinator.on(bench, CoordinatorConfig(failover=failover, takeover_timeout=TIMEOUT))  # type: ignore[arg-type]
    server.on_start()
    return server, bench


def restarted(server: Coordinator, bench: Bench) -> tuple[Coordinator, Bench]:
    """The server after a crash that has kept its disk."""
    again = Bench(bench.id, storage=bench.storage)
    again.elapsed = bench.elapsed
    new = Coordinator.on(again, server.config)  # type: ignore[arg-type]
    new.on_restart()
    return new, again


def test_standbys_take_over_in_order() -> None:
    """The n-th after the coordinator waits n timeouts."""
    waits = [begun(number)[1].timers[TAKEOVER] for number in range(1, 5)]
    assert waits == [TIMEOUT, 2 * TIMEOUT, 3 * TIMEOUT, 4 * TIMEOUT]


def test_the_greater_epoch_is_obeyed() -> None:
    """A coordinator that hears of a later one stops, and asks for its state before it takes copies from it."""
    old, bench = begun()
    old.on_request(write(1, 1, "lost"))
    bench.take()
    hear(old, 1, Copy(1, 1, write(2, 1, "kept")))
    assert not old.leads
    assert HEARTBEAT not in bench.timers
    assert old.store.answer(read(3, 1)).value == "lost"
    hear(old, 1, Heartbeat(1, 1))
    assert bench.take() == [(1, StateWanted())]
    new, _ = begun(1)
    new.store.answer(write(2, 1, "kept"))
    hear(old, 1, State(1, new.store.snapshot()))
    assert old.store.answer(read(3, 2)).value == "kept"


def test_the_lesser_epoch_is_not_heard() -> None:
    """Heartbeats of a coordinator that was replaced put no takeover off."""
    standby, bench = begun(2)
    hear(standby, 1, Heartbeat(1, 0))
    waits = dict(bench.timers)
    bench.elapsed += 1
    hear(standby, 0, Heartbeat(0, 0))
    assert bench.timers == waits


def test_what_was_answered_and_not_copied_is_lost() -> None:
    """The client has its answer; the standby that takes over has never heard of the write."""
    coordinator, bench = begun()
    coordinator.on_request(write(1, 1))
    assert [reply.outcome for reply in bench.replies] == ["ok"]
    standby, bench = begun(1)
    due(standby, bench, TAKEOVER)
    assert standby.leads
    standby.on_request(read(2, 1))
    assert [(reply.outcome, reply.value) for reply in bench.replies] == [("ok", None)]


def test_a_standby_that_has_missed_a_copy_asks_for_the_state() -> None:
    """Copies after a gap are not carried out; the next heartbeat tells of the gap."""
    standby, bench = begun(1)
    hear(standby, 0, Copy(0, 2, write(1, 2)))
    assert standby.store.number == 0
    hear(standby, 0, Heartbeat(0, 2))
    assert bench.take() == [(0, StateWanted())]


def test_without_failover_the_coordinator_goes_on_after_a_crash() -> None:
    """Its disk holds all that it has answered."""
    coordinator, bench = begun(failover=False)
    coordinator.on_request(write(1, 1, "kept"))
    coordinator, bench = restarted(coordinator, bench)
    coordinator.on_request(read(2, 1))
    assert [reply.value for reply in bench.replies] == ["kept"]


def test_with_failover_a_coordinator_comes_back_behind_all_others() -> None:
    """Each of them has its turn before: it serves nobody until all of their timeouts are over."""
    coordinator, bench = begun()
    coordinator, bench = restarted(coordinator, bench)
    coordinator.on_request(read(1, 1))
    assert [reply.outcome for reply in bench.replies] == ["redirect"]
    assert bench.timers == {TAKEOVER: 5 * TIMEOUT}


def test_no_two_coordinators_have_the_same_epoch() -> None:
    """Two standbys that take over from the same coordinator, unheard by each other, begin different epochs."""
    (first, first_bench), (second, second_bench) = begun(1), begun(2)
    due(first, first_bench, TAKEOVER)
    due(second, second_bench, TAKEOVER)
    assert (first.epoch, second.epoch) == (1, 2)
    hear(first, 2, Heartbeat(2, 0))
    assert (first.leads, second.leads) == (False, True)
    due(first, first_bench, TAKEOVER)
    assert first.epoch == 6
