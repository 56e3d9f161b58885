"""What goes wrong on one link stays on that link, and takes no draw of anything else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.network.config import NetworkConfig
from sim.network.latency import ParetoLatency
from sim.protocol import Protocol
from sim.randomness import Stream
from sim.records import Record
from sim.simulation import Simulation
from topologies.registry import build

MILLISECOND = 1_000_000


class Numbered:
    """A payload that knows its number."""

    def __init__(self, number: int) -> None:
        self.number = number


class OneByOne(Protocol):
    """Node 0 sends 200 numbered messages to node 1, one every 10 ms; node 1 records each arrival."""

    def on_start(self) -> None:
        self.number = 0
        if self.node.id == 0:
            self.node.set_timer("next", 10 * MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.number += 1
        if self.number < 200:
            self.node.set_timer("next", 10 * MILLISECOND)
        self.node.send(1, Numbered(self.number))

    def on_message(self, message: Any) -> None:
        self.node.record("heard", number=message.payload.number, delay=self.node.now - message.sent_at)


class ToAll(Protocol):
    """Node 0 sends ten messages of 1,000 bits to every other node, all at once."""

    def on_start(self) -> None:
        if self.node.id == 0:
            for number in range(10):
                for other in self.node.neighbors:
                    self.node.send(other, Numbered(number), size=125)

    def on_message(self, message: Any) -> None:
        self.node.record("heard", number=message.payload.number)


def run(protocol: type[Protocol], kind: str, nodes: int, **options: Any) -> tuple[Simulation, list[Record]]:
    """A run to its end, and the records that it kept."""
    network = NetworkConfig.model_validate(options.pop("network", {}))
    simulation = Simulation(build({"kind": kind, "nodes": nodes}, 0), protocol, network=network, seed=5, **options)
    rows = simulation.keep_records()
    return simulation.run(), rows


def delays(nodes: int, **network: Any) -> dict[int, list[int]]:
    """How long each numbered message was on its way, in order of arrival where there are copies."""
    network["latency"] = {"kind": "uniform", "low": "1ms", "high": "5ms"}
    found: dict[int, list[int]] = {}
    for row in run(OneByOne, "mesh", nodes, network=network)[1]:
        found.setdefault(row.fields["number"], []).append(row.fields["delay"])
    return found


@pytest.mark.parametrize("nodes", [2, 300])
@pytest.mark.parametrize(
    "others", [{}, {"jitter": "1ms"}, {"reordering": {"probability": 0.5, "delay": "3ms"}}], ids=["", "jitter", "held"]
)
def test_second_copies_take_no_draw_of_the_first(nodes: int, others: dict[str, Any]) -> None:
    """With duplication on, the first copy of each message takes as long as it did without, and the second differs."""
    plain, doubled = delays(nodes, **others), delays(nodes, duplication=0.5, **others)
    assert all(plain[number][0] in doubled[number] for number in plain)
    copies = [number for number in doubled if len(doubled[number]) == 2]
    assert 60 < len(copies) < 140
    assert sum(doubled[number][0] != doubled[number][1] for number in copies) > len(copies) - 3


@pytest.mark.parametrize("nodes", [256, 257])
def test_each_link_of_a_mesh_has_a_wire_and_a_queue_of_its_own(nodes: int) -> None:
    """One message on the wire and three waiting go to each neighbour, where links are stored and where they are not."""
    simulation, rows = run(ToAll, "mesh", nodes, network={"bandwidth": "1Mbit/s", "queue": 3, "latency": "10ms"})
    assert sorted(row.time // MILLISECOND for row in rows) == sorted([11, 12, 13, 14] * (nodes - 1))
    assert simulation.balance().outcomes == {"delivered": 4 * (nodes - 1), "queue-full": 6 * (nodes - 1)}


def test_each_link_of_a_large_mesh_is_good_or_bad_by_itself() -> None:
    """Each message turns its link over: the first is lost, the second is not, and so on, at every neighbour."""
    loss = {"kind": "gilbert-elliott", "enter_bad": 1.0, "leave_bad": 1.0}
    _, rows = run(ToAll, "mesh", 300, network={"loss": loss})
    assert sorted(row.fields["number"] for row in rows) == sorted([1, 3, 5, 7, 9] * 299)


@pytest.mark.parametrize("nodes", [2, 300])
@pytest.mark.parametrize("tie_break", ["fifo", "shuffled"])
def test_ordered_links_keep_their_order_when_ties_are_shuffled(tie_break: Any, nodes: int) -> None:
    """Messages that could arrive at one instant arrive in the order in which they were sent."""
    _, rows = run(ToAll, "mesh", nodes, network={"ordered": True}, tie_break=tie_break)
    assert [row.fields["number"] for row in rows if row.node == 1] == list(range(10))


def test_rows_about_outcomes_have_the_place_of_the_outcome() -> None:
    """No row about a message shares its place in the order of the run with the record that follows from it."""
    _, rows = run(ToAll, "mesh", 3, detail="messages")
    assert [row.sequence for row in rows] == list(range(40))
    assert [row.kind for row in rows] == ["delivered", "heard"] * 20


@given(shape=st.floats(min_value=0, exclude_min=True, max_value=100), seed=st.integers(0, 2**32))
def test_pareto_delays_stay_within_their_bounds(shape: float, seed: int) -> None:
    """Any shape, however heavy its tail, gives delays between minimum and maximum."""
    sample = ParetoLatency(minimum=1_000, shape=shape, maximum=10**9).sampler()
    stream = Stream(seed)
    assert all(1_000 <= sample(stream) <= 10**9 for _ in range(50))


def test_a_pareto_maximum_below_the_minimum_is_refused() -> None:
    """A minimum of two hours does not fit under the default maximum of one."""
    with pytest.raises(ValidationError, match="maximum must be at least minimum"):
        ParetoLatency(minimum="2h", shape=2.0)  # type: ignore[arg-type]
