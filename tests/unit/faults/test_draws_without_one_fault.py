"""To leave one fault out of a plan changes no other draw: every stream of the run ends where it ended with it."""

from collections.abc import Sequence

import pytest

from faults.fault import Fault
from faults.network.delay import Delay
from faults.network.loss import Loss
from faults.random_plan import RandomPlan
from sim.network.config import NetworkConfig
from sim.protocol import Protocol
from sim.randomness import Streams
from sim.simulation import Simulation
from topologies.registry import build
from topologies.topology import Topology

MILLISECOND = 1_000_000
TOPOLOGIES = ({"kind": "mesh", "nodes": 5}, {"kind": "star", "nodes": 6}, {"kind": "line", "nodes": 6})
NETWORK = {"latency": {"kind": "exponential", "mean": "2ms"}, "loss": 0.1, "duplication": 0.1, "corruption": 0.05}


class Datagram:
    """A payload without content."""


class Deaf(Protocol):
    """Sends to a random neighbour every millisecond, whatever it hears."""

    def on_start(self) -> None:
        self.node.set_timer("next", MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.send(self.node.random.choice(self.node.neighbors), Datagram())
        self.node.set_timer("next", MILLISECOND)


def states(topology: Topology, plan: Sequence[Fault], seed: int) -> dict[str, int]:
    """Where every stream of a run under a plan stands at its end: of nodes, of links and their mishaps, of faults."""
    network = NetworkConfig.model_validate(NETWORK)
    run = Simulation(topology, Deaf, network=network, faults=plan, seed=seed).run(150 * MILLISECOND)
    found = {f"node {node.id}": node.random.state for node in run.nodes}
    for pair, link in run.network.links.items():
        found[f"link {pair}"] = link.state
        mishaps = link.impairments._streams if link.impairments is not None else {}
        found |= {f"{purpose} of link {pair}": stream.state for purpose, stream in mishaps.items()}
    return found | {name: stream.state for name, stream in run.streams._streams.items()}


@pytest.mark.parametrize("seed", range(30))
def test_no_stream_moves_when_a_fault_is_left_out(seed: int) -> None:
    """Of drawn plans of the network and partitions one fault is left out: only its own streams differ."""
    topology, stream = build(TOPOLOGIES[seed % 3]), Streams(seed).stream("plan")
    drawn = RandomPlan(layers=("network", "partition"), fewest=2, most=10, longest=80 * MILLISECOND)
    plan = drawn.draw(topology, Deaf, 140 * MILLISECOND, None, stream, has_cores=False)
    place = stream.below(len(plan))
    own = f"faults/{plan[place].kind}/{plan[place].name}"
    with_it = states(topology, plan, seed)
    rest = {name: state for name, state in with_it.items() if name != own and not name.startswith(f"{own}/")}
    assert rest == states(topology, [*plan[:place], *plan[place + 1 :]], seed)
    assert len(plan) > 1


def test_second_copies_of_a_network_are_drawn_for_messages_that_a_fault_loses() -> None:
    """The latency of later copies is the same whether or not a fault has lost the earlier messages."""
    topology = build({"kind": "line", "nodes": 2})
    lost = Loss(probability=1.0, at=20 * MILLISECOND, heal_after=50 * MILLISECOND, name="all")
    name = "latency.copy of link (0, 1)"
    assert states(topology, [lost], 1)[name] == states(topology, [], 1)[name]


def test_a_delay_holds_for_the_copies_that_the_network_makes() -> None:
    """Where the network sends every message twice, neither of the two is earlier than the delay of the fault."""
    network = NetworkConfig.model_validate({"duplication": 1.0, "latency": "1ms"})
    slow = Delay(extra="100ms", at=0)
    topology = build({"kind": "line", "nodes": 2})
    run = Simulation(topology, Deaf, network=network, faults=[slow], detail="messages")
    rows = run.keep_records()
    run.run(150 * MILLISECOND)
    taken = [row.time - row.fields["sent_at"] for row in rows if row.kind == "delivered"]
    assert len(taken) > 50
    assert min(taken) >= 101 * MILLISECOND
