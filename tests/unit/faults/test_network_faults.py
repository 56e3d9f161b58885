"""Each fault of the network does to messages what it says, on the links that it names, until it heals.

Chance is judged on fixed seeds, within six standard deviations of the stated value: two false alarms in 10**9 seeds.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import murmur
from faults.drawing import Drawing
from faults.fault import Fault
from faults.network.kinds import KINDS
from sim.network.config import NetworkConfig
from sim.protocol import Protocol
from sim.randomness import Streams
from sim.simulation import Simulation
from sim.units import MILLISECOND, SECOND
from topologies.registry import build

LATENCY = MILLISECOND


@dataclass(frozen=True)
class Numbered:
    """A payload with its number."""

    number: int


@dataclass(frozen=True)
class Other:
    """A payload of another kind."""

    number: int


class Sending(Protocol):
    """Node 0 sends a numbered payload to node 1 each millisecond, and every tenth time another kind; 1 answers none."""

    def on_start(self) -> None:
        self.number = 0
        self.node.set_timer("next", MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.number += 1
        kind = Other if self.number % 10 == 0 else Numbered
        self.node.send((self.node.id + 1) % self.node.population, kind(self.number))
        self.node.set_timer("next", MILLISECOND)

    def on_message(self, message) -> None:
        self.node.record("got", number=message.payload.number, source=message.source, sent_at=message.sent_at)


def sent(*faults: Fault, messages: int, nodes: int = 2, seed: int = 1, **network) -> tuple[Simulation, list[tuple]]:
    """So many messages of each node under these faults; gives what node 1 got from node 0: (number, ms late)."""
    config = NetworkConfig(latency="1ms", **network)
    topology = build({"kind": "ring" if nodes > 2 else "line", "nodes": nodes})
    simulation = Simulation(topology, Sending, network=config, faults=faults, seed=seed)
    rows = simulation.keep_records()
    simulation.run((messages + 1) * MILLISECOND - 1)
    for node in simulation.nodes:  # no more is sent, and what is on its way arrives
        node.cancel_timer("next")
    simulation.run(None).conclude()
    assert simulation.balance().sums
    got = [
        (row.fields["number"], (row.time - row.fields["sent_at"] - LATENCY) / MILLISECOND)
        for row in rows
        if row.kind == "got" and row.node == 1 and row.fields["source"] == 0
    ]
    return simulation, got


def fault(kind: str, **fields) -> Fault:
    """A fault from the first moment on the link from node 0 to node 1."""
    return murmur.fault(kind, **{"at": 0, "links": {"one_way": [[0, 1]]}, "name": "it", **fields})


def touched(simulation: Simulation) -> int:
    """What the fault says that it has touched."""
    return simulation.injector.armed[0].touched


def within(share: float, expected: float, number: int) -> bool:
    """Whether a share of so many trials is within six standard deviations of what it should be."""
    return abs(share - expected) < 6 * (expected * (1 - expected) / number) ** 0.5


def test_a_loss_of_ten_per_cent_is_ten_per_cent() -> None:
    """Of 20,000 messages a tenth is lost, and the fault counts each of them."""
    simulation, got = sent(fault("loss", probability="10%"), messages=20_000)
    assert within(1 - len(got) / 20_000, 0.1, 20_000)
    assert touched(simulation) == 20_000 - len(got) == simulation.balance().outcomes["lost"]


def test_bursts_have_their_stated_length_and_share() -> None:
    """Gilbert-Elliott with enter 2 % and leave 25 %: bursts of 4 messages, 2/27 of them lost (of 100,000)."""
    _, got = sent(fault("burst-loss", enter_bad=0.02, leave_bad=0.25), messages=100_000)
    arrived = {number for number, _ in got}
    runs = [
        sum(1 for _ in run) for lost, run in groupby(range(1, 100_001), lambda number: number not in arrived) if lost
    ]
    mean = sum(runs) / len(runs)
    assert abs(mean - 4) < 6 * (12 / len(runs)) ** 0.5  # the variance of a geometric burst is (1 - p) / p**2
    correlated = (2 - 0.02 - 0.25) / (0.02 + 0.25)  # how much more the share varies than by independent losses
    expected = 0.02 / 0.27
    assert abs(1 - len(got) / 100_000 - expected) < 6 * (expected * (1 - expected) * correlated / 100_000) ** 0.5


def test_correlated_losses_strike_all_links_at_once() -> None:
    """While links are bad all of them lose everything, and they are bad for a third of the time; by chance."""
    bad = fault("correlated-loss", probability=1.0, mean_good="200ms", mean_bad="100ms", links="all")
    simulation, got = sent(bad, messages=60_000, nodes=4)
    lost = simulation.balance().outcomes["lost"]
    assert lost == 4 * (60_000 - len(got))  # each link loses at the same moments
    assert abs(1 - len(got) / 60_000 - 1 / 3) < 6 * (2 * (1 / 3) ** 2 * (2 / 3) ** 2 / 200) ** 0.5  # 200 rounds


@pytest.mark.parametrize(
    ("fields", "low", "high"),
    [
        ({"kind": "delay", "extra": "7ms"}, 7, 7),
        ({"kind": "delay", "extra": {"kind": "uniform", "low": "3ms", "high": "9ms"}}, 3, 9),
    ],
)
def test_a_delay_is_what_it_says(fields: dict, low: float, high: float) -> None:
    """Every message is late by the constant, or by a draw of the distribution, whose mean is the middle."""
    _, got = sent(fault(**fields), messages=5_000)
    late = [time for _, time in got]
    assert low <= min(late) <= max(late) <= high
    assert abs(sum(late) / len(late) - (low + high) / 2) <= 6 * (high - low) / 12**0.5 / 5_000**0.5


def test_a_ramp_grows_evenly_to_its_peak() -> None:
    """Half way up the ramp the delay is half of the peak; beyond it, the peak."""
    _, got = sent(fault("delay-ramp", peak="100ms", rise="1s"), messages=2_000)
    late = dict(got)
    assert late[500] == 50
    assert late[1_000] == late[2_000] == 100


def test_spikes_are_rare_and_large() -> None:
    """Five per cent of the messages are late by a second, all others are on time."""
    simulation, got = sent(fault("delay-spike", probability=0.05, extra="1s"), messages=20_000)
    late = [time for _, time in got]
    assert set(late) == {0, 1000}
    assert within(late.count(1000) / 20_000, 0.05, 20_000)
    assert touched(simulation) == late.count(1000)


def test_duplicates_are_counted_and_late_as_stated() -> None:
    """Thirty per cent of the messages arrive three times, the copies 5 ms after the first."""
    simulation, got = sent(fault("duplication", probability=0.3, copies=2, later="5ms"), messages=20_000)
    copies = len(got) - 20_000
    assert copies == 2 * touched(simulation) == simulation.balance().duplicated
    assert within(copies / 40_000, 0.3, 20_000)
    assert {time for _, time in got} == {0, 5}


def test_a_replay_delivers_old_messages_of_the_same_link() -> None:
    """With a fifth of the messages an older one arrives again, never one from beyond the memory."""
    simulation, got = sent(fault("replay", probability=0.2, memory=50), messages=20_000)
    again = [(number, late) for number, late in got if late > 0]
    assert within(len(again) / 20_000, 0.2, 20_000)
    assert len(again) == touched(simulation) == simulation.balance().duplicated
    assert max(late for _, late in again) <= 50
    assert max(late for _, late in again) > 40


def test_reordering_lets_later_messages_overtake() -> None:
    """Half of the messages are held back by up to 20 ms, so that some arrive after later ones; none is lost."""
    _, got = sent(fault("reordering", probability=0.5, longest="20ms"), messages=10_000)
    numbers = [number for number, _ in got]
    assert sorted(numbers) == list(range(1, 10_001))
    assert numbers != sorted(numbers)
    assert max(late for _, late in got) <= 20
    assert within(sum(late > 0 for _, late in got) / 10_000, 0.5, 10_000)


def test_detected_damage_is_dropped_on_arrival() -> None:
    """A fifth of the messages is dropped by its checksum, with an outcome of its own."""
    simulation, got = sent(fault("corruption", probability=0.2), messages=20_000)
    assert simulation.balance().outcomes["corrupted"] == 20_000 - len(got) == touched(simulation)
    assert within(1 - len(got) / 20_000, 0.2, 20_000)


def test_undetected_damage_is_delivered_changed() -> None:
    """All messages arrive; a fifth says another number than was sent, and the sender's own object is untouched."""
    simulation, got = sent(fault("corruption", probability=0.2, mode="delivered"), messages=20_000)
    assert len(got) == 20_000
    wrong = sum(number != place for place, (number, _) in enumerate(got, 1))
    assert wrong == touched(simulation)
    assert within(wrong / 20_000, 0.2, 20_000)


