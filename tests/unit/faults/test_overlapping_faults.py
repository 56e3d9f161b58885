"""Faults that are on at the same time: each ends its own doing and no other's."""

from faults.fault import Fault
from faults.heal import Heal
from faults.network.loss import Loss
from faults.node.crash import Crash, Restart
from faults.node.pause import Pause, Resume
from faults.partition.partition import Partition
from sim.protocol import Protocol
from sim.records import Record
from sim.simulation import Simulation
from topologies.registry import build

MILLISECOND = 1_000_000


class Beat:
    """A payload without content."""


class Beating(Protocol):
    """Sends to all its neighbours every millisecond."""

    def on_start(self) -> None:
        self.node.set_timer("beat", MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.broadcast(Beat())
        self.node.set_timer("beat", MILLISECOND)


def beating(*faults: Fault) -> tuple[Simulation, list[Record]]:
    """A mesh of five nodes under these faults, run for 100 ms to its conclusion, with its records."""
    simulation = Simulation(build({"kind": "mesh", "nodes": 5}), Beating, faults=faults)
    rows = simulation.keep_records()
    simulation.run(100 * MILLISECOND).conclude()
    return simulation, rows


def life(rows: list[Record], node: int) -> list[tuple[int, str]]:
    """When (ms) and how the life of a node changed."""
    kinds = ("crashed", "restarted", "paused", "resumed")
    return [(row.time // MILLISECOND, row.kind) for row in rows if row.node == node and row.kind in kinds]


def total(rows: list[Record], name: str) -> dict:
    """What a fault came to."""
    (fields,) = [
        row.fields
        for row in rows
        if row.kind == "fault" and row.fields["phase"] == "total" and row.fields["id"] == name
    ]
    return fields


def at(time: int) -> int:
    """Milliseconds in nanoseconds."""
    return time * MILLISECOND


def test_a_restart_does_not_revive_what_a_later_crash_keeps_down() -> None:
    """The restart of the first crash leaves the node down for the second, which has no end."""
    simulation, rows = beating(Crash(target=1, at=at(10), restart_after=at(20)), Crash(target=1, at=at(20)))
    assert life(rows, 1) == [(10, "crashed")]
    assert simulation.nodes[1].life == "crashed"


def test_a_node_restarts_with_the_last_of_overlapping_crashes() -> None:
    """Whichever began first, the node is down until both are over."""
    _, rows = beating(
        Crash(target=1, at=at(10), restart_after=at(50)), Crash(target=1, at=at(20), restart_after=at(10))
    )
    assert life(rows, 1) == [(10, "crashed"), (60, "restarted")]


def test_a_crash_after_a_forced_restart_is_not_ended_by_the_first_crash() -> None:
    """A restart fault frees the node of the first crash, whose own end then does nothing."""
    _, rows = beating(
        Crash(target=1, at=at(10), restart_after=at(50)), Restart(target=1, at=at(20)), Crash(target=1, at=at(30))
    )
    assert life(rows, 1) == [(10, "crashed"), (20, "restarted"), (30, "crashed")]


def test_pauses_overlap_as_crashes_do() -> None:
    """A node goes on with the last pause that keeps it, or with a resume."""
    _, rows = beating(
        Pause(target=1, at=at(10), resume_after=at(20)),
        Pause(target=1, at=at(20), resume_after=at(30)),
        Pause(target=2, at=at(10)),
        Resume(target=2, at=at(70)),
    )
    assert life(rows, 1) == [(10, "paused"), (50, "resumed")]
    assert life(rows, 2) == [(10, "paused"), (70, "resumed")]


def test_a_crash_ends_a_pause() -> None:
    """A node that crashes in a pause is down, comes up when the crash ends, and the pause's end does nothing."""
    _, rows = beating(Pause(target=1, at=at(10), resume_after=at(60)), Crash(target=1, at=at(20), restart_after=at(10)))
    assert life(rows, 1) == [(10, "paused"), (20, "crashed"), (30, "restarted")]


def test_equal_faults_are_told_apart() -> None:
    """Two faults of the same kind and time have names and totals of their own."""
    _, rows = beating(*[Crash(target=1, at=at(10), restart_after=at(10))] * 2)
    assert total(rows, "crash@10ms")["effect"] == 1
    assert total(rows, "crash@10ms#2")["effect"] == 0


def test_a_heal_ends_the_faults_of_a_kind() -> None:
    """A heal of losses leaves partitions, a heal of all leaves nothing, and each record names what it ended."""
    simulation, rows = beating(
        Loss(probability=0.5, at=at(10), name="first"),
        Loss(probability=0.5, at=at(10)),
        Partition(groups={"isolate": 1}, at=at(10)),
        Heal(fault="loss", at=at(20)),
        Heal(fault="all", at=at(30)),
    )
    healed = [
        (row.time // MILLISECOND, row.fields["targets"])
        for row in rows
        if row.fields.get("fault") == "heal" and row.fields["phase"] == "end"
    ]
    assert healed == [(20, ("first", "loss@10ms")), (30, ("partition@10ms",))]
    assert not simulation.network.effects
    assert not simulation.network.separations


def test_what_a_fault_touched_is_what_the_balance_says() -> None:
    """Losses, cuts and drops at a node that is down are counted by the fault that caused them, each once."""
    simulation, rows = beating(
        Loss(probability=0.3, at=at(5), heal_after=at(20), name="loss"),
        Partition(groups={"isolate": 3}, at=at(40), heal_after=at(20), name="cut"),
        Crash(target=2, at=at(70), name="down"),
    )
    balance = simulation.balance()
    assert balance.sums
    touched = {name: total(rows, name)["touched"] for name in ("loss", "cut", "down")}
    assert touched == {
        "loss": balance.outcomes["lost"],
        "cut": balance.outcomes["cut"],
        "down": balance.outcomes["crashed"] + 1,  # and its timer
    }
    assert min(touched.values()) > 0


def test_a_fault_with_its_defaults_is_off() -> None:
    """A loss of nothing never begins, is told as such, and leaves every link on its fast path."""
    simulation, rows = beating(Loss(at=at(10)))
    assert total(rows, "loss@10ms")["strike"] == 0
    assert all(link.delay is not None for link in simulation.network.links.values())
    assert simulation.balance().outcomes.keys() == {"delivered"}
