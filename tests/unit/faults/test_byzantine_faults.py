"""Liars: what they send is missing, false, old, too much, or said by two; all else is as ever.

Chance is judged on fixed seeds, within six standard deviations of the stated value: two false alarms in 10**9 seeds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from faults.alteration import borrowed
from faults.byzantine.kinds import KINDS
from faults.drawing import Drawing
from faults.fault import Fault
from sim.protocol import Protocol
from sim.randomness import Streams
from sim.roles import Roles
from sim.simulation import Simulation
from sim.units import MILLISECOND
from topologies.registry import build


@dataclass(frozen=True)
class Count:
    """A payload with the number of the time at which it was said."""

    number: int


class Counting(Protocol):
    """Tells all neighbours a number each millisecond, one more each time, kept on disk; node 0 is the leader."""

    roles = Roles("follower", {"led": "leader"})

    def on_start(self) -> None:
        self.number = self.node.storage.get("number", 0)
        if self.node.id == 0 and not self.number:
            self.node.record("led")
        self.node.record("began", number=self.number)
        self.node.set_timer("next", MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.number += 1
        self.node.storage["number"] = self.number
        self.node.broadcast(Count(self.number))
        self.node.set_timer("next", MILLISECOND)

    def on_message(self, message) -> None:
        self.node.record("heard", source=message.source, number=message.payload.number, sent_at=message.sent_at)


def counting(*faults: Fault, nodes: int = 4, until: int = 300, seed: int = 1) -> tuple[Simulation, list]:
    """A mesh of counting nodes under these faults, run for so many milliseconds, with its records."""
    simulation = Simulation(build({"kind": "mesh", "nodes": nodes}), Counting, faults=faults, seed=seed)
    rows = simulation.keep_records()
    simulation.run(until * MILLISECOND).conclude()
    assert simulation.balance().sums
    return simulation, rows


def heard(rows: list, by: int, of: int, begin: int = 0, end: int = 10**6) -> list[tuple[int, int]]:
    """(When it was sent in ms, what was said) of all that a node heard of another, sent from begin to before end."""
    times = range(begin * MILLISECOND, end * MILLISECOND)
    return [
        (row.fields["sent_at"] // MILLISECOND, row.fields["number"])
        for row in rows
        if row.kind == "heard" and row.node == by and row.fields["source"] == of and row.fields["sent_at"] in times
    ]


def liar(kind: str, **fields) -> Fault:
    """Node 1 lies from 100 ms to 200 ms."""
    span = {} if kind == "amnesia" else {"heal_after": "100ms"}
    return murmur.fault(kind, **{"target": 1, "at": "100ms", "name": "it", **span, **fields})


def touched(simulation: Simulation) -> int:
    """What the fault says that it has touched."""
    return simulation.injector.armed[0].touched


def test_a_silent_node_says_nothing_and_hears_all() -> None:
    """What it would have sent is withheld, with that outcome; others, and what it hears, are as ever."""
    simulation, rows = counting(liar("silent"))
    assert not heard(rows, 0, 1, 100, 200)
    assert len(heard(rows, 0, 1, 0, 100)) == 99
    assert len(heard(rows, 0, 1, 200)) > 90
    assert len(heard(rows, 1, 0, 100, 200)) == len(heard(rows, 2, 0, 100, 200)) == 100
    assert simulation.balance().outcomes["withheld"] == touched(simulation) == 300


def test_selective_silence_is_towards_the_same_peers() -> None:
    """Named peers are told nothing, all others everything; a share is drawn once for each pair."""
    _, rows = counting(liar("selectively-silent", towards=[2]))
    assert not heard(rows, 2, 1, 100, 200)
    assert len(heard(rows, 3, 1, 100, 200)) == 100
    _, rows = counting(liar("selectively-silent", share="50%"), nodes=40)
    told = [len(heard(rows, node, 1, 100, 200)) for node in range(40) if node != 1]
    assert set(told) == {0, 100}
    assert abs(told.count(0) - 19.5) < 6 * (39 * 0.25) ** 0.5


def test_equivocation_tells_each_peer_its_version() -> None:
    """Some hear the truth and some a lie; those who hear the same version hear the same numbers."""
    _, rows = counting(liar("equivocation", versions=3), nodes=12)
    true = [(time, time) for time in range(100, 200)]
    versions = Counter(tuple(heard(rows, node, 1, 100, 200)) for node in range(12) if node != 1)
    assert len(versions) == 3
    assert tuple(true) in versions
    for lie in versions.keys() - {tuple(true)}:
        assert all(time != number for time, number in lie)


def test_a_share_of_what_a_liar_says_is_a_lie() -> None:
    """Thirty per cent of its messages say another number; nobody else's do."""
    simulation, rows = counting(liar("lying", probability=0.3), nodes=30)
    said = [pair for node in range(30) if node != 1 for pair in heard(rows, node, 1, 100, 200)]
    lies = sum(time != number for time, number in said)
    assert lies == touched(simulation)
    assert abs(lies / len(said) - 0.3) < 6 * (0.21 / len(said)) ** 0.5
    others = [pair for node in range(30) for pair in heard(rows, node, 5)]
    assert all(time == number for time, number in others)