def test_a_narrow_link_passes_its_bits_a_second() -> None:
    """At 2 Mbit/s messages of 500 bytes take 2 ms each: of one a millisecond, the n-th is n + 1 ms late."""
    _, got = sent(fault("bandwidth", rate="2Mbit/s", message_size=500), messages=100)
    assert [late for _, late in got] == [number + 2 for number in range(100)]


def test_a_narrow_link_with_a_short_queue_drops() -> None:
    """With three places, what does not fit is dropped as queue-full, and the rest passes at the link's pace."""
    simulation, got = sent(fault("bandwidth", rate="2Mbit/s", queue=3, message_size=500), messages=1_000)
    assert simulation.balance().outcomes["queue-full"] == 1_000 - len(got)
    assert 500 <= len(got) <= 504
    assert max(late for _, late in got) <= 8


def test_a_queue_overflows_beyond_its_rate() -> None:
    """Of 1,000 messages a second a queue that lets 100 through drops nine tenths, but for its places."""
    simulation, got = sent(fault("queue-overflow", rate="100/s", places=5), messages=2_000)
    assert 200 <= len(got) <= 207
    assert simulation.balance().outcomes["queue-full"] == 2_000 - len(got)


def test_a_clog_holds_everything_and_then_lets_it_go_in_order() -> None:
    """Nothing arrives while it lasts; afterwards all of it does, in order, at once."""
    simulation, got = sent(fault("clog", at="10ms", heal_after="20ms"), messages=50)
    numbers, late = [number for number, _ in got], dict(got)
    assert numbers == list(range(1, 51))
    assert [late[number] for number in (9, 10, 20, 29, 30)] == [0, 20, 10, 1, 0]
    assert touched(simulation) == 20


