"""Each fault does what it says at the time it says, mends it where asked, and records both."""

import pytest
from pydantic import ValidationError

from faults.drawing import Drawing
from faults.fault import Fault
from faults.heal import Heal
from faults.node.crash import Crash, Restart
from faults.node.pause import Pause
from faults.partition.partition import Partition
from faults.registry import FAULTS
from sim.protocol import Protocol
from sim.randomness import Streams
from sim.records import Record
from sim.simulation import Simulation
from topologies.errors import InputError
from topologies.registry import build

MILLISECOND = 1_000_000


class Beat:
    """A payload without content."""


class Beating(Protocol):
    """Tells all neighbours every 10 ms that it lives, and records whom it hears."""

    def on_start(self) -> None:
        self.node.set_timer("beat", 10 * MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.broadcast(Beat())
        self.node.set_timer("beat", 10 * MILLISECOND)

    def on_message(self, message) -> None:
        self.node.record("heard", source=message.source)


def beating(*faults: Fault, nodes: int = 6, seed: int = 0, **topology) -> tuple[Simulation, list[Record]]:
    """A mesh under these faults, run for 100 ms, with its records."""
    built = build({"kind": "mesh", "nodes": nodes} | topology)
    simulation = Simulation(built, Beating, faults=faults, seed=seed)
    rows = simulation.keep_records()
    simulation.run(100 * MILLISECOND)
    return simulation, rows


def fault_rows(rows: list[Record]) -> list[tuple]:
    """Time in ms, fault, phase, targets and effect of each fault record, all of them of the whole system."""
    mine = [row for row in rows if row.kind == "fault"]
    assert all(row.node is None for row in mine)
    return [
        (row.time // MILLISECOND, *(row.fields[name] for name in ("fault", "phase", "targets", "effect")))
        for row in mine
    ]


def heard(rows: list[Record], node: int, begin: int, end: int) -> set[int]:
    """Whom a node heard from `begin` to before `end`, in ms."""
    times = range(begin * MILLISECOND, end * MILLISECOND)
    return {row.fields["source"] for row in rows if row.kind == "heard" and row.node == node and row.time in times}


def life(rows: list[Record], kind: str) -> list[tuple[int, int | None]]:
    """Time in ms and node of each record of a node's life of this kind."""
    return [(row.time // MILLISECOND, row.node) for row in rows if row.kind == kind]


def test_a_crash_takes_its_nodes_down_and_a_restart_brings_them_back() -> None:
    """Nothing is heard of the crashed nodes until the time after which they restart."""
    _, rows = beating(Crash(target=(1, 4), at=15 * MILLISECOND, restart_after=40 * MILLISECOND))
    assert life(rows, "crashed") == [(15, 1), (15, 4)]
    assert life(rows, "restarted") == [(55, 1), (55, 4)]
    assert fault_rows(rows) == [(15, "crash", "begin", (1, 4), 2), (55, "crash", "end", (1, 4), 2)]
    assert heard(rows, 0, 0, 15) == {1, 2, 3, 4, 5}
    assert heard(rows, 0, 20, 60) == {2, 3, 5}
    assert heard(rows, 0, 60, 100) == {1, 2, 3, 4, 5}


def test_a_crash_without_restart_is_for_good() -> None:
    """A node that crashed with no restart is down at the end of the run."""
    simulation, rows = beating(Crash(target=2, at=15 * MILLISECOND))
    assert simulation.nodes[2].life == "crashed"
    assert fault_rows(rows) == [(15, "crash", "begin", (2,), 1)]


def test_a_crash_restarts_only_those_that_it_crashed() -> None:
    """Who was down already is not brought back by the later crash's restart, and the record counts the others."""
    simulation, rows = beating(
        Crash(target=2, at=10 * MILLISECOND),
        Crash(target=(2, 3), at=20 * MILLISECOND, restart_after=10 * MILLISECOND),
    )
    assert fault_rows(rows)[1:] == [(20, "crash", "begin", (2, 3), 1), (30, "crash", "end", (3,), 1)]
    assert [node.life for node in simulation.nodes] == ["up", "up", "crashed", "up", "up", "up"]


def test_a_restart_brings_back_those_that_are_down_and_no_others() -> None:
    """A restart of all counts only the nodes that were down."""
    simulation, rows = beating(Crash(target=(0, 5), at=10 * MILLISECOND), Restart(target="all", at=30 * MILLISECOND))
    assert fault_rows(rows)[-1] == (30, "restart", "end", (0, 1, 2, 3, 4, 5), 2)
    assert {node.life for node in simulation.nodes} == {"up"}


def test_all_nodes_can_crash_at_once() -> None:
    """After a crash of all, nothing is heard any more."""
    simulation, rows = beating(Crash(target="all", at=15 * MILLISECOND))
    assert {node.life for node in simulation.nodes} == {"crashed"}
    assert not heard(rows, 0, 15, 100)


def test_a_paused_node_is_silent_and_then_hears_all_that_waited() -> None:
    """While paused a node hears nothing; what was sent to it meanwhile comes on resuming."""
    _, rows = beating(Pause(target=3, at=15 * MILLISECOND, resume_after=40 * MILLISECOND))
    assert life(rows, "paused") == [(15, 3)]
    assert life(rows, "resumed") == [(55, 3)]
    assert not heard(rows, 3, 15, 55)
    assert sum(row.kind == "heard" and row.node == 3 and row.time == 55 * MILLISECOND for row in rows) == 4 * 5
    assert fault_rows(rows) == [(15, "pause", "begin", (3,), 1), (55, "pause", "end", (3,), 1)]


def test_a_pause_leaves_a_crashed_node_alone() -> None:
    """A node that is down can be neither paused nor resumed."""
    simulation, rows = beating(
        Crash(target=3, at=10 * MILLISECOND), Pause(target=3, at=15 * MILLISECOND, resume_after=10 * MILLISECOND)
    )
    assert fault_rows(rows)[1:] == [(15, "pause", "begin", (3,), 0), (25, "pause", "end", (), 0)]
    assert simulation.nodes[3].life == "crashed"


@pytest.mark.parametrize(
    ("groups", "sides"),
    [
        (((0, 1), (2, 3)), [{0, 1}, {2, 3}, {4, 5}]),
        ({"isolate": 4}, [{4}, {0, 1, 2, 3, 5}]),
        ({"halves": True}, [{0, 1, 2}, {3, 4, 5}]),
    ],
)
def test_a_partition_lets_only_nodes_of_one_side_hear_each_other(groups, sides) -> None:
    """During a partition each node hears exactly the others of its side, and afterwards all."""
    _, rows = beating(Partition(groups=groups, at=15 * MILLISECOND, heal_after=40 * MILLISECOND))
    for side in sides:
        for node in side:
            assert heard(rows, node, 16, 55) == side - {node}
            assert heard(rows, node, 65, 100) == set(range(6)) - {node}
    assert [row[:3] for row in fault_rows(rows)] == [(15, "partition", "begin"), (55, "partition", "end")]


def test_random_halves_are_of_equal_size_and_differ_between_seeds() -> None:
    """Halves that are drawn have half of the nodes each, and another seed draws others."""
    drawn = set()
    for seed in range(6):
        _, rows = beating(Partition(groups={"halves": "random"}, at=15 * MILLISECOND), seed=seed)
        ((half,),) = (row[3] for row in fault_rows(rows))
        assert len(set(half)) == 3
        drawn.add(half)
    assert len(drawn) > 1


def test_regions_are_cut_off_together() -> None:
    """A partition by regions has the nodes of the named regions on one side."""
    topology = {"kind": "regions", "regions": {"a": 2, "b": 2, "c": 1}, "within_ms": 0, "nodes": None}
    topology |= {"round_trip_ms": {"a": {"b": 1, "c": 1}, "b": {"c": 1}}}
    _, rows = beating(Partition(groups={"regions": ["a", "c"]}, at=15 * MILLISECOND), **topology)
    assert heard(rows, 0, 20, 100) == {1, 4}
    assert heard(rows, 2, 20, 100) == {3}


def test_a_heal_ends_the_partitions_of_its_name() -> None:
    """A heal with a name leaves other partitions in force; one without a name ends them all, each with its record."""
    simulation, rows = beating(
        Partition(groups={"isolate": 0}, at=10 * MILLISECOND, name="first"),
        Partition(groups={"isolate": 1}, at=10 * MILLISECOND, name="second"),
        Partition(groups={"isolate": 2}, at=10 * MILLISECOND),
        Heal(name="first", at=30 * MILLISECOND),
        Heal(at=60 * MILLISECOND),
    )
    assert heard(rows, 5, 12, 30) == {3, 4}
    assert heard(rows, 5, 41, 60) == {0, 3, 4}
    assert heard(rows, 5, 71, 100) == {0, 1, 2, 3, 4}
    assert not simulation.network.separations
    ends = [row for row in fault_rows(rows) if row[2] == "end"]
    assert ends == [
        (30, "partition", "end", ((0,),), 1),
        (30, "heal", "end", ("first",), 1),
        (60, "partition", "end", ((1,),), 1),
        (60, "partition", "end", ((2,),), 1),
        (60, "heal", "end", ("second", "partition@10ms"), 2),
    ]


def test_a_partition_that_was_healed_does_not_heal_again() -> None:
    """When the time to heal comes after a heal, nothing more is recorded."""
    _, rows = beating(
        Partition(groups={"isolate": 0}, at=10 * MILLISECOND, heal_after=50 * MILLISECOND), Heal(at=30 * MILLISECOND)
    )
    assert [row[:3] for row in fault_rows(rows)] == [
        (10, "partition", "begin"),
        (30, "partition", "end"),
        (30, "heal", "end"),
    ]


def test_random_targets_are_drawn_among_those_that_can_be_changed() -> None:
    """A crash of two random nodes after a crash of three takes two of the others, for every seed."""
    chosen = set()
    for seed in range(20):
        _, rows = beating(
            Crash(target=(0, 1, 2), at=10 * MILLISECOND), Crash(target={"random": 2}, at=20 * MILLISECOND), seed=seed
        )
        (_, _, _, drawn, effect) = fault_rows(rows)[1]
        assert len(drawn) == effect == 2
        assert set(drawn) <= {3, 4, 5}
        chosen.add(drawn)
    assert chosen == {(3, 4), (3, 5), (4, 5)}


def test_random_targets_are_all_there_are_when_too_few_are_left() -> None:
    """Five random nodes of which one is up are that one."""
    _, rows = beating(
        Crash(target=(0, 1, 2, 3, 4), at=10 * MILLISECOND), Crash(target={"random": 5}, at=20 * MILLISECOND)
    )
    assert fault_rows(rows)[1] == (20, "crash", "begin", (5,), 1)


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        (Crash(target=6, at=0), ("target",)),
        (Restart(target=(0, 9), at=0), ("target", 1)),
        (Pause(target={"random": 7}, at=0), ("target", "random")),
        (Partition(groups=((0,), (1, 6)), at=0), ("groups", 1, 1)),
        (Partition(groups={"isolate": 6}, at=0), ("groups", "isolate")),
        (Partition(groups={"regions": ["a"]}, at=0), ("groups", "regions")),
    ],
)
def test_what_the_topology_does_not_have_is_refused(fault: Fault, path: tuple) -> None:
    """A fault of a node or region that does not exist is one InputError with its place, before anything runs."""
    with pytest.raises(InputError) as caught:
        beating(fault)
    assert caught.value.path == path


def test_an_unknown_region_is_refused_with_the_known_ones() -> None:
    """A region without nodes is refused, and the message names those that have some."""
    topology = {"kind": "regions", "regions": {"a": 2, "b": 2}, "round_trip_ms": {"a": {"b": 1}}, "nodes": None}
    with pytest.raises(InputError, match="found 'z', where no node is; expected one of a, b"):
        beating(Partition(groups={"regions": ["a", "z"]}, at=0), **topology)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Crash(target=(), at=0),
        lambda: Crash(target=(1, 1), at=0),
        lambda: Crash(target=-1, at=0),
        lambda: Crash(target="leeder", at=0),
        lambda: Crash(target={"random": 1.5}, at=0),
        lambda: Crash(target={}, at=0),
        lambda: Crash(target=0),
        lambda: Crash(target=0, at=0, when={"every": 5}),
        lambda: Crash(target={"random": 0}, at=0),
        lambda: Crash(target=1, at=-1),
        lambda: Crash(target=1, at=0, restart_after=0),
        lambda: Partition(groups=((0, 1), (1, 2)), at=0),
        lambda: Partition(groups={"isolate": 1, "halves": True}, at=0),
        lambda: Partition(groups={"halves": "equal"}, at=0),
        lambda: Heal(at=0, name=""),
    ],
)
def test_a_fault_that_makes_no_sense_cannot_be_made(wrong) -> None:
    """Wrong options are found when a fault is made, not when it strikes."""
    with pytest.raises(ValidationError):
        wrong()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Crash(target=3, at=5_000_000_000, restart_after=2_000_000_000), "crash of node 3 at 5s, restarted 2s later"),
        (Restart(target="all", at=5_000_000_000), "restart of all nodes at 5s"),
        (Pause(target={"random": 2}, at=1_500_000_000), "pause of 2 random nodes at 1.5s"),
        (Partition(groups=((0, 1), (2,)), at=0), "partition of 0,1 | 2 at 0"),
        (Partition(groups={"halves": True}, at=0, heal_after=1), "partition into halves at 0, healed 1ns later"),
        (Heal(at=0, name="split"), "heal of partition split at 0"),
    ],
)
def test_a_fault_says_in_words_what_it_does(fault: Fault, words: str) -> None:
    """The description names targets and times."""
    assert fault.description == words


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_survives_the_way_to_a_file_and_back(name: str) -> None:
    """What a manifest holds of a fault gives an equal fault."""
    options = {
        "crash": {"target": {"random": 2}, "restart_after": "1s"},
        "restart": {"target": "all"},
        "pause": {"target": [1, 2]},
        "crash-loop": {"target": 1, "down_for": "1s", "up_for": "2s"},
        "rolling-restart": {"target": "all", "down_for": "1s"},
        "swizzle": {"target": "all", "interval": "1s"},
        "churn": {"session": "1s", "absence": {"kind": "weibull", "scale": "1s", "shape": 0.5}},
        "partition": {"groups": [[0, 1], [2]], "name": "x"},
    }
    model = FAULTS[name].config
    required = {"target": 1} if "target" in model.model_fields else {}
    topology = build({"kind": "ring", "nodes": 6})
    drawn = model.drawn(Drawing(Streams(3).stream("options"), topology, Beating, 1_000 * MILLISECOND, 2))
    fault = model.model_validate({"at": "2s", **(options.get(name) or drawn or required)})
    assert fault.kind == name
    assert model.model_validate(fault.model_dump(mode="json")) == fault
