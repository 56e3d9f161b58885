"""The accelerator draws what Python draws, bit for bit, and its messages behave as Python's do."""

import copy
import gc
import pickle
import subprocess
import sys
import weakref
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.message import Message, PythonMessage, RoutedMessage
from sim.network import latency
from sim.randomness import ACCELERATED, PythonStream, Stream

pytestmark = pytest.mark.skipif(not ACCELERATED, reason="this installation has no accelerator")

ROOT = Path(__file__).parents[2]
DRAWS = 1_000_000
NEIGHBORS = tuple(range(100, 108))

FLOAT_DRAWS: dict[str, Callable[[Any], float]] = {
    "random": lambda stream: stream.random(),
    "uniform": lambda stream: stream.uniform(-3.7, 11.2),
    "exponential": lambda stream: stream.exponential(2.5e6),
}
INTEGER_DRAWS: dict[str, Callable[[Any], int]] = {
    "bits": lambda stream: stream.bits(61),
    "below": lambda stream: stream.below(1_000_003),
    "bernoulli": lambda stream: stream.bernoulli(0.3),
    "choice": lambda stream: stream.choice(NEIGHBORS),
}
SAMPLERS = {
    "exponential": (latency.exponential_sampler, latency.python_exponential_sampler, (1e6, 1e6 * 88.722839111673)),
    "lognormal": (latency.lognormal_sampler, latency.python_lognormal_sampler, (5e6, 0.4, 1_000)),
    "lognormal, wild": (latency.lognormal_sampler, latency.python_lognormal_sampler, (9e15, 10.0, 7)),
}

seeds = st.integers(min_value=-(1 << 140), max_value=1 << 140)
numbers = st.one_of(st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False))


@pytest.mark.parametrize("kind", FLOAT_DRAWS)
def test_a_million_floats_are_equal_bit_for_bit(kind: str) -> None:
    """Each float of a long sequence has the very bits of Python's."""
    draw, ours, reference = FLOAT_DRAWS[kind], Stream(7), PythonStream(7)
    drawn = array("d", (draw(ours) for _ in range(DRAWS)))
    assert drawn.tobytes() == array("d", (draw(reference) for _ in range(DRAWS))).tobytes()
    assert len(set(drawn)) > DRAWS // 2


@pytest.mark.parametrize("kind", INTEGER_DRAWS)
def test_a_million_integers_are_equal(kind: str) -> None:
    """Each integer of a long sequence is Python's."""
    draw, ours, reference = INTEGER_DRAWS[kind], Stream(7), PythonStream(7)
    drawn = array("q", (draw(ours) for _ in range(DRAWS)))
    assert drawn == array("q", (draw(reference) for _ in range(DRAWS)))
    assert len(set(drawn)) > 1


@pytest.mark.parametrize("kind", SAMPLERS)
def test_a_million_latencies_are_equal(kind: str) -> None:
    """Each delay that a compiled sampler draws is Python's, also where it is beyond 64 bits."""
    compiled, python, parameters = SAMPLERS[kind]
    sample, expected = compiled(*parameters), python(*parameters)
    ours, reference = Stream(7), PythonStream(7)
    assert all(sample(ours) == expected(reference) for _ in range(DRAWS))
    assert ours.state == reference.state


@given(seed=seeds, bound=st.integers(-(1 << 200), 1 << 200), low=numbers, high=numbers)
def test_draws_are_equal_for_all_seeds_and_parameters(seed: int, bound: int, low: float, high: float) -> None:
    """Whatever the seed, the size of a bound and the type of a parameter: values, their types and states are equal."""
    ours, reference = Stream(seed), PythonStream(seed)
    for stream in (ours, reference):
        assert stream.state % 2 == 1
    pairs = [
        (draw(ours), draw(reference))
        for draw in (
            lambda stream: stream.below(bound),
            lambda stream: stream.below(abs(bound) % (1 << 70) + 1),
            lambda stream: stream.uniform(low, high),
            lambda stream: stream.exponential(low),
            lambda stream: stream.bernoulli(high),
            lambda stream: stream.bits(1 + abs(bound) % 64),
            lambda stream: stream.normal(1.0, 2.0),
            lambda stream: stream.sample(range(50), 7),
        )
    ]
    assert [(repr(a), type(a)) for a, _ in pairs] == [(repr(b), type(b)) for _, b in pairs]
    assert ours.state == reference.state


@given(seed=seeds, items=st.one_of(st.lists(st.integers(), min_size=1), st.text(min_size=1), st.just(range(3, 99))))
def test_choices_are_equal_from_any_sequence(seed: int, items: Any) -> None:
    """A list, a tuple, a text or a range: the same item is chosen."""
    ours, reference = Stream(seed), PythonStream(seed)
    for sequence in (items, tuple(items)):
        assert ours.choice(sequence) == reference.choice(sequence)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda stream: stream.choice(()),
        lambda stream: stream.choice([]),
        lambda stream: stream.choice(7),
        lambda stream: stream.below("7"),
        lambda stream: stream.below(1.5),
        lambda stream: stream.bits(0),
        lambda stream: stream.bits(65),
        lambda stream: stream.uniform(1.0),
        lambda stream: stream.uniform("a", "b"),
        lambda stream: stream.exponential(None),
        lambda stream: stream.bernoulli("often"),
        lambda stream: stream.choice(items=(1, 2)),
        lambda stream: type(stream)("seed"),
    ],
)
def test_streams_refuse_the_same(wrong: Callable[[Any], object]) -> None:
    """What Python's stream raises, the compiled one raises."""
    with pytest.raises(Exception) as expected:  # noqa: PT011 - it is this very class that is compared
        wrong(PythonStream(7))
    with pytest.raises(expected.type):
        wrong(Stream(7))


