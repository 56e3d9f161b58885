"""Primary and backups: whom a server helps and for how long, and what an answer of the primary rests on."""

from __future__ import annotations

from typing import Any

import pytest

from sim.protocols.primary_backup.messages import Claim, Granted, Held, Renewal, State, Write
from sim.protocols.primary_backup.primary_backup import EXPIRY, RENEWAL, PrimaryBackup, PrimaryBackupConfig
from sim.storage import Storage
from tests.unit.sim.protocols.raft.raft_server import MILLISECOND, Bench, due, hear, read, write

LEASE = 200 * MILLISECOND


def begun(number: int = 0, storage: Storage | None = None, **options: Any) -> tuple[PrimaryBackup, Bench]:
    """A server of five that has started."""
    bench = Bench(number, storage=storage)
    server = PrimaryBackup.on(bench, PrimaryBackupConfig(lease=LEASE, **options))  # type: ignore[arg-type]
    server.on_start()
    return server, bench


def restarted(server: PrimaryBackup, bench: Bench) -> tuple[PrimaryBackup, Bench]:
    """The server after a crash that has kept its disk."""
    again = Bench(bench.id, storage=bench.storage)
    again.elapsed = bench.elapsed
    new = PrimaryBackup.on(again, server.config)  # type: ignore[arg-type]
    new.on_restart()
    return new, again


def leased(**options: Any) -> tuple[PrimaryBackup, Bench]:
    """The primary of view 0, to which two backups have granted the lease at time zero."""
    primary, bench = begun(**options)
    for backup in (1, 2):
        hear(primary, backup, Held(0, 0, 0))
    bench.take()
    return primary, bench


def outcomes(bench: Bench) -> list[str]:
    """What clients were answered."""
    return [reply.outcome for reply in bench.replies]


def test_a_run_begins_with_a_primary() -> None:
    """Server 0 leads view 0 at once, and asks for its lease; the others wait for it."""
    _, bench = begun()
    assert {payload for _, payload in bench.take()} == {Renewal(0, 0, 0)}
    backup, bench = begun(1)
    assert backup.role == "follower"
    assert bench.take() == []


def test_who_begins_anew_without_a_disk_does_not_lead() -> None:
    """Another may lead a later view by then."""
    bench = Bench(0)
    bench.generation = 1
    server = PrimaryBackup.on(bench, PrimaryBackupConfig())  # type: ignore[arg-type]
    server.on_start()
    assert server.role == "follower"


def test_nothing_is_served_before_a_majority_has_granted_the_lease() -> None:
    """With one grant besides its own of five the primary refuses; with two it answers a read."""
    primary, bench = begun()
    hear(primary, 1, Held(0, 0, 0))
    primary.on_request(read(1, 1))
    hear(primary, 2, Held(0, 0, 0))
    primary.on_request(read(1, 1))
    assert outcomes(bench) == ["refused", "ok"]


def test_a_write_is_answered_when_a_majority_holds_it() -> None:
    """And so is a read that comes after it, for it rests on the write."""
    primary, bench = leased()
    primary.on_request(write(1, 1, "new"))
    primary.on_request(read(2, 1))
    hear(primary, 1, Held(0, 1, 0))
    assert outcomes(bench) == []
    hear(primary, 2, Held(0, 1, 0))
    assert [(reply.client, reply.value) for reply in bench.replies] == [(1, None), (2, "new")]


@pytest.mark.parametrize(("late", "served"), [(-1, True), (0, False)])
def test_a_lease_is_shorter_than_its_grants_by_the_drift_bound(late: int, served: bool) -> None:
    """Asked for at time 0, it ends for the primary after 160 ms, before 200 ms on a clock that is a quarter faster."""
    primary, bench = leased(drift_bound=1.25)
    bench.elapsed = 160 * MILLISECOND + late
    primary.on_request(read(1, 1))
    assert outcomes(bench) == ["ok" if served else "refused"]


