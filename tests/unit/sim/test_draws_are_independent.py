"""Adding what does not concern a node changes no draw of that node: streams are named, not shared."""

import pytest

from sim.network.config import NetworkConfig
from sim.network.separation import GroupSeparation
from sim.protocol import Protocol
from sim.randomness import Streams
from sim.simulation import Simulation
from topologies.registry import TOPOLOGIES, build

MILLISECOND = 1_000_000


class Datagram:
    """A payload without content."""


class Chatter(Protocol):
    """Sends to a random neighbour every millisecond and records each draw and each arrival."""

    def on_start(self) -> None:
        self.node.set_timer("next", MILLISECOND)

    def on_timer(self, name: object) -> None:
        neighbor = self.node.random.choice(self.node.neighbors)
        self.node.record("drew", neighbor=neighbor)
        self.node.send(neighbor, Datagram())
        self.node.set_timer("next", MILLISECOND)

    def on_message(self, message) -> None:
        self.node.record("heard", source=message.source, sent_at=message.sent_at)


def seen_by_node_3(nodes: int = 8, change=None, kind: str = "line", **network) -> tuple[list, list]:
    """All that node 3 drew, and when each of its messages arrived at a neighbour."""
    config = NetworkConfig(latency={"kind": "lognormal", "median": "2ms", "sigma": 0.8}, **network)
    topology = build(TOPOLOGIES[kind].config(kind=kind, nodes=nodes), 0)
    simulation = Simulation(topology, Chatter, network=config, seed=11)
    rows = simulation.keep_records()
    if change is not None:
        change(simulation)
    simulation.run(200 * MILLISECOND)
    mine = [(row.time, row.fields["neighbor"]) for row in rows if row.node == 3 and row.kind == "drew"]
    theirs = [(row.time, row.node) for row in rows if row.kind == "heard" and row.fields["source"] == 3]
    return mine, theirs


def probe(simulation: Simulation) -> None:
    def look(_: None) -> None:
        simulation.balance()
        if simulation.now < 190 * MILLISECOND:
            simulation.kernel.observe_at(simulation.now + 3 * MILLISECOND, look, None)

    simulation.kernel.observe_at(0, look, None)


def crash_far_away(simulation: Simulation) -> None:
    simulation.kernel.call_at(50 * MILLISECOND, simulation.crash, 7)
    simulation.kernel.call_at(90 * MILLISECOND, simulation.restart, 7)


def cut_far_away(simulation: Simulation) -> None:
    separation = GroupSeparation("far", [{6, 7}])
    simulation.kernel.call_at(50 * MILLISECOND, simulation.separate, separation)
    simulation.kernel.call_at(90 * MILLISECOND, simulation.reunite, separation)


@pytest.mark.parametrize("change", [probe, crash_far_away, cut_far_away])
def test_a_change_elsewhere_leaves_each_draw_of_node_3(change) -> None:
    """A probe, a crash and a cut at the far end leave all that node 3 draws and sends as it was."""
    assert seen_by_node_3(change=change) == seen_by_node_3()


def test_a_node_more_at_the_far_end_leaves_each_draw_of_node_3() -> None:
    """A line of nine gives node 3 the same draws as a line of eight."""
    assert seen_by_node_3(nodes=9) == seen_by_node_3(nodes=8)


def test_turning_duplication_on_leaves_the_choices_of_node_3() -> None:
    """Duplication has a stream of its own: what node 3 chooses, and when, does not change."""
    assert seen_by_node_3(duplication=0.5)[0] == seen_by_node_3()[0]


def test_a_partition_in_a_large_mesh_leaves_the_draws_of_those_it_does_not_touch() -> None:
    """Also where links share their sender's stream, node 3's draws stay as they were while 299 is isolated."""

    def isolate(simulation: Simulation) -> None:
        separation = GroupSeparation("isolated", [{299}])
        simulation.kernel.call_at(50 * MILLISECOND, simulation.separate, separation)
        simulation.kernel.call_at(90 * MILLISECOND, simulation.reunite, separation)

    assert seen_by_node_3(300, isolate, "mesh") == seen_by_node_3(300, None, "mesh")


def test_another_seed_gives_other_draws() -> None:
    """The seed does matter: two roots differ in the first draw of every stream that is tried."""
    names = ["network/3→7", "gossip/12", "faults", "tie-break"]
    first, second = Streams(1), Streams(2)
    assert all(first.stream(name).random() != second.stream(name).random() for name in names)
    assert len({Streams(1).stream(name).random() for name in names}) == len(names)