def test_borrowed_words_have_been_said_before() -> None:
    """What a liar borrows is a number that it has said or was told before; one that is the same makes no lie."""
    simulation, rows = counting(liar("lying", probability=1.0, lie="borrowed", at="150ms"), nodes=3)
    said = [pair for node in (0, 2) for pair in heard(rows, node, 1, 152, 200)]
    assert len(said) == 96
    assert all(150 <= number <= time for time, number in said)
    assert len({time - number for time, number in said}) > 10
    lies = sum(number < time for node in (0, 2) for time, number in heard(rows, node, 1))
    assert touched(simulation) == lies > 80


def test_lies_are_the_same_whatever_else_is_lost() -> None:
    """Another fault that loses half of a liar's messages leaves the words of the others as they are."""
    loss = murmur.fault("loss", links={"of": 1}, probability=0.5, at=0)
    for lies in (liar("lying", probability=0.5), liar("equivocation", versions=3)):
        alone, lossy = [set(heard(counting(*faults, nodes=6)[1], 2, 1)) for faults in ((lies,), (loss, lies))]
        assert lossy < alone


def test_replaying_says_old_things_again() -> None:
    """With half of its messages an older one of its own comes again, none older than the memory."""
    simulation, rows = counting(liar("replaying", probability=0.5, memory=30), nodes=10)
    said = [pair for node in range(10) if node != 1 for pair in heard(rows, node, 1, 100, 200)]
    old = [(time, number) for time, number in said if number < time]
    assert len(old) + sum(time == number for time, number in said) == len(said)
    assert abs(len(said) - 900 - 450) < 6 * (900 * 0.25) ** 0.5
    assert touched(simulation) == simulation.balance().duplicated
    assert max(time - number for time, number in old) <= 30


def test_flooding_adds_its_rate() -> None:
    """At 2,000 messages a second a node sends 200 more in a tenth of a second, and none before or after."""
    simulation, rows = counting(liar("flooding", rate="2000/s"))
    assert touched(simulation) == 199
    more = [len(heard(rows, node, 1)) - len(heard(rows, node, 0)) for node in (2, 3)]
    more.append(len(heard(rows, 0, 1)) - len(heard(rows, 2, 0)))
    assert sum(more) == 199


def test_twins_speak_in_one_name() -> None:
    """While it lasts two nodes count under one number, both hear all, and the first goes on alone afterwards."""
    simulation, rows = counting(liar("twins"))
    said = heard(rows, 0, 1, 101, 200)
    assert len(said) == 2 * 99
    assert Counter(number for _, number in said)[150] == 2
    assert len(heard(rows, 0, 1, 200)) == len(heard(rows, 0, 2, 200))
    assert touched(simulation) == simulation.balance().duplicated
    assert touched(simulation) > 0
    assert not simulation.twins


def test_divided_twins_hear_disjoint_halves() -> None:
    """Nothing is doubled where each of the others reaches one of the twins."""
    simulation, _ = counting(liar("twins", hear="divided"), nodes=10)
    assert simulation.balance().duplicated == 0
    assert 0 < touched(simulation) < 900


