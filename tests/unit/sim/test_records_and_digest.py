"""Records: what may be recorded, what the digest covers, and that detail does not change it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.network.config import NetworkConfig
from sim.protocol import Protocol
from sim.records import BATCH, DETAILS, PAIR_SHIFT, Recorder, outcome_code
from sim.simulation import Simulation
from topologies.registry import TOPOLOGIES, build

ROOT = Path(__file__).parents[3]


class Word:
    """A payload without content."""


class Chatter(Protocol):
    """Sends to a random neighbour every millisecond and records what it hears."""

    def on_start(self) -> None:
        self.node.set_timer("next", 1_000_000)

    def on_timer(self, name: object) -> None:
        self.node.send(self.node.random.choice(self.node.neighbors), Word())
        self.node.set_timer("next", 1_000_000)

    def on_message(self, message) -> None:
        self.node.record("heard", source=message.source)


def chatter(seed: int = 1, detail: str = "states", **options) -> Simulation:
    topology = build(TOPOLOGIES["ring"].config(kind="ring", nodes=10), 0)
    network = NetworkConfig(latency={"kind": "exponential", "mean": "3ms"}, loss=0.05)
    return Simulation(topology, Chatter, network=network, seed=seed, detail=detail, **options)


def digest_of(states: list[tuple], outcomes: list[int]) -> str:
    recorder = Recorder(10)
    for time, node, kind, fields in states:
        recorder.state(time, node, kind, dict(fields))
    recorder.outcomes.extend(outcomes)
    return recorder.digest()


BASE = ([(5, 1, "heard", {"source": 2}), (6, 2, "heard", {"source": 1})], [5, outcome_code(10, 2, 1) | 16])


@pytest.mark.parametrize(
    ("states", "outcomes"),
    [
        ([(4, 1, "heard", {"source": 2}), BASE[0][1]], BASE[1]),
        ([(5, 3, "heard", {"source": 2}), BASE[0][1]], BASE[1]),
        ([(5, None, "heard", {"source": 2}), BASE[0][1]], BASE[1]),
        ([(5, 1, "seen", {"source": 2}), BASE[0][1]], BASE[1]),
        ([(5, 1, "heard", {"source": 3}), BASE[0][1]], BASE[1]),
        ([(5, 1, "heard", {"from": 2}), BASE[0][1]], BASE[1]),
        ([(5, 1, "heard", {"source": "2"}), BASE[0][1]], BASE[1]),
        ([BASE[0][1], BASE[0][0]], BASE[1]),
        ([BASE[0][0]], BASE[1]),
        (BASE[0], []),
        (BASE[0], [6, BASE[1][1]]),
        (BASE[0], [5, outcome_code(10, 2, 3) | 16]),
        (BASE[0], [5, outcome_code(10, 3, 1) | 16]),
        (BASE[0], [5, outcome_code(10, 2, 1) | 32]),
        (BASE[0], [5, outcome_code(10, 2, 1) | 17]),
    ],
)
def test_any_difference_in_a_record_or_a_delivery_changes_the_digest(states, outcomes) -> None:
    """Time, node, kind, field, value, order; and time, source, destination, kind and outcome of a message all count."""
    assert digest_of(states, outcomes) != digest_of(*BASE)
    assert digest_of(*BASE) == digest_of(*BASE)


def test_the_order_of_a_state_and_a_delivery_counts() -> None:
    """A state record before a delivery at the same time is another run than one after it."""
    digests = []
    for state_first in (True, False):
        recorder = Recorder(10)
        if state_first:
            recorder.state(5, 1, "heard", {})
        recorder.outcomes.extend((5, 16))
        if not state_first:
            recorder.state(5, 1, "heard", {})
        digests.append(recorder.digest())
    assert digests[0] != digests[1]


@given(st.lists(st.integers(0, 40), max_size=30))
def test_when_batches_are_flushed_does_not_change_the_digest(flushes) -> None:
    """The digest is the same however the records are cut into batches."""
    plain, cut = Recorder(10), Recorder(10)
    for number in range(40):
        for recorder in (plain, cut):
            recorder.state(number, number % 10, "heard", {"number": number})
            recorder.outcomes.extend((number, number << PAIR_SHIFT))
        if number in flushes:
            cut.flush()
    assert plain.digest() == cut.digest()


def test_the_digest_is_the_same_at_each_level_of_detail() -> None:
    """What is kept changes the rows, and only the rows: their number grows with the level."""
    digests, rows = set(), []
    for detail in DETAILS:
        simulation = chatter(detail=detail)
        kept = simulation.keep_records()
        simulation.run(100_000_000)
        digests.add(simulation.digest())
        rows.append(len(kept))
    assert len(digests) == 1
    assert rows[0] == 0
    assert rows == sorted(set(rows))


def test_sequence_numbers_tell_the_order_of_states_and_messages() -> None:
    """At full detail no two digested rows share a sequence number, and rows come in the order of time."""
    simulation = chatter(detail="messages")
    rows = simulation.keep_records()
    simulation.run(100_000_000)
    assert [row.time for row in rows] == sorted(row.time for row in rows)
    assert len({row.sequence for row in rows if "message" not in row.fields}) == sum(
        "message" not in row.fields for row in rows
    )
    assert [row.sequence for row in rows] == sorted(row.sequence for row in rows)


def test_a_different_seed_gives_a_different_digest() -> None:
    """Determinism does not come from ignoring the seed."""
    assert len({chatter(seed).run(50_000_000).digest() for seed in range(5)}) == 5


def test_shuffled_ties_give_another_run_that_is_the_same_each_time() -> None:
    """The order of equal times is drawn from the seed: another digest than first in, first out, and a stable one."""
    options = {"tie_break": "shuffled"}
    shuffled = {chatter(**options).run(50_000_000).digest() for _ in range(3)}
    assert len(shuffled) == 1
    assert shuffled != {chatter().run(50_000_000).digest()}


def test_the_digest_is_the_same_in_fresh_processes_under_any_hash_seed() -> None:
    """Three processes with different PYTHONHASHSEED agree with this one."""
    program = (
        "import runpy; names = runpy.run_path('tests/unit/sim/test_records_and_digest.py');"
        "print(names['chatter']().run(50_000_000).digest())"
    )
    digests = set()
    for hash_seed in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout.strip())
    assert digests == {chatter().run(50_000_000).digest()}


@pytest.mark.parametrize("value", [object(), {1, 2}, {"a": 1}, b"bytes", [object()]])
def test_what_cannot_be_recorded_is_refused_by_name(value) -> None:
    """The message names the record, the field, and what may be given."""
    with pytest.raises(TypeError, match=r"record 'heard', field 'what': .*cannot be recorded; give None, bool"):
        Recorder(3).state(0, 0, "heard", {"what": value})


def test_a_list_that_changes_later_is_recorded_as_it_was() -> None:
    """A record keeps the value of its moment, nested lists included."""
    recorder, values = Recorder(3), [1, [2]]
    seen = []
    recorder.observe(["heard"], seen.append)
    recorder.state(0, 0, "heard", {"values": values})
    values[1].append(3)
    assert seen[0].fields["values"] == (1, (2,))


def test_numpy_scalars_are_recorded_as_plain_numbers() -> None:
    """A numpy value equals the plain one, in the record and in the digest."""
    numpy = pytest.importorskip("numpy")
    first, second = Recorder(3), Recorder(3)
    first.state(0, 0, "heard", {"a": numpy.float64(0.5), "b": numpy.int64(3)})
    second.state(0, 0, "heard", {"a": 0.5, "b": 3})
    assert first.digest() == second.digest()


def test_gathered_outcomes_stay_bounded_while_the_run_goes_on() -> None:
    """The outcome lane never holds much more than a batch."""
    simulation = chatter(detail="summary")
    longest = 0

    def look(_: None) -> None:
        nonlocal longest
        longest = max(longest, len(simulation.recorder.outcomes))
        simulation.kernel.observe_at(simulation.now + 1_000_000, look, None)

    simulation.kernel.observe_at(0, look, None)
    simulation.run(10_000_000_000)
    assert simulation.balance().outcomes["delivered"] > 3 * BATCH
    assert longest < 2 * BATCH


@given(st.lists(st.sampled_from(["state", "new kind", "flush"]), max_size=30))
def test_when_batches_are_digested_does_not_change_the_digest(steps: list[str]) -> None:
    """However often a recorder is flushed between states and new kinds of messages, its digest is the same."""

    def digest(flushes: bool) -> str:
        recorder = Recorder(10)
        for number, step in enumerate(steps):
            if step == "state":
                recorder.state(number, 1, "heard", {"source": 2})
            elif step == "new kind":
                recorder.new_kind(type(f"Kind{number}", (), {}))
            elif flushes:
                recorder.flush()
        return recorder.digest()

    assert digest(True) == digest(False)
