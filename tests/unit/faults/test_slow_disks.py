"""Slow disks: a node waits in its writes, and all that follows a write comes later."""

from itertools import pairwise

from faults.node.crash import Crash
from faults.node.pause import Pause
from faults.storage.slow_disk import SlowDisk
from tests.journals import MILLISECOND, journals, of, total


def test_a_slow_disk_puts_off_all_that_follows_the_write() -> None:
    """Three writes of 4 ms: notes leave 12 ms later, records and the clock say so, the timer counts from there."""
    fault = SlowDisk(target=1, write=4 * MILLISECOND, at=105 * MILLISECOND, heal_after=200 * MILLISECOND, name="struck")
    simulation, rows = journals(fault)
    wrote = [row.time // MILLISECOND for row in of(rows, "wrote")]
    assert wrote[:10] == list(range(10, 110, 10))
    assert wrote[10:19] == list(range(122, 310, 22))
    assert all(row.fields["local"] == row.time for row in of(rows, "wrote"))
    sent = [row.fields["sent_at"] // MILLISECOND for row in of(rows, "heard", 2) if row.fields["source"] == 1]
    assert sent == wrote[: len(sent)]
    assert wrote[19:] == list(range(wrote[18] + 10, 400, 10))
    assert total(rows)["touched"] == 3 * 9
    assert type(simulation.nodes[1]) is type(simulation.nodes[0])
    assert not simulation.nodes[1].guarded


def test_messages_wait_while_a_node_waits_for_its_disk() -> None:
    """What arrives in a write is handled at its end, in the order in which it came."""
    fault = SlowDisk(target=1, write=3 * MILLISECOND, at=105 * MILLISECOND)
    _, rows = journals(fault, until=125)
    heard = [(row.time // MILLISECOND, row.fields["source"]) for row in of(rows, "heard")]
    assert heard[-4:-2] == [(119, 0), (119, 2)]


def test_a_crash_takes_back_what_would_have_followed_the_write() -> None:
    """A node that crashes in a slow write has written, and never sends what it would have sent after."""
    fault = SlowDisk(target=1, write=4 * MILLISECOND, at=105 * MILLISECOND)
    simulation, rows = journals(fault, Crash(target=1, at=115 * MILLISECOND), until=200)
    assert of(rows, "wrote")[-1].fields["number"] == 10
    assert simulation.nodes[1].storage.medium["a"] == 11
    assert not [row for row in of(rows, "heard", 2) if row.fields["source"] == 1 and row.time > 105 * MILLISECOND]


def test_a_pause_in_a_slow_write_delays_its_end() -> None:
    """A process that is stopped in its write goes on with it afterwards."""
    fault = SlowDisk(target=1, write=4 * MILLISECOND, at=105 * MILLISECOND)
    _, rows = journals(fault, Pause(target=1, at=112 * MILLISECOND, resume_after=50 * MILLISECOND), until=200)
    assert [row.time // MILLISECOND for row in of(rows, "wrote")][10] == 110 + 12 + 50


def test_two_slow_disks_add_up_and_end_singly() -> None:
    """Writes of 2 ms and of 1 ms take 3 ms together; when the first heals, 1 ms is left."""
    first = SlowDisk(target=1, write=2 * MILLISECOND, at=105 * MILLISECOND, heal_after=100 * MILLISECOND)
    second = SlowDisk(target=1, write=MILLISECOND, at=106 * MILLISECOND)
    _, rows = journals(first, second)
    wrote = [row.time // MILLISECOND for row in of(rows, "wrote")]
    assert wrote[10:13] == [119, 138, 157]
    assert {after - before for before, after in pairwise(wrote[16:])} == {13}


def test_writes_that_take_no_time_change_nothing() -> None:
    """A node that may wait, but never does, runs as one that cannot: the run differs by the fault's records alone."""
    fault = SlowDisk(target=1, write=0, at=105 * MILLISECOND, heal_after=100 * MILLISECOND)
    assert not fault.is_off
    both = [[row for row in journals(*faults)[1] if row.kind != "fault"] for faults in ((fault,), ())]
    kept = [[(row.time, row.node, row.kind, row.fields) for row in rows] for rows in both]
    assert kept[0] == kept[1]
