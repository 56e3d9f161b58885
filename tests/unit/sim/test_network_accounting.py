"""What becomes of messages: loss, duplication, bandwidth, separation, routes, and the balance of all of them."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.network.config import BurstLoss, NetworkConfig
from sim.network.separation import GroupSeparation, LinkSeparation
from sim.protocol import Protocol
from sim.simulation import Simulation
from topologies.registry import TOPOLOGIES, build

MILLISECOND = 1_000_000


class Datagram:
    """A payload without content."""


class Numbered:
    """A payload that knows its number."""

    def __init__(self, number: int) -> None:
        self.number = number


class Chatter(Protocol):
    """Sends to a random other node every millisecond, a hundred times, and records what arrives."""

    def on_start(self) -> None:
        self.left = 100
        self.node.set_timer("next", MILLISECOND)

    def on_timer(self, name: object) -> None:
        others = [node for node in range(self.node.population) if node != self.node.id]
        self.node.send(self.node.random.choice(others), Datagram())
        self.left -= 1
        if self.left:
            self.node.set_timer("next", MILLISECOND)

    def on_message(self, message) -> None:
        self.node.record("heard", source=message.source)


class Burst(Protocol):
    """Node 0 sends numbered messages to node 1, all at once."""

    messages = 1000

    def on_start(self) -> None:
        if self.node.id == 0:
            for number in range(self.messages):
                self.node.send(1, Numbered(number), size=125)

    def on_message(self, message) -> None:
        self.node.record("heard", number=message.payload.number)


def topology(kind: str, nodes: int, **options):
    return build(TOPOLOGIES[kind].config(kind=kind, nodes=nodes, **options), 0)


def burst(messages: int = 1000, seed: int = 1, **network) -> tuple[Simulation, list]:
    Burst.messages = messages
    simulation = Simulation(topology("line", 2), Burst, network=NetworkConfig(**network), seed=seed)
    rows = simulation.keep_records()
    return simulation.run(), rows


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(["mesh", "ring", "star", "line"]),
    nodes=st.integers(3, 9),
    loss=st.floats(0, 0.5),
    duplication=st.floats(0, 0.5),
    corruption=st.floats(0, 0.5),
    routing=st.sampled_from(["shortest-path", "reject"]),
    acts=st.lists(
        st.tuples(
            st.integers(1, 120), st.sampled_from(["crash", "restart", "pause", "resume", "cut"]), st.integers(0, 8)
        ),
        max_size=12,
    ),
    until=st.integers(1, 150),
)
def test_every_message_is_accounted_for_once(kind, nodes, loss, duplication, corruption, routing, acts, until) -> None:
    """Whatever goes wrong, messages sent and duplicated are delivered, dropped for a reason, waiting, or in flight."""
    network = NetworkConfig(
        latency={"kind": "exponential", "mean": "5ms"},
        loss=loss,
        duplication=duplication,
        corruption=corruption,
        routing=routing,
    )
    simulation = Simulation(topology(kind, nodes), Chatter, network=network, seed=3)
    heard = Counter()
    simulation.recorder.observe(["heard"], lambda record: heard.update(["heard"]))
    for time, act, node in acts:
        if act == "cut":
            simulation.kernel.call_at(time * MILLISECOND, simulation.separate, GroupSeparation("cut", [{node % nodes}]))
        else:
            simulation.kernel.call_at(time * MILLISECOND, getattr(simulation, act), node % nodes)
    simulation.run(until * MILLISECOND)
    balance = simulation.balance()
    assert balance.sums
    assert balance.outcomes.get("delivered", 0) == heard["heard"]
    assert balance.sent > 0 or acts or until == 1


def test_independent_loss_has_its_probability() -> None:
    """Of 20,000 messages at 10 % loss, the share lost is within 4 standard errors (false alarms: 1 in 16,000)."""
    simulation, _ = burst(20_000, loss=0.1)
    lost = simulation.balance().outcomes["lost"] / 20_000
    assert abs(lost - 0.1) < 4 * (0.1 * 0.9 / 20_000) ** 0.5


def test_burst_loss_has_its_mean_burst_length() -> None:
    """Gilbert-Elliott bursts last 1 / leave_bad messages on average, here 8, within 4 standard errors."""
    _, rows = burst(40_000, loss=BurstLoss(enter_bad=0.01, leave_bad=0.125).model_dump())
    arrived = {row.fields["number"] for row in rows}
    bursts = []
    for number in range(40_000):
        if number not in arrived:
            if number - 1 in arrived or number == 0:
                bursts.append(0)
            bursts[-1] += 1
    mean = sum(bursts) / len(bursts)
    assert len(bursts) > 200
    assert abs(mean - 8) < 4 * (8 * 7) ** 0.5 / len(bursts) ** 0.5


def test_duplicates_arrive_twice_and_are_counted() -> None:
    """With duplication certain, each message is heard twice and the balance says so."""
    simulation, rows = burst(50, duplication=1.0)
    assert sorted(row.fields["number"] for row in rows) == sorted([*range(50), *range(50)])
    assert simulation.balance().duplicated == 50


def test_bandwidth_spaces_arrivals_by_the_time_on_the_wire() -> None:
    """1,000 bits at 1 Mbit/s take 1 ms each, one after the other."""
    _, rows = burst(5, bandwidth="1Mbit/s", latency="10ms")
    assert [row.time for row in rows] == [(10 + n) * MILLISECOND for n in range(1, 6)]


def test_full_queue_drops_the_rest() -> None:
    """One message on the wire and three waiting; the others of a burst of ten are dropped."""
    simulation, rows = burst(10, bandwidth="1Mbit/s", queue=3)
    assert len(rows) == 4
    assert simulation.balance().outcomes["queue-full"] == 6


def test_ordered_links_never_reorder_and_unordered_ones_do() -> None:
    """The same draws arrive in order on ordered links, and out of order otherwise."""
    latency = {"kind": "uniform", "low": "1ms", "high": "9ms"}
    for ordered in (True, False):
        _, rows = burst(200, latency=latency, ordered=ordered)
        numbers = [row.fields["number"] for row in rows]
        assert (numbers == sorted(numbers)) is ordered


def test_reordering_holds_back_its_share() -> None:
    """With certain reordering up to 10 ms, arrivals at constant latency spread over that time."""
    _, rows = burst(500, latency="1ms", reordering={"probability": 1.0, "delay": "10ms"})
    times = [row.time for row in rows]
    assert min(times) < 2 * MILLISECOND
    assert 10 * MILLISECOND < max(times) <= 11 * MILLISECOND


def test_messages_between_strangers_go_hop_by_hop() -> None:
    """On a line of five nodes, node 0 reaches node 4 after four constant latencies, passed on by the three between."""

    class Far(Protocol):
        def on_start(self) -> None:
            if self.node.id == 0:
                self.node.send(4, Datagram())

        def on_message(self, message) -> None:
            self.node.record("heard", source=message.source)

    simulation = Simulation(topology("line", 5), Far, network=NetworkConfig(latency="1ms"))
    rows = simulation.keep_records()
    simulation.run()
    assert [(row.time, row.node, row.fields["source"]) for row in rows] == [(4 * MILLISECOND, 4, 0)]
    assert [node.forwarded for node in simulation.nodes] == [0, 1, 1, 1, 0]


def test_a_hub_that_is_down_takes_its_routes_with_it() -> None:
    """In a star, leaves cannot reach each other while the hub is crashed, and the balance blames the crash."""
    simulation = Simulation(topology("star", 5), Chatter)
    simulation.kernel.call_at(0, simulation.crash, 0)
    simulation.run()
    outcomes = simulation.balance().outcomes
    assert set(outcomes) == {"crashed"}
    assert outcomes["crashed"] == 400


def test_rejecting_routing_drops_messages_to_strangers() -> None:
    """With routing `reject`, only neighbours on the ring hear each other."""
    simulation = Simulation(topology("ring", 6), Chatter, network=NetworkConfig(routing="reject"))
    rows = simulation.keep_records()
    simulation.run()
    assert rows
    assert all((row.node - row.fields["source"]) % 6 in (1, 5) for row in rows)
    assert simulation.balance().outcomes["not-neighbors"] > 0


@pytest.mark.parametrize(("kind", "nodes"), [("mesh", 6), ("mesh", 300)])
def test_a_partition_cuts_messages_on_their_way_and_heals(kind, nodes) -> None:
    """Nothing crosses while the groups are apart, also what was sent before; after the heal, messages cross again."""
    network = NetworkConfig(latency={"kind": "exponential", "mean": "3ms"})
    simulation = Simulation(topology(kind, nodes), Chatter, network=network)
    separation = GroupSeparation("halves", [range(nodes // 2)])
    simulation.kernel.call_at(20 * MILLISECOND, simulation.separate, separation)
    simulation.kernel.call_at(60 * MILLISECOND, simulation.reunite, separation)
    rows = simulation.keep_records()
    simulation.run()
    crossings = [row.time for row in rows if (row.node < nodes // 2) != (row.fields["source"] < nodes // 2)]
    assert not [time for time in crossings if 20 * MILLISECOND <= time < 60 * MILLISECOND]
    assert min(crossings) < 20 * MILLISECOND
    assert max(crossings) > 60 * MILLISECOND
    assert simulation.balance().outcomes["cut"] > 0


def test_a_one_way_cut_stops_one_direction_only() -> None:
    """A cut link 0→1 leaves 1→0 open."""
    simulation = Simulation(topology("mesh", 2), Chatter)
    simulation.separate(LinkSeparation("one way", frozenset([(0, 1)])))
    rows = simulation.keep_records()
    simulation.run()
    assert {row.node for row in rows} == {0}


def test_sending_to_no_node_names_the_sender_and_the_range() -> None:
    """A protocol that addresses a node that does not exist, or itself, is told so, on small and large meshes."""

    class Lost(Protocol):
        target = 99

        def on_start(self) -> None:
            self.node.send(self.target, Datagram())

    for nodes in (3, 300):
        for target in (nodes, -1, 0):
            Lost.target = target
            with pytest.raises(
                ValueError, match=rf"node 0 sends to {target}: expected another node from 0 to {nodes - 1}"
            ):
                Simulation(topology("mesh", nodes), Lost).run()


@pytest.mark.parametrize(
    "off",
    [
        {"loss": 0.0},
        {"loss": {"kind": "gilbert-elliott", "enter_bad": 0.0, "leave_bad": 0.5}},
        {"reordering": {"probability": 0.0, "delay": "5ms"}},
        {"duplication": 0.0, "corruption": 0.0, "jitter": 0},
    ],
)
def test_faults_that_are_configured_but_off_take_the_fast_path_and_change_nothing(off) -> None:
    """What can never happen costs no draw: the run is the one without it, to the bit."""
    latency = {"kind": "exponential", "mean": "5ms"}
    plain, _ = burst(200, latency=latency)
    same, _ = burst(200, latency=latency, **off)
    assert same.network.plain
    assert same.digest() == plain.digest()


def test_a_fault_that_can_happen_never_takes_the_fast_path() -> None:
    """Each option that can touch a message keeps the network from skipping it."""
    on = [
        {"loss": 0.1},
        {"loss": {"kind": "gilbert-elliott", "enter_bad": 0.1, "leave_bad": 0.5}},
        {"reordering": {"probability": 0.1, "delay": "5ms"}},
        {"duplication": 0.1},
        {"corruption": 0.1},
        {"jitter": "1ms"},
        {"bandwidth": "1Mbit/s"},
        {"ordered": True},
    ]
    assert not any(burst(1, **options)[0].network.plain for options in on)


@pytest.mark.parametrize(("kind", "nodes"), [("line", 2), ("mesh", 300)])
def test_what_is_sent_into_a_partition_is_lost_also_when_it_heals_before_the_arrival(kind, nodes) -> None:
    """Of messages that take 20 ms, those sent across a cut from 5 to 15 ms never arrive, and the others do."""

    class Across(Protocol):
        def on_start(self) -> None:
            if self.node.id == 0:
                for time in (1, 10, 16):
                    self.node.set_timer(time, time * MILLISECOND)

        def on_timer(self, name: object) -> None:
            self.node.send(1, Datagram())

        def on_message(self, message) -> None:
            self.node.record("heard", sent_at=message.sent_at)

    simulation = Simulation(topology(kind, nodes), Across, network=NetworkConfig(latency="20ms"))
    rows = simulation.keep_records()
    separation = GroupSeparation("cut", [{0}])
    simulation.kernel.call_at(5 * MILLISECOND, simulation.separate, separation)
    simulation.kernel.call_at(15 * MILLISECOND, simulation.reunite, separation)
    simulation.run()
    assert [row.fields["sent_at"] // MILLISECOND for row in rows] == [1, 16]
    assert simulation.balance().outcomes == {"delivered": 2, "cut": 1}