@pytest.mark.parametrize("release", ["in-order", "reversed", "shuffled"])
def test_what_is_held_is_released_in_the_order_asked_for(release: str) -> None:
    """Messages of one kind are held and released a millisecond apart; the other kind passes."""
    hold = fault("hold", at="1ms", heal_after="100ms", release=release, spacing="1ms", messages=["Numbered"])
    _, got = sent(hold, messages=100)
    others = [number for number, _ in got if number % 10 == 0]
    held = [number for number, late in got if late > 0]
    assert others == list(range(10, 101, 10))
    assert len(held) == 90
    expected = {"in-order": sorted(held), "reversed": sorted(held, reverse=True)}
    assert held == expected[release] if release in expected else held not in expected.values()


def test_a_flapping_link_is_down_as_often_as_it_says() -> None:
    """Down for 30 ms of each 100, beginning with down, and all links of the fault together."""
    simulation, got = sent(fault("flapping", down="30ms", up="70ms"), messages=1_000)
    assert {number for number, _ in got} == {number for number in range(1, 1_001) if number % 100 >= 30}
    assert simulation.balance().outcomes["cut"] == touched(simulation) == 1_000 - len(got)


def test_a_link_can_flap_by_chance() -> None:
    """With exponential times the share of time down is that of the means; of about 500 rounds."""
    _, got = sent(fault("flapping", down="50ms", up="50ms", by_chance=True), messages=50_000)
    assert abs(len(got) / 50_000 - 0.5) < 6 * (2 * 0.5**4 / 500) ** 0.5


