"""Nodes leave with all that they held, and join as new ones."""

from analysis.convergence import CoverageTracker, feed
from sim.convergence import Coverage
from sim.protocol import Protocol
from sim.records import Record
from sim.simulation import Simulation
from tests.small_protocols import MILLISECOND, At
from topologies.registry import build


class Count:
    """A payload without content."""


class Counting(Protocol):
    """Tells its neighbours every 10 ms, and counts on its disk how often it has started."""

    def on_start(self) -> None:
        self.node.storage["starts"] = self.node.storage.get("starts", 0) + 1
        self.node.record("started", starts=self.node.storage["starts"])
        self.node.set_timer("tell", 10 * MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.broadcast(Count())
        self.node.set_timer("tell", 10 * MILLISECOND)


def counting(*calls: tuple[int, str, int], absent: int | None = None) -> tuple[Simulation, list[Record]]:
    """Three nodes in a line that are told to crash, leave and join at times in ms, run for 100 ms."""
    plan = At(tuple((time * MILLISECOND, method, node) for time, method, node in calls))
    simulation = Simulation(build({"kind": "line", "nodes": 3}), Counting, faults=(plan,))
    if absent is not None:
        simulation.nodes[absent].stay_out()
    rows = simulation.keep_records()
    simulation.run(100 * MILLISECOND)
    return simulation, rows


def life(rows: list[Record], node: int) -> list[tuple[int, str]]:
    """Time in ms and kind of all that a node has recorded."""
    return [(row.time // MILLISECOND, row.kind) for row in rows if row.node == node]


def test_a_node_that_left_sends_and_hears_nothing() -> None:
    """What is sent to it is dropped as at a crashed node, and it sends nothing more."""
    simulation, rows = counting((25, "leave", 1))
    assert life(rows, 1) == [(0, "started"), (25, "left")]
    assert simulation.nodes[1].life == "absent"
    assert simulation.nodes[1].sent == 2 * 2
    assert simulation.balance().outcomes["crashed"] == simulation.nodes[1].dropped == 2 * 7
    assert simulation.balance().sums


def test_a_node_that_joins_again_is_new() -> None:
    """It starts as at the first time, with an empty disk; one that only crashed finds its disk as it was."""
    _, rows = counting((25, "leave", 1), (50, "join", 1), (30, "crash", 0), (50, "restart", 0))
    starts = {(row.node, row.time // MILLISECOND): row.fields["starts"] for row in rows if row.kind == "started"}
    assert starts == {(0, 0): 1, (1, 0): 1, (2, 0): 1, (1, 50): 1, (0, 50): 2}
    assert life(rows, 1) == [(0, "started"), (25, "left"), (50, "joined"), (50, "started")]


def test_a_node_that_is_absent_from_the_start_runs_nothing_until_it_joins() -> None:
    """It says at time zero that it is not there, and starts for the first time when it joins."""
    simulation, rows = counting((45, "join", 2), absent=2)
    assert rows[2].kind == "left"
    assert life(rows, 2) == [(0, "left"), (45, "joined"), (45, "started")]
    assert simulation.nodes[2].dropped == 4


def test_what_has_no_effect_says_so() -> None:
    """A node joins only when absent, leaves only once, and is neither crashed, restarted nor paused meanwhile."""
    simulation, rows = counting((10, "join", 0), (20, "leave", 0))
    assert not simulation.leave(0)
    assert not simulation.crash(0)
    assert not simulation.restart(0)
    assert not simulation.pause(0)
    assert life(rows, 0) == [(0, "started"), (20, "left")]


def test_a_crashed_or_paused_node_can_leave() -> None:
    """What waits at a paused node is dropped; a crashed node that has left does not restart."""
    simulation, rows = counting((15, "pause", 1), (35, "leave", 1), (15, "crash", 0), (35, "leave", 0))
    assert life(rows, 1)[1:] == [(15, "paused"), (35, "left")]
    assert life(rows, 0)[1:] == [(15, "crashed"), (35, "left")]
    assert not simulation.restart(0)
    assert simulation.balance().sums


def test_what_was_durable_is_lost_with_the_disk() -> None:
    """A tracker of durable progress counts a node that left, or lost its disk, as one that holds nothing."""
    told = [(0, "told", {"item": "x"}), *((node, "has", {"item": "x"}) for node in range(3))]
    for gone, back in (("left", "joined"), ("disk-lost", "restarted")):
        lives = [(1, "crashed", {}), (1, gone, {}), (1, back, {})]
        records = [
            Record(time, time, node, kind, dict(fields)) for time, (node, kind, fields) in enumerate(told + lives)
        ]
        tracker = CoverageTracker(Coverage("has", "told", "item", durable=True), 3)
        assert feed(tracker, records[:-1]).converged
        assert not feed(tracker, records[-1:]).converged
        assert tracker.waiting_for(3) == ["node 1 to have x"]
