"""A fault changes no draw of what it does not touch: not of nodes, not of links, not of other faults."""

import pytest

from faults.drawing import Drawing
from faults.fault import Fault
from faults.network.loss import Loss
from faults.node.crash import Crash
from faults.node.pause import Pause
from faults.partition.partition import Partition
from faults.random_plan import RandomPlan
from faults.registry import FAULTS, LAYERS
from sim.network.config import NetworkConfig
from sim.protocol import Protocol
from sim.randomness import Streams
from sim.simulation import Simulation
from topologies.errors import InputError
from topologies.registry import build

MILLISECOND = 1_000_000


class Datagram:
    """A payload without content."""


class Chatter(Protocol):
    """Sends to a random neighbour every millisecond; what it hears does not change what it does."""

    def on_start(self) -> None:
        self.node.set_timer("next", MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.send(self.node.random.choice(self.node.neighbors), Datagram())
        self.node.set_timer("next", MILLISECOND)


def chatter(*faults: Fault, seed: int = 5) -> Simulation:
    """A line of ten nodes with lossy links of random latency, run for 200 ms under these faults."""
    network = NetworkConfig(latency={"kind": "exponential", "mean": "2ms"}, loss=0.1)
    simulation = Simulation(build({"kind": "line", "nodes": 10}), Chatter, network=network, faults=faults, seed=seed)
    return simulation.run(200 * MILLISECOND)


def draws(simulation: Simulation, nodes: range) -> tuple[list[int], dict[tuple[int, int], int]]:
    """The state of each node's stream and of each link's between these nodes: equal states, equal draws."""
    links = {pair: link.state for pair, link in simulation.network.links.items() if {*pair} <= {*nodes}}
    return [simulation.nodes[node].random.state for node in nodes], links


@pytest.mark.parametrize(
    "fault",
    [
        Crash(target=9, at=20 * MILLISECOND, restart_after=50 * MILLISECOND),
        Crash(target=9, at=20 * MILLISECOND),
        Pause(target=9, at=20 * MILLISECOND, resume_after=50 * MILLISECOND),
        Partition(groups=((9,),), at=20 * MILLISECOND, heal_after=50 * MILLISECOND),
    ],
    ids=lambda fault: fault.description,
)
def test_a_fault_far_away_changes_no_draw(fault: Fault) -> None:
    """Nodes 0 to 7, which node 9 is no neighbour of, and the links between them draw as without the fault."""
    touched, untouched = chatter(fault), chatter()
    assert draws(touched, range(8)) == draws(untouched, range(8))
    assert touched.digest() != untouched.digest()


def targets(*faults: Fault) -> dict[int, tuple[int, ...]]:
    """What each fault that struck chose, by its time in ms."""
    simulation = Simulation(build({"kind": "line", "nodes": 10}), Chatter, faults=faults, seed=5)
    rows = simulation.keep_records()
    simulation.run(200 * MILLISECOND)
    return {row.time // MILLISECOND: row.fields["targets"] for row in rows if row.kind == "fault"}


def test_a_fault_changes_no_draw_of_another_fault() -> None:
    """A random crash chooses the same nodes, whether or not another random fault comes before it."""
    crash = Crash(target={"random": 3}, at=50 * MILLISECOND)
    earlier = Pause(target={"random": 2}, at=20 * MILLISECOND, resume_after=5 * MILLISECOND)
    assert targets(earlier, crash)[50] == targets(crash)[50]


def test_equal_faults_at_equal_times_choose_different_nodes() -> None:
    """Two random crashes at the same instant go on drawing, and strike six different nodes."""
    simulation = chatter(*[Crash(target={"random": 3}, at=50 * MILLISECOND)] * 2)
    assert sum(node.life == "crashed" for node in simulation.nodes) == 6


def test_faults_of_one_kind_at_one_time_draw_apart() -> None:
    """Random halves are the same, whether or not another partition into random halves comes at the same moment."""

    def halves(*earlier: Fault) -> list[tuple[tuple[int, ...], ...]]:
        partition = Partition(groups={"halves": "random"}, at=20 * MILLISECOND, name="second")
        simulation = Simulation(build({"kind": "line", "nodes": 10}), Chatter, faults=(*earlier, partition), seed=5)
        rows = simulation.keep_records()
        simulation.run(30 * MILLISECOND)
        return [row.fields["targets"] for row in rows if row.kind == "fault" and row.fields["name"] == "second"]

    first = Partition(groups={"halves": "random"}, at=20 * MILLISECOND, name="first")
    assert halves(first) == halves()
    assert len(halves()) == 1


def confined(kind: str) -> Fault:
    """A fault of this kind with drawn options, that has only node 9 and its one link to strike."""
    model = FAULTS[kind].config
    topology = build({"kind": "line", "nodes": 10})
    drawing = Drawing(Streams(7).stream("options"), topology, Chatter, 50 * MILLISECOND, 1)
    fields = model.drawn(drawing)
    if fields is None:
        pytest.skip(f"{kind} has no random form for this protocol")
    place = {"target": 9, "links": {"of": 9}, "groups": [[9]]}
    if "groups" in model.model_fields:
        del place["target"]
    here = {name: where for name, where in place.items() if name in model.model_fields}
    assert here, f"{kind} has no place that could be confined"
    return model.model_validate({**fields, **here, "at": 20 * MILLISECOND, "name": "confined"})


@pytest.mark.parametrize("kind", sorted(RandomPlan(layers=LAYERS).kinds()))
def test_no_kind_of_fault_changes_a_draw_elsewhere(kind: str) -> None:
    """With a fault at node 9 left out, the other nodes, their links and two other faults draw as with it."""
    others = (
        Loss(links=[[2, 3]], probability=0.5, at=10 * MILLISECOND, name="other loss"),
        Crash(target={"random": 2}, at=120 * MILLISECOND, name="other crash"),
    )
    try:
        struck = chatter(confined(kind), *others)
    except InputError as error:  # a system without cores, or a protocol without the hook
        pytest.skip(str(error))
    spared = chatter(*others)
    assert draws(struck, range(8)) == draws(spared, range(8))
    assert fault_draws(struck) == fault_draws(spared)
    assert fault_draws(spared)


def fault_draws(simulation: Simulation) -> dict[str, int]:
    """The state of each stream of the faults that are called other."""
    streams = simulation.streams._streams
    return {name: stream.state for name, stream in streams.items() if "/other " in name}