def test_drops_are_by_kind_and_number() -> None:
    """Every third message of a kind is dropped, or the first five; another kind is not counted."""
    _, got = sent(fault("drop", every=3, messages=["Other"]), messages=100)
    assert sorted(set(range(1, 101)) - {number for number, _ in got}) == [30, 60, 90]
    _, got = sent(fault("drop", first=5), messages=20)
    assert [number for number, _ in got] == list(range(6, 21))


def lasting(kind: str, **place) -> Fault:
    """A fault of this kind with drawn options, from 100 ms to 200 ms."""
    topology = build({"kind": "line", "nodes": 2})
    fields = KINDS[kind].config.drawn(Drawing(Streams(5).stream("options"), topology, Sending, 100 * MILLISECOND, 1))
    assert fields is not None
    return fault(kind, **{**fields, "at": 100 * MILLISECOND, "heal_after": 100 * MILLISECOND, **place})


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_heals_without_a_trace(kind: str) -> None:
    """What is sent before and after arrives as without the fault, and the link is back on its fast path."""
    simulation, got = sent(lasting(kind, links={"one_way": [[0, 1]]}), messages=400)
    on_time = {number for number, late in got if late == 0}
    assert set(range(1, 100)) | set(range(200, 401)) <= on_time
    assert all(link.delay is not None for link in simulation.network.links.values())
    assert simulation.injector.armed[0].healed == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_acts_one_way_where_asked(kind: str) -> None:
    """Of the links of a ring only the one from node 0 to node 1 is touched; the others are as without the fault."""

    def others(*faults: Fault) -> list[tuple]:
        simulation = Simulation(build({"kind": "ring", "nodes": 4}), Sending, faults=faults, seed=3)
        rows = simulation.keep_records()
        simulation.run(400 * MILLISECOND)
        return [(row.time, row.node, row.fields) for row in rows if row.kind == "got" and row.fields["source"] != 0]

    assert others(lasting(kind, links={"one_way": [[0, 1]]})) == others()


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_touches_what_it_says(kind: str) -> None:
    """A drawn fault of 100 messages touches some of them, and says so; one with the defaults is off or holds."""
    simulation, _ = sent(lasting(kind, links="all"), messages=400, nodes=4)
    assert touched(simulation) > 0
    defaults = fault(kind)
    assert defaults.is_off or kind in ("clog", "hold")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=6),
    st.integers(0, 2**32),
    st.sampled_from(("ring", "star", "mesh")),
)
def test_every_message_is_accounted_for_under_any_faults(kinds: list[str], seed: int, topology: str) -> None:
    """Whatever faults of the network overlap, on whatever links, the balance of messages sums at every moment."""
    built = build({"kind": topology, "nodes": 300 if topology == "mesh" else 6})
    drawing = Drawing(Streams(seed).stream("options"), built, Sending, 60 * MILLISECOND, 2)
    faults = []
    for number, kind in enumerate(kinds):
        fields = KINDS[kind].config.drawn(drawing)
        assert fields is not None
        faults.append(murmur.fault(kind, at=drawing.stream.below(50 * MILLISECOND), name=str(number), **fields))
    network = NetworkConfig(latency="1ms", duplication=0.1, loss=0.05)
    simulation = Simulation(built, Sending, network=network, faults=faults, seed=seed)
    for time in range(10, 160, 10):
        simulation.run(time * MILLISECOND)
        assert simulation.balance().sums