@pytest.mark.parametrize(("state", "error"), [(1 << 128, ValueError), (-1, ValueError), ("7", TypeError)])
def test_a_state_has_128_bits(state: Any, error: type[Exception]) -> None:
    """The compiled state takes what the generator can reach, and nothing else."""
    stream = Stream(7)
    with pytest.raises(error):
        stream.state = state
    assert stream.state == 7


class Branch(Stream):
    """A stream with a slot of its own."""

    __slots__ = ("name",)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))])
def test_copies_are_whole_and_apart(duplicate: Callable[[Any], Any]) -> None:
    """A copied stream goes on with the same draws, a copied message has the same fields; the original stays."""
    stream = Branch(1 << 100)
    stream.name = "3→7"
    other = duplicate(stream)
    assert (other.state, other.name) == (stream.state, "3→7")
    assert other.random() == stream.random()
    other.random()
    assert other.state != stream.state
    for message in (Message(1, 2, "hi", 3, 4, 5), RoutedMessage(1, 2, "hi", 3, 4, 5)):
        twin = duplicate(message)
        assert type(twin) is type(message)
        names = [*PythonMessage.__slots__, *(["via"] if isinstance(message, RoutedMessage) else [])]
        assert [getattr(twin, name) for name in names] == [getattr(message, name) for name in names]
        twin.size = 99
        assert message.size == 4


@pytest.mark.parametrize("envelope", [Message, PythonMessage, RoutedMessage])
def test_messages_hold_what_they_are_given(envelope: type[Any]) -> None:
    """Fields by place or name, the kind and the text are the same for the compiled and the Python class."""
    placed = envelope(1, 2, ["hi"], 1 << 80, 4, 5)
    named = envelope(1, 2, ["hi"], code=5, size=4, sent_at=1 << 80)
    for message in (placed, named):
        assert (message.source, message.destination, message.size, message.code) == (1, 2, 4, 5)
        assert message.kind == "list"
        assert repr(message) == f"Message(1→2, ['hi'], sent_at={1 << 80})"
        assert not hasattr(message, "__dict__")
    for arguments, named in (((1, 2, 3), {}), ((1, 2, 3, 4, 5, 6, 7), {}), ((1, 2, 3, 4, 5), {"weight": 6})):
        with pytest.raises(TypeError):
            envelope(*arguments, **named)
    del placed.payload
    with pytest.raises(AttributeError):
        _ = placed.payload
    with pytest.raises(AttributeError):
        _ = placed.kind


class Payload:
    """Something that can be in a cycle and be watched."""


@pytest.mark.parametrize("envelope", [Message, RoutedMessage])
def test_a_cycle_through_a_message_is_collected(envelope: type[Any]) -> None:
    """A message that its own payload refers to does not stay for ever."""
    payload = Payload()
    payload.envelope = envelope(1, 2, payload, 3, 4, 5)  # type: ignore[attr-defined]
    watched = weakref.ref(payload)
    del payload
    gc.collect()
    assert watched() is None


def test_messages_give_back_what_they_hold() -> None:
    """Making, copying, initialising anew and dropping messages leaves no reference behind."""
    payload = Payload()
    before = sys.getrefcount(payload)
    for _ in range(100):
        message = Message(1, 2, payload, 3, 4, 5)
        message.__init__(1, 2, payload, 3, 4, 5)  # type: ignore[misc]
        copy.copy(message)
        repr(RoutedMessage(1, 2, payload, 3, 4, 5))
    del message
    assert sys.getrefcount(payload) == before


RUN = """
import sys
if sys.argv[1] == "without":
    sys.modules["sim._accelerator"] = sys.modules["sim._event_queue"] = None
import networkx
from sim import randomness
from sim.network.config import NetworkConfig
from sim.protocol import Protocol
from sim.simulation import Simulation
from topologies.registry import build, TOPOLOGIES

class Walk(Protocol):
    def on_start(self):
        self.node.set_timer("step", self.node.random.below(1_000_000))

    def on_timer(self, name):
        node, draw = self.node, self.node.random
        node.send(draw.choice(node.neighbors), draw.sample(node.neighbors, 2))
        node.send((node.id + 1 + draw.below(node.population - 1)) % node.population, "far", size=draw.bits(9))
        node.record("step", level=draw.lognormal(1.0, 0.5), wait=draw.exponential(3.0), coin=draw.bernoulli(0.5))
        node.set_timer("step", int(draw.uniform(1e5, 1e6)))

kind = TOPOLOGIES["random-regular"]
topology = build(kind.config(kind="random-regular", nodes=40, degree=4), 3)
digests = []
for latency in ("2ms", {"kind": "exponential", "mean": "1ms"}, {"kind": "lognormal", "median": "1ms", "sigma": 0.5}):
    network = NetworkConfig(latency=latency, loss=0.02, duplication=0.05, jitter="100us")
    simulation = Simulation(topology, Walk, network=network, seed=5).run(until=50_000_000)
    balance = simulation.balance()
    assert balance.sums and balance.outcomes["delivered"] > 2000, balance
    digests.append(simulation.digest())
print(randomness.ACCELERATED, *digests)
"""


def test_runs_are_equal_with_and_without_the_accelerator() -> None:
    """Whole runs with every kind of draw, loss, copies and routes have the same digests either way."""
    with_it, without = (
        subprocess.run(
            [sys.executable, "-c", RUN, how], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        for how in ("with", "without")
    )
    assert (with_it[0], without[0]) == ("True", "False")
    assert with_it[1:] == without[1:]
    assert len(set(with_it[1:])) == 3