def test_answers_that_come_late_extend_no_lease() -> None:
    """A lease counts from when it was asked for, not from the answer."""
    primary, bench = leased()
    bench.elapsed = LEASE
    for backup in (1, 2):
        hear(primary, backup, Held(0, 0, 1))
    primary.on_request(read(1, 1))
    assert outcomes(bench) == ["refused"]


def test_a_primary_whose_lease_is_over_gives_up_what_waits() -> None:
    """Its client learns nothing of the outcome, for the next primary may have the write or not."""
    primary, bench = leased()
    primary.on_request(write(1, 1))
    due(primary, bench, EXPIRY)
    assert primary.role == "follower"
    assert outcomes(bench) == ["timed-out"]
    assert RENEWAL not in bench.timers


def test_a_backup_helps_no_other_primary_while_its_grant_lasts() -> None:
    """It does not hear a claim within the lease; after it, it grants the view and hands over what it holds."""
    backup, bench = begun(3)
    hear(backup, 0, Renewal(0, 0, 0))
    bench.take()
    bench.elapsed = LEASE - 1
    hear(backup, 1, Claim(1))
    assert bench.take() == []
    bench.elapsed = LEASE
    hear(backup, 1, Claim(1))
    assert [(to, payload.view) for to, payload in bench.take()] == [(1, 1)]


def test_a_promise_outlasts_a_crash() -> None:
    """Who has granted view 1 takes nothing of view 0 any more, and claims only after a whole lease."""
    backup, bench = begun(3)
    bench.elapsed = LEASE
    hear(backup, 1, Claim(1))
    backup, bench = restarted(backup, bench)
    hear(backup, 0, Write(0, 1, write(1, 1), 0))
    assert bench.take() == []
    assert backup.store.number == 0
    assert bench.timers[EXPIRY] > bench.elapsed + LEASE


def test_the_next_primary_takes_the_latest_state() -> None:
    """Of what a majority holds, that of the latest view, though one of an earlier view is longer."""
    other, _ = begun(4)
    snapshots = {}
    for number in range(3):
        snapshots[number] = other.store.snapshot()
        other.store.answer(write(1, number + 1, str(number)))
    claimant, bench = begun(2)
    due(claimant, bench, EXPIRY)
    assert claimant.view == 2
    hear(claimant, 3, Granted(2, 0, snapshots[2]))
    hear(claimant, 4, Granted(2, 1, snapshots[1]))
    assert claimant.role == "leader"
    assert claimant.store.number == 1


def test_writes_that_overtake_one_another_are_carried_out_in_order() -> None:
    """The second write waits for the first, and both are held then."""
    backup, bench = begun(1)
    hear(backup, 0, Write(0, 2, write(1, 2, "second"), 0))
    assert backup.store.number == 0
    hear(backup, 0, Write(0, 1, write(1, 1, "first"), 0))
    assert backup.store.number == 2
    assert [payload.number for _, payload in bench.take()] == [0, 2]
    assert backup.store.answer(read(2, 1)).value == "second"


def test_writes_that_came_early_are_dropped_with_their_view() -> None:
    """What waits for a gap of view 0 is not carried out on the state of view 1."""
    backup, _ = begun(3)
    hear(backup, 0, Write(0, 2, write(1, 2, "old"), 0))
    other, _ = begun(4)
    other.store.answer(write(2, 1, "new"))
    hear(backup, 1, State(1, other.store.snapshot(), 0))
    assert backup.store.number == 1
    assert backup.store.answer(read(2, 2)).value == "new"


def test_a_write_may_come_before_the_state_that_it_follows() -> None:
    """The new primary's first write overtakes its state on the way, and is carried out after it."""
    backup, _ = begun(3)
    other, _ = begun(4)
    other.store.answer(write(2, 1, "one"))
    hear(backup, 1, Write(1, 2, write(2, 2, "two"), 0))
    assert backup.store.number == 0
    hear(backup, 1, State(1, other.store.snapshot(), 0))
    assert backup.store.answer(read(3, 1)).value == "two"