def test_a_fault_reaches_messages_of_a_large_mesh_and_on_their_way() -> None:
    """Where links are not stored, and on each hop of a routed message, the same faults act."""
    mesh = build({"kind": "mesh", "nodes": 300})
    simulation = Simulation(mesh, Sending, faults=[murmur.fault("drop", every=1, at=0, links={"of": 0})])
    simulation.run(100 * MILLISECOND).conclude()
    assert simulation.balance().outcomes["lost"] == 2 * 99  # what node 0 sends, and what node 299 sends to it

    star = build({"kind": "star", "nodes": 5})
    hop = murmur.fault("drop", every=1, at=0, links={"one_way": [[0, 2]]})
    simulation = Simulation(star, Sending, faults=[hop])
    simulation.run(100 * MILLISECOND).conclude()
    assert simulation.balance().outcomes["lost"] in (97, 98)  # from node 1 to node 2, on the second hop


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("loss", {"probability": 1.5}, "probability: found 1.5"),
        ("burst-loss", {"leave_bad": 0.0}, "leave_bad"),
        ("duplication", {"copies": 0}, "copies: found 0"),
        ("delay", {"extra": "-5ms"}, "extra"),
        ("delay", {"extra": {"kind": "uniform", "low": "5ms", "high": "1ms"}}, "high must be at least low"),
        ("drop", {"every": 2, "first": 3}, "found both 'every' and 'first'"),
        ("hold", {"release": "sorted"}, "release: found 'sorted'"),
        ("queue-overflow", {"rate": "0/s"}, "rate"),
        ("flapping", {"up": "0s"}, "up"),
        ("loss", {"links": []}, "links"),
        ("loss", {"links": [[0, 0]]}, "found a link from node 0 to itself"),
        ("loss", {"links": {"of": 0, "direction": "up"}}, "links.direction: found 'up'"),
        ("loss", {"links": "some"}, "links: found 'some'; expected all, a list of pairs"),
        ("loss", {"heal_after": "0s"}, "heal_after"),
    ],
)
def test_wrong_options_are_refused(kind: str, fields: dict, message: str) -> None:
    """Options that cannot be are told with their place when the fault is made."""
    with pytest.raises(murmur.InputError) as caught:
        murmur.fault(kind, at=0, **fields)
    assert message in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ([[0, 9]], "found node 9 in a topology of 4 nodes"),
        ([[0, 2]], "nodes 0 and 2 have no link"),
        ({"of": 4}, "found node 4"),
        ({"source": 0, "destination": 7}, "found node 7"),
        ({"random": 5}, "found 5 links to draw; expected at most 4"),
        ({"of": {"role": "leader"}}, "has no roles"),
    ],
)
def test_links_that_cannot_be_are_refused_before_the_run(links: object, message: str) -> None:
    """A link that the topology does not have is told when the simulation is made."""
    with pytest.raises(murmur.InputError) as caught:
        Simulation(build({"kind": "ring", "nodes": 4}), Sending, faults=[murmur.fault("clog", at=0, links=links)])
    assert message in str(caught.value)


def test_random_links_and_cut_sets_are_recorded() -> None:
    """What was drawn when the fault struck stands in its record, each direction of a link."""

    def targets(links: object, topology: dict) -> tuple:
        simulation = Simulation(build(topology), Sending, faults=[murmur.fault("clog", at=MILLISECOND, links=links)])
        rows = simulation.keep_records()
        simulation.run(SECOND // 10)
        (begin,) = [row for row in rows if row.kind == "fault" and row.fields["phase"] == "begin"]
        return begin.fields["targets"]

    drawn = targets({"random": 2}, {"kind": "ring", "nodes": 6})
    assert len(drawn) == 4
    assert {pair[::-1] for pair in drawn} == set(drawn)
    assert len(targets({"random": "50%", "one_way": True}, {"kind": "ring", "nodes": 6})) == 3
    assert len(targets({"cut_set": True}, {"kind": "ring", "nodes": 6})) == 4
    assert len(targets({"cut_set": True}, {"kind": "line", "nodes": 6})) == 2
