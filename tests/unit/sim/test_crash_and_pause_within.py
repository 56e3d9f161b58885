"""Crashes and pauses that come while a node acts, or while its messages and timers wait."""

from collections.abc import Iterator
from typing import Any

import pytest

from sim.network.config import NetworkConfig
from sim.network.separation import GroupSeparation
from sim.protocol import Protocol
from sim.records import Record
from sim.simulation import Simulation
from sim.workloads.rumour import Rumour
from topologies.registry import build

MILLISECOND = 1_000_000


class Datagram:
    """A payload without content."""


class Numbered:
    """A payload that knows its number."""

    def __init__(self, number: int) -> None:
        self.number = number


class Ticking(Protocol):
    """Records, sends and sets its timer again, all in one handler."""

    def on_start(self) -> None:
        self.node.set_timer("tick", MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.record("tick")
        self.node.record("went on")
        self.node.send(self.node.neighbors[0], Datagram())
        self.node.set_timer("tick", MILLISECOND)


class TickingProcess(Protocol):
    """The same as a process, which also acts when it is closed."""

    def run(self) -> Iterator[Any]:
        try:
            while True:
                yield self.node.sleep(MILLISECOND)
                self.node.record("tick")
                self.node.record("went on")
                self.node.send(self.node.neighbors[0], Datagram())
        finally:
            self.node.send(self.node.neighbors[0], Datagram())
            self.node.set_timer("ghost", MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.record("ghost")


def simulation_of(protocol: type[Protocol], kind: str = "ring", nodes: int = 4, **options: Any) -> Simulation:
    """A simulation that has not run yet."""
    return Simulation(build({"kind": kind, "nodes": nodes}, 0), protocol, **options)


@pytest.mark.parametrize("detail", ["states", "all"])
@pytest.mark.parametrize("protocol", [Ticking, TickingProcess])
@pytest.mark.parametrize(("kind", "nodes"), [("ring", 4), ("mesh", 300)])
def test_a_node_that_crashes_within_its_handler_does_nothing_more(
    protocol: type[Protocol], kind: str, nodes: int, detail: Any
) -> None:
    """Who is crashed for what it records sends, sets and records nothing after it; a restart begins anew."""
    simulation = simulation_of(protocol, kind, nodes, detail=detail)
    rows = simulation.keep_records()
    crashes: list[int] = []

    def crash(record: Record) -> None:
        if record.node == 1 and not crashes:
            crashes.append(record.time)
            assert simulation.crash(1)

    simulation.recorder.observe(["tick"], crash)
    simulation.kernel.call_at(10 * MILLISECOND, simulation.restart, 1)
    simulation.run(10 * MILLISECOND)
    assert simulation.nodes[1].sent == 0
    simulation.run(11 * MILLISECOND + 1)
    lives = ("tick", "went on", "crashed", "restarted", "ghost")
    states = [row for row in rows if row.node == 1 and row.kind in lives and "message" not in row.fields]
    mine = [(row.time // MILLISECOND, row.kind) for row in states]
    assert mine == [(1, "tick"), (1, "crashed"), (10, "restarted"), (11, "tick"), (11, "went on")]
    assert simulation.nodes[1].sent == 1
    assert simulation.balance().sums


def test_a_process_that_is_closed_by_a_crash_leaves_no_timer() -> None:
    """What its `finally` still asks for is lost with the node, and does not come back at the restart."""
    simulation = simulation_of(TickingProcess)
    rows = simulation.keep_records()
    simulation.kernel.call_at(MILLISECOND // 2, simulation.crash, 1)
    simulation.kernel.call_at(MILLISECOND, simulation.restart, 1)
    simulation.run(5 * MILLISECOND)
    assert not [row for row in rows if row.kind == "ghost"]
    assert [row.time for row in rows if row.node == 1 and row.kind == "tick"] == [2e6, 3e6, 4e6]


@pytest.mark.parametrize(
    ("told", "answer", "expected"),
    [
        ("crashed", "restart", ["crashed", "restarted"]),
        ("paused", "crash", ["paused", "crashed"]),
        ("restarted", "crash", ["crashed", "restarted", "crashed"]),
        ("resumed", "crash", ["paused", "resumed", "crashed"]),
    ],
)
def test_whoever_is_told_of_a_change_of_life_may_bring_about_the_next(
    told: str, answer: str, expected: list[str]
) -> None:
    """An operation from within the record of another takes effect, and is not undone by what comes after it."""
    simulation = simulation_of(Ticking)
    rows = simulation.keep_records()
    simulation.recorder.observe([told], lambda record: getattr(simulation, answer)(record.node))
    for number, act in enumerate(["pause", "resume"] if told in ("paused", "resumed") else ["crash", "restart"]):
        simulation.kernel.call_at((5 + number) * MILLISECOND, getattr(simulation, act), 1)
    simulation.run(20 * MILLISECOND)
    assert [row.kind for row in rows if row.kind in ("crashed", "restarted", "paused", "resumed")] == expected
    up = expected[-1] == "restarted"
    assert simulation.nodes[1].life == ("up" if up else "crashed")
    assert (max(row.time for row in rows if row.node == 1 and row.kind == "tick") > 10 * MILLISECOND) is up


class Burst(Protocol):
    """Node 0 sends twenty numbered messages to node 1, all at once."""

    def on_start(self) -> None:
        if self.node.id == 0:
            for number in range(20):
                self.node.send(1, Numbered(number))

    def on_message(self, message: Any) -> None:
        self.node.record("heard", number=message.payload.number)


@pytest.mark.parametrize("tie_break", ["fifo", "shuffled"])
def test_what_reached_a_paused_node_is_not_cut_and_keeps_its_order(tie_break: Any) -> None:
    """A partition that comes after the arrival takes nothing; messages are handled in the order of their arrival."""
    network = NetworkConfig.model_validate({"latency": {"kind": "uniform", "low": "1ms", "high": "2ms"}})
    orders = []
    for resumed in (3, 0):
        simulation = simulation_of(Burst, "line", 2, network=network, tie_break=tie_break)
        rows = simulation.keep_records()
        if resumed:
            simulation.kernel.call_at(MILLISECOND // 2, simulation.pause, 1)
            simulation.kernel.call_at(2 * MILLISECOND + 1, simulation.separate, GroupSeparation("late", [{0}]))
            simulation.kernel.call_at(resumed * MILLISECOND, simulation.resume, 1)
            simulation.run(resumed * MILLISECOND)
            assert simulation.balance().waiting == 20
        simulation.run()
        assert simulation.balance().outcomes == {"delivered": 20}
        orders.append([row.fields["number"] for row in rows if row.kind == "heard"])
    assert orders[0] == orders[1] != sorted(orders[0])


class Greeting(Protocol):
    """Records what it is asked."""

    def on_start(self) -> None:
        self.node.record("began")

    def on_request(self, request: Any) -> None:
        self.node.record("asked")


@pytest.mark.parametrize("seed", range(5))
def test_nodes_begin_before_anything_else_whatever_the_tie_break(seed: int) -> None:
    """A rumour at time zero finds its node up under a shuffled tie-break too."""
    simulation = simulation_of(Greeting, workload=[Rumour()], tie_break="shuffled", seed=seed)
    rows = simulation.keep_records()
    simulation.run()
    assert [row.kind for row in rows] == ["began"] * 4 + ["asked"]


def test_a_protocol_reads_its_disk_and_clock_while_it_is_made() -> None:
    """`__init__` may use the node: empty storage at first, what was left there after a crash."""

    class Remembering(Protocol):
        def __init__(self) -> None:
            self.lives = self.node.storage.get("lives", 0) + 1

        def on_start(self) -> None:
            self.node.storage["lives"] = self.lives
            self.node.record("lives", number=self.lives, now=self.node.now)

    simulation = simulation_of(Remembering, nodes=3)
    rows = simulation.keep_records()
    simulation.kernel.call_at(5, simulation.crash, 1)
    simulation.kernel.call_at(6, simulation.restart, 1)
    simulation.run()
    assert [(row.fields["number"], row.fields["now"]) for row in rows if row.node == 1 and row.kind == "lives"] == [
        (1, 0),
        (2, 6),
    ]


def test_rows_about_timers_hold_no_address_of_memory() -> None:
    """The timers behind `receive` and `sleep` have no name; any name of a protocol's own does."""

    class Named(Protocol):
        def run(self) -> Iterator[Any]:
            self.node.set_timer((), 1)
            yield self.node.receive(timeout=2)
            yield self.node.sleep(2)

    simulation = simulation_of(Named, nodes=3, detail="all")
    rows = simulation.keep_records()
    simulation.run()
    assert [row.fields["timer"] for row in rows if row.node == 0] == ["()", "", ""]
