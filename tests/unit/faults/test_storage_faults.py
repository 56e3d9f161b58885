"""Faults of storage: what a disk loses, tears, refuses, delays or alters, and that it is right once it is healed."""

from typing import Any

import pytest
from pydantic import ValidationError

from faults.fault import Fault
from faults.liveness import Liveness
from faults.network.loss import Loss
from faults.node.crash import Crash, Restart
from faults.registry import FAULTS
from faults.storage.failing_disk import DiskFull, ReadError
from faults.storage.lost_writes import LostWrites, TornWrite
from faults.storage.silent_corruption import SilentCorruption
from faults.storage.slow_disk import SlowDisk
from sim.message import Message
from sim.protocol import Protocol
from sim.simulation import Simulation
from sim.storage import StorageError
from tests.journals import MILLISECOND, SECOND, Journal, Noted, journals, of, total
from topologies.errors import InputError
from topologies.registry import build


def found(*faults: Any, crash: int = 155) -> tuple[Any, ...]:
    """What node 1 finds of its three keys when it restarts, 10 ms after a crash in batch 15."""
    restarted = Crash(target=1, at=crash * MILLISECOND, restart_after=10 * MILLISECOND)
    (row,) = of(journals(*faults, restarted)[1], "found")
    return tuple(row.fields[key] for key in "abc")


def test_without_a_fault_a_write_is_durable_when_it_returns() -> None:
    """A node finds the last batch that it wrote before its crash, synced or not."""
    assert found() == (15, 15, 15)


def test_lost_writes_are_those_since_the_fault_began() -> None:
    """With a cache that is never flushed a crash brings back what was on disk when the fault struck."""
    assert found(LostWrites(target=1, at=52 * MILLISECOND, honours_sync=False)) == (5, 5, 5)


def test_a_sync_is_honoured_where_the_disk_does() -> None:
    """The batch before the last sync is there after the crash."""
    assert found(LostWrites(target=1, at=52 * MILLISECOND)) == (10, 10, 10)


def test_a_cache_is_flushed_at_its_intervals() -> None:
    """Flushed at 92 and 132 ms, the disk holds the batch of 130 ms."""
    fault = LostWrites(target=1, at=52 * MILLISECOND, flush_every=40 * MILLISECOND, honours_sync=False)
    assert found(fault) == (13, 13, 13)


def test_keys_that_were_never_flushed_are_not_there() -> None:
    """What was first written under the fault is gone after a crash, and its values are counted as lost."""
    _, rows = journals(
        LostWrites(target=1, at=MILLISECOND, honours_sync=False, name="struck"),
        Crash(target=1, at=155 * MILLISECOND, restart_after=10 * MILLISECOND),
    )
    assert [row.fields for row in of(rows, "found")] == [{"a": None, "b": None, "c": None}]
    assert total(rows)["touched"] == 3 + 3  # three keys, and three syncs that did nothing


def test_healing_flushes_the_cache() -> None:
    """After the fault nothing is lost, neither what was written under it nor later."""
    fault = LostWrites(target=1, at=52 * MILLISECOND, honours_sync=False, heal_after=50 * MILLISECOND)
    assert found(fault) == (15, 15, 15)
    assert found(fault, crash=105) == (10, 10, 10)


@pytest.mark.parametrize("leaves", ["old", "missing", "unreadable"])
def test_a_torn_batch_is_a_prefix(leaves: str) -> None:
    """A crash leaves none to two writes of the last batch of three, one half done, and the old rest; all occur."""
    torn = {"old": 14, "missing": None, "unreadable": "the value was torn by a crash"}[leaves]
    allowed = {(torn, 14, 14), (15, torn, 14), (15, 15, torn)}
    seen = set()
    for name in "abcdefghij":  # each name has its own draws
        fault = TornWrite(target=1, probability=1.0, leaves=leaves, at=MILLISECOND, name=name)  # type: ignore[arg-type]
        seen.add(found(fault))
    assert seen == allowed


def test_a_torn_write_needs_a_recent_batch() -> None:
    """A window of 3 ms spares the batch that was written 5 ms before the crash."""
    window = 3 * MILLISECOND
    assert found(TornWrite(target=1, probability=1.0, window=window, at=MILLISECOND)) == (15, 15, 15)
    assert found(TornWrite(target=1, probability=1.0, window=window, at=MILLISECOND), crash=152) != (15, 15, 15)