def test_what_twins_send_counts_for_their_name() -> None:
    """Samples and counts of messages hold both: nothing is ever less than not under way, live or from the records."""
    from analysis.measurements import Measurements

    scenario = {
        "name": "twins",
        "duration": "10s",
        "topology": {"kind": "mesh", "nodes": 5},
        "network": {"latency": "50ms"},
        "protocol": {"kind": "averaging"},
        "samples": {"every": "100ms"},
        "faults": [{"kind": "twins", "target": 1, "at": "2s", "heal_after": "6s"}],
        "detail": "all",
    }
    done = murmur.run(scenario)
    under_way = [sample.value for sample in done.samples if sample.metric == "messages_in_flight"]
    assert min(under_way) >= 0
    rows = Counter(row.node for row in done.records if row.kind == "sent")
    assert done.simulation.sent() == [rows[node] for node in range(5)]
    measured = Measurements(None, 5).ended(done.simulation)
    assert measured.sent == done.simulation.sent()


def test_twins_keep_the_draws_of_others() -> None:
    """The stream of the node that has a twin is its own still."""
    states = [counting(*faults)[0].nodes[1].random.state for faults in ((), (liar("twins"),))]
    assert states[0] == states[1]


def test_amnesia_goes_back_by_its_span_or_to_nothing() -> None:
    """The node counts on from where it was so long ago, or from the begin, without anyone being told."""
    _, rows = counting(liar("amnesia", span="40ms"))
    assert [row.fields["number"] for row in rows if row.kind == "began" and row.node == 1] == [0, 60]
    _, rows = counting(liar("amnesia"))
    assert [row.fields["number"] for row in rows if row.kind == "began" and row.node == 1] == [0, 0]
    _, rows = counting(liar("amnesia", span="1s"))
    assert [row.fields["number"] for row in rows if row.kind == "began" and row.node == 1] == [0, 0]


def test_a_liar_can_be_aimed_at_by_its_role() -> None:
    """The leader, whom records name, is silenced; the record of the fault says who that was."""
    _, rows = counting(liar("silent", target="leader"))
    assert not heard(rows, 2, 0, 100, 200)
    (begin,) = [row for row in rows if row.kind == "fault" and row.fields["phase"] == "begin"]
    assert begin.fields["targets"] == (0,)


def test_liars_count_for_the_budget() -> None:
    """With a budget of f < n/3 one of four nodes may lie; a second liar is spared, and the record says so."""
    from faults.budget import BudgetLimit

    faults = (BudgetLimit("third"), liar("silent"), liar("silent", target=2, name="second"))
    _, rows = counting(*faults)
    assert not heard(rows, 0, 1, 100, 200)
    assert len(heard(rows, 0, 2, 100, 200)) == 100


def test_liars_outside_the_core_go_on() -> None:
    """In the liveness phase the liars of the core are honest again, and the others are not."""
    from faults.liveness import Liveness

    both = murmur.fault("silent", target=[1, 2], at="50ms")
    phase = Liveness.model_validate({"at": "150ms", "within": "100ms", "core": [0, 1]})
    _, rows = counting(both, phase)
    assert len(heard(rows, 0, 1, 150)) > 100
    assert not heard(rows, 0, 2, 50)


def test_protocols_offer_lies_of_their_own() -> None:
    """Averaging's extreme values ruin the mean that honest nodes would have found."""

    from sim.protocols.averaging import Averaging

    def largest(*faults: Fault) -> float:
        simulation = Simulation(build({"kind": "mesh", "nodes": 12}), Averaging, faults=faults, seed=2)
        simulation.run(5 * 10**9)
        return max(abs(node.protocol.value) for node in simulation.nodes)

    assert largest() < 3
    assert largest(murmur.fault("lying", target=3, at=0, probability=0.5, lie="extreme")) > 100