def test_healing_removes_what_was_torn() -> None:
    """A value that cannot be read is missing once the fault is over, and can be written again."""
    fault = TornWrite(target=1, probability=1.0, at=MILLISECOND, heal_after=160 * MILLISECOND, name="a")
    values = found(fault)
    assert values.count(None) == 1
    simulation, rows = journals(fault, Crash(target=1, at=155 * MILLISECOND, restart_after=10 * MILLISECOND))
    last = of(rows, "wrote")[-1].fields["number"]
    assert simulation.nodes[1].storage.medium == dict.fromkeys("abc", last)
    assert simulation.nodes[1].disk is None


def test_a_full_disk_stops_a_node_that_does_not_catch_it() -> None:
    """The node crashes at its next write, says why, stays down, and runs again when it is restarted."""
    fault = DiskFull(target=1, at=52 * MILLISECOND, heal_after=100 * MILLISECOND, name="struck")
    simulation, rows = journals(fault, Restart(target=1, at=200 * MILLISECOND))
    (failed,) = of(rows, "storage-failed")
    assert failed.fields == {"operation": "write", "key": "a", "reason": "no space is left"}
    assert [row.time // MILLISECOND for row in (failed, *of(rows, "crashed"))] == [60, 60]
    assert of(rows, "crashed")[0].sequence > failed.sequence
    assert not [row for row in of(rows, "wrote") if 52 < row.time // MILLISECOND < 210]
    assert of(rows, "wrote")[-1].time > 380 * MILLISECOND
    assert total(rows)["touched"] == 1
    assert simulation.nodes[1].life == "up"


def test_a_protocol_may_catch_the_error() -> None:
    """One that does goes on, every write failing until the disk has room again."""

    class Careful(Journal):
        def on_timer(self, name: object) -> None:
            try:
                super().on_timer(name)
            except StorageError:
                self.node.record("refused")
                self.node.set_timer("write", 10 * MILLISECOND)

    fault = DiskFull(target=1, at=52 * MILLISECOND, heal_after=100 * MILLISECOND)
    simulation, rows = journals(fault, protocol=Careful)
    assert [row.time // MILLISECOND for row in of(rows, "refused")] == list(range(60, 160, 10))
    assert simulation.nodes[1].life == "up"
    assert of(rows, "wrote")[-1].time == 390 * MILLISECOND


class Failing(Protocol):
    """Reads its disk at one place, which `place` names."""

    place = ""

    def __init__(self) -> None:
        self.look("init")

    def look(self, place: str) -> None:
        if self.place == place:
            self.node.storage.get("key")

    def on_start(self) -> None:
        self.node.set_timer("timer", 20 * MILLISECOND)
        self.look("start")

    def on_restart(self) -> None:
        self.look("restart")

    def on_timer(self, name: object) -> None:
        self.node.broadcast(Noted())
        self.look("timer")

    def on_message(self, message: Message) -> None:
        self.look("message")

    def on_request(self, request: Any) -> None:
        self.look("request")


class FailingProcess(Failing):
    """The same as a process."""

    def run(self) -> Any:  # type: ignore[override]
        yield self.node.sleep(30 * MILLISECOND)
        self.look("process")


@pytest.mark.parametrize("place", ["init", "start", "restart", "timer", "message", "request", "process"])
@pytest.mark.parametrize("cores", [False, True])
def test_an_error_anywhere_in_a_protocol_stops_its_node_alone(place: str, cores: bool) -> None:
    """Wherever a read fails, at construction, in a handler or a process: the node is down, and the run goes on."""
    from sim.network.latency import ConstantLatency

    base = FailingProcess if place == "process" else Failing
    protocol = type("Placed", (base,), {"place": place})
    simulation = Simulation(
        build({"kind": "ring", "nodes": 4}),
        protocol,
        faults=[ReadError(target=1, probability=1.0, at=MILLISECOND)],
        handling=ConstantLatency(value=1_000) if cores else None,
    )
    rows = simulation.keep_records()
    simulation.run(5 * MILLISECOND)
    if place in ("init", "start", "restart"):
        simulation.crash(1)
        if place == "start":
            simulation.leave(1)
        simulation.join(1) if place == "start" else simulation.restart(1)
    if place == "request":
        simulation.request(1, "anything")
    simulation.run(100 * MILLISECOND)
    assert simulation.nodes[1].life == "crashed"
    (failed,) = [row for row in rows if row.kind == "storage-failed"]
    assert failed.fields["operation"] == "read"
    assert [node.life for node in simulation.nodes if node.id != 1] == ["up"] * 3


def test_the_liveness_phase_brings_a_stopped_node_back() -> None:
    """A node whose disk was full is restarted with its disk healed, and writes again."""
    fault = DiskFull(target=1, at=52 * MILLISECOND)
    simulation, rows = journals(fault, Liveness(at=200 * MILLISECOND, within=SECOND))
    assert simulation.nodes[1].life == "up"
    assert of(rows, "wrote")[-1].time > 380 * MILLISECOND


def test_reads_fail_as_often_as_stated() -> None:
    """Of 4,000 reads at 20 %, those that fail are within four standard deviations (false alarm: 1 in 10,000 seeds)."""
    simulation, rows = journals(
        ReadError(target=1, probability=0.2, at=MILLISECOND, heal_after=SECOND, name="struck"), until=100
    )
    failed, storage = 0, simulation.nodes[1].storage
    for _ in range(4_000):
        try:
            assert storage["a"] == storage.medium["a"]
        except StorageError:
            failed += 1
    assert abs(failed - 800) < 4 * (4_000 * 0.2 * 0.8) ** 0.5
    simulation.run(2 * SECOND)
    assert [storage["a"] for _ in range(100)]
    assert failed == next(row.fields["touched"] for row in rows if row.kind == "fault" and row.fields["phase"] == "end")


def test_corruption_alters_what_is_read_and_not_what_is_kept() -> None:
    """At 100 % every read is another number, at 30 % about a third of them; the medium keeps what was written."""
    simulation, _ = journals(SilentCorruption(target=1, probability=1.0, at=MILLISECOND), until=100)
    storage = simulation.nodes[1].storage
    assert all(storage["a"] != 9 and isinstance(storage["a"], int) for _ in range(100))
    assert storage.medium["a"] == 9
    simulation, _ = journals(SilentCorruption(target=1, probability=0.3, at=MILLISECOND), until=100)
    storage = simulation.nodes[1].storage
    wrong = sum(storage["a"] != 9 for _ in range(4_000))
    assert abs(wrong - 1_200) < 4 * (4_000 * 0.3 * 0.7) ** 0.5


def test_a_new_disk_has_nothing_of_the_old_ones_writes() -> None:
    """A crash that loses the disk leaves nothing for a faulty cache to put back; the fault is on the new disk too."""
    lost = LostWrites(target=1, at=52 * MILLISECOND, honours_sync=False)
    crash = Crash(target=1, at=155 * MILLISECOND, restart_after=10 * MILLISECOND, lose_disk=True)
    again = Crash(target=1, at=255 * MILLISECOND, restart_after=10 * MILLISECOND)
    _, rows = journals(lost, crash, again)
    assert [row.fields for row in of(rows, "found")] == [dict.fromkeys("abc")]  # with the lost disk it starts as new


@pytest.mark.parametrize(
    "fault",
    [
        LostWrites(target=1, at=52 * MILLISECOND, name="other"),
        SlowDisk(target=1, write={"kind": "exponential", "mean": MILLISECOND}, at=52 * MILLISECOND, name="other"),
        ReadError(target=1, probability=0.1, at=52 * MILLISECOND, name="other"),
    ],
    ids=lambda fault: fault.kind,
)
def test_a_storage_fault_changes_nothing_elsewhere(fault: Fault) -> None:
    """Nodes 3 and its links, two hops away, and another fault draw as without it."""
    loss = Loss(links=[[3, 0]], probability=0.5, at=MILLISECOND, name="loss")
    sides = [journals(*faults, loss)[0] for faults in ((fault,), ())]
    streams = [
        {name: stream.state for name, stream in side.streams._streams.items() if "loss" in name} for side in sides
    ]
    assert streams[0] == streams[1]
    assert streams[0]
    assert sides[0].nodes[3].random.state == sides[1].nodes[3].random.state


def test_storage_faults_with_their_defaults_are_off() -> None:
    """Without a probability or a time the faults never begin."""
    faults = (
        TornWrite(target=1, at=1),
        ReadError(target=1, at=1),
        SilentCorruption(target=1, at=1),
        SlowDisk(target=1, at=1),
    )
    assert all(fault.is_off for fault in faults)
    simulation, rows = journals(*faults)
    assert rows[-1].fields["strike"] == 0
    assert simulation.nodes[1].disk is None


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("lost-writes", {"flush_every": 0}, "longer than 0"),
        ("torn-write", {"probability": 1.5}, "probability"),
        ("torn-write", {"leaves": "half"}, "unreadable"),
        ("read-error", {"probability": "120%"}, "probability"),
        ("slow-disk", {"write": "fast"}, "a duration"),
        ("disk-full", {"free": 3}, "[Ee]xtra"),
    ],
)
def test_wrong_options_are_refused(kind: str, options: dict[str, Any], expected: str) -> None:
    """What a fault cannot be is refused where it is made, with what was expected."""
    with pytest.raises((InputError, ValidationError), match=expected):
        FAULTS[kind].config(target=1, at=SECOND, **options)  # type: ignore[arg-type]