def test_gossip_can_be_told_of_writes_that_nobody_made() -> None:
    """A forged newer version wins everywhere, and the check of inventions finds it; denial only delays."""
    scenario = {
        "name": "liar",
        "duration": "20s",
        "topology": {"kind": "mesh", "nodes": 8},
        "protocol": {"kind": "gossip", "spread": "anti-entropy", "exchange": "push-pull"},
        "workload": {"kind": "rumour", "at": "1s", "nodes": [0]},
        "checks": ["no-invention"],
    }
    lie = {"kind": "lying", "target": 0, "at": "0s", "probability": 1.0}
    forged = murmur.run(scenario | {"faults": [{**lie, "lie": "newer"}]})
    assert forged.exit_code == 1
    held = [node.protocol.known["rumour"].entry.value for node in forged.simulation.nodes if node.protocol.known]
    assert "forged" in held
    denied = murmur.run(scenario | {"faults": [{**lie, "lie": "denied", "heal_after": "5s"}]})
    assert denied.exit_code == 0


def test_a_voter_takes_over_opinions_only() -> None:
    """A liar's numbers that are no opinion convince nobody; the opposite opinion convinces, as any does."""
    from sim.protocols.voter import Voter

    config = Voter.Config(ones=3)
    for lie in ("altered", "opposite"):
        faults = (murmur.fault("lying", target=0, at=0, probability=1.0, lie=lie),)
        simulation = Simulation(build({"kind": "mesh", "nodes": 6}), Voter, config, faults=faults, seed=1)
        simulation.run(20 * 10**9).conclude()
        assert {node.protocol.opinion for node in simulation.nodes} <= {0, 1}
        assert touched(simulation) > 10


@given(
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
    st.integers(0, 99),
)
def test_a_borrowed_payload_differs_in_one_place(payload: list[int], other: list[int], seed: int) -> None:
    """It says what another says in one place where they differ, and its own elsewhere; None where they are equal."""
    told = borrowed(payload, other, Streams(seed).stream("borrowed"))
    if payload == other:
        assert told is None
        return
    assert told is not None
    (place,) = [place for place in range(3) if told[place] != payload[place]]
    assert told[place] == other[place]


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("lying", {"lie": "white"}, "found 'white', a lie that the protocol counting does not offer"),
        ("equivocation", {"versions": 2, "lie": "white"}, "expected one of altered"),
        ("silent", {"target": 9}, "found node 9 in a topology of 4 nodes"),
        ("selectively-silent", {"towards": 7}, "found node 7"),
        ("silent", {"target": {"role": "king"}}, "expected one of follower, leader"),
        ("disrupt", {}, "has no state that can be scrambled: give it a method disrupt"),
        ("drain", {"share": 0.5}, "has no energy: give it a method drain"),
    ],
)
def test_what_cannot_be_is_refused_before_the_run(kind: str, fields: dict, message: str) -> None:
    """A lie, node, role or hook that is not there is told when the simulation is made."""
    with pytest.raises(murmur.InputError) as caught:
        counting(murmur.fault(kind, **{"target": 1, "at": 0, **fields}))
    assert message in str(caught.value)


def test_a_span_needs_a_time() -> None:
    """Amnesia on a schedule cannot know beforehand when to copy the disks."""
    with pytest.raises(murmur.InputError, match="found a span with a schedule"):
        counting(murmur.fault("amnesia", target=1, when={"every": "50ms"}, span="10ms"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5), st.integers(0, 2**32))
def test_every_message_is_accounted_for_whatever_lies_overlap(kinds: list[str], seed: int) -> None:
    """The balance of messages sums at every moment, under any byzantine faults at once, with crashes among them."""
    built = build({"kind": "mesh", "nodes": 6})
    drawing = Drawing(Streams(seed).stream("options"), built, Counting, 60 * MILLISECOND, 3)
    faults = [murmur.fault("crash", target={"random": 2}, at="30ms", restart_after="20ms")]
    for number, kind in enumerate(kinds):
        fields = KINDS[kind].config.drawn(drawing)
        assert fields is not None
        faults.append(murmur.fault(kind, at=drawing.stream.below(50 * MILLISECOND), name=str(number), **fields))
    simulation = Simulation(built, Counting, faults=faults, seed=seed)
    for time in range(10, 150, 10):
        simulation.run(time * MILLISECOND)
        assert simulation.balance().sums
    assert not simulation.twins
    assert not simulation.network.effects
