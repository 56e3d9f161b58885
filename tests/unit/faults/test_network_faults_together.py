"""Faults that meet on one link leave each other's chance as it is, and claim no message that another has ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

import murmur
from faults.drawing import Drawing
from faults.fault import Fault
from faults.network.kinds import KINDS
from sim.network.config import NetworkConfig
from sim.protocol import Protocol
from sim.protocols.registry import PROTOCOLS
from sim.randomness import Streams
from sim.simulation import Simulation
from sim.units import MILLISECOND
from topologies.registry import build


@dataclass(frozen=True)
class Addressed:
    """A payload that says whom it is for, and its number."""

    destination: int
    number: int


class Rounds(Protocol):
    """Sends to all others in turn, one each millisecond, over several hops where they are no neighbours."""

    payloads = (Addressed,)

    def on_start(self) -> None:
        self.number = 0
        self.node.set_timer("next", MILLISECOND)

    def on_timer(self, name: object) -> None:
        node = self.node
        self.number += 1
        others = [other for other in range(node.population) if other != node.id]
        to = others[self.number % len(others)]
        node.send(to, Addressed(to, self.number))
        node.set_timer("next", MILLISECOND)

    def on_message(self, message: Any) -> None:
        self.node.record("got", destination=message.payload.destination, number=message.payload.number)


def simulated(*faults: Fault, kind: str = "line", nodes: int = 2, until: int = 400, **options: Any) -> Simulation:
    """A run of so many milliseconds under these faults."""
    simulation = Simulation(build({"kind": kind, "nodes": nodes}), Rounds, faults=faults, seed=3, **options)
    return simulation.run(until * MILLISECOND).conclude()


def drawn(kind: str, **fields: Any) -> Fault:
    """A fault of this kind with drawn options, on all links."""
    topology = build({"kind": "line", "nodes": 2})
    options = KINDS[kind].config.drawn(Drawing(Streams(5).stream("options"), topology, Rounds, 100 * MILLISECOND, 1))
    assert options is not None
    return murmur.fault(kind, **{**options, "links": "all", "heal_after": "100ms", "name": "it", **fields})


def draws(simulation: Simulation) -> dict[str, int]:
    """The state of each stream of the fault that is called `it`."""
    streams = simulation.streams._streams
    return {name: stream.state for name, stream in streams.items() if "/it/" in name}


CASES = [
    *((kind, {}) for kind in KINDS),
    ("corruption", {"mode": "delivered"}),
    ("flapping", {"by_chance": True}),
    ("hold", {"release": "shuffled"}),
]


@pytest.mark.parametrize(("kind", "fields"), CASES, ids=str)
@pytest.mark.parametrize("before", [True, False])
def test_a_fault_draws_the_same_whatever_else_strikes_the_link(kind: str, fields: dict, before: bool) -> None:
    """A loss, a drop and a partition on the same link, before it or after it, change no draw of a fault."""
    times = {"when": {"strikes": [{"at": "50ms", "lasting": "100ms"}, {"at": "200ms", "lasting": "100ms"}]}}
    fault = drawn(kind, **times, **fields)
    at = "40ms" if before else "60ms"
    others = [
        murmur.fault("loss", probability=0.5, at=at, name="loss"),
        murmur.fault("drop", every=2, at=at, name="drop"),
        murmur.fault("partition", groups=[[0]], at="70ms", heal_after="20ms", name="partition"),
    ]
    assert draws(simulated(fault, *others)) == draws(simulated(fault))


@pytest.mark.parametrize(("kind", "fields"), [("correlated-loss", {}), ("flapping", {"by_chance": True})])
def test_the_second_strike_draws_its_own_times(kind: str, fields: dict) -> None:
    """A crash that silences the link in the first strike leaves the rounds of the second as they were."""
    times = {"when": {"strikes": [{"at": "50ms", "lasting": "100ms"}, {"at": "200ms", "lasting": "100ms"}]}}
    fault = drawn(kind, **times, **fields)
    crash = murmur.fault("crash", target="all", at="60ms", restart_after="100ms")

    def second(*faults: Fault) -> int:
        simulation = Simulation(build({"kind": "line", "nodes": 2}), Rounds, faults=faults, seed=3)
        simulation.run(299 * MILLISECOND)
        return next(stream.state for name, stream in simulation.streams._streams.items() if name.endswith("/2"))

    assert second(fault, crash) == second(fault)


@pytest.mark.parametrize("kind", ["star", "ring", "mesh"])
def test_what_comes_again_reaches_whom_it_was_for(kind: str) -> None:
    """Old messages and copies go to their own destination, where links carry messages for others as well."""
    again = [murmur.fault("replay", probability=0.5, at=0), murmur.fault("duplication", probability=0.5, at=0)]
    simulation = Simulation(build({"kind": kind, "nodes": 6}), Rounds, faults=again)
    rows = simulation.keep_records()
    simulation.run(200 * MILLISECOND).conclude()
    got = [row for row in rows if row.kind == "got"]
    assert all(row.node == row.fields["destination"] for row in got)
    assert len(got) > 1.5 * 6 * 190
    assert simulation.balance().sums


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("delay-ramp", "flapping")])
def test_a_fault_claims_no_message_that_a_partition_stops(kind: str) -> None:
    """While a partition parts the two nodes, a fault on their link has touched nothing: the partition has all."""
    apart = murmur.fault("partition", groups=[[0]], at=0)
    simulation = simulated(apart, drawn(kind, at="50ms"))
    partition, it = simulation.injector.armed
    assert it.strikes == 1
    assert it.touched == 0
    assert partition.touched == simulation.balance().outcomes["cut"] == 2 * 399


def test_two_losses_share_out_what_they_lose() -> None:
    """Each lost message is claimed by one of two losses: together they claim all that were lost."""
    losses = [murmur.fault("loss", probability=0.5, at=0, name=name) for name in ("one", "two")]
    simulation = simulated(*losses, until=2_000)
    claimed = [armed.touched for armed in simulation.injector.armed]
    assert sum(claimed) == simulation.balance().outcomes["lost"]
    assert min(claimed) > 0


def test_what_two_faults_hold_goes_on_when_the_first_to_hold_it_lets_go() -> None:
    """A clog within a hold: a message is held by the one that began first, and arrives once that one is over."""
    hold = murmur.fault("hold", at="10ms", heal_after="50ms", name="hold")
    clog = murmur.fault("clog", at="20ms", heal_after="100ms", name="clog")
    simulation = Simulation(build({"kind": "line", "nodes": 2}), Rounds, faults=[hold, clog])
    rows = simulation.keep_records()
    simulation.run(100 * MILLISECOND)
    assert simulation.balance().sums
    assert simulation.balance().in_flight >= 2 * 39  # what was sent since the hold ended waits for the clog
    simulation.run(200 * MILLISECOND).conclude()
    got = [(row.fields["number"], row.time // MILLISECOND) for row in rows if row.kind == "got" and row.node == 1]
    arrived = dict(got)
    assert [arrived[number] for number in (5, 30, 59, 60, 119, 130)] == [6, 61, 61, 121, 121, 131]
    assert len(got) == len(arrived)


def test_a_ramp_without_a_rise_fills_the_life_of_its_strike() -> None:
    """Of a strike of 200 ms half of the peak is reached after 100 ms, and nearly all of it at the end."""
    ramp = murmur.fault("delay-ramp", peak="80ms", at=0, heal_after="200ms")
    network = NetworkConfig(latency="1ms")
    simulation = Simulation(build({"kind": "line", "nodes": 2}), Rounds, faults=[ramp], network=network)
    rows = simulation.keep_records()
    simulation.run(400 * MILLISECOND)
    late = {
        row.fields["number"]: row.time - (row.fields["number"] + 1) * MILLISECOND for row in rows if row.kind == "got"
    }
    assert [late[number] for number in (50, 100, 150, 199, 250)] == [20_000_000, 40_000_000, 60_000_000, 79_600_000, 0]


def test_a_good_state_that_loses_more_than_the_bad_is_refused() -> None:
    """The states of burst loss are told apart by how much they lose."""
    with pytest.raises(murmur.InputError, match=r"loss_good: found 0\.5, more than loss_bad, 0\.2"):
        murmur.fault("burst-loss", enter_bad=0.1, leave_bad=0.1, loss_good=0.5, loss_bad=0.2, at=0)


@pytest.mark.parametrize(("kind", "place"), [("drop", {"every": 1}), ("silent", {"target": 0})])
def test_a_kind_of_message_that_nobody_sends_is_refused(kind: str, place: dict) -> None:
    """A name that is none of the protocol's payloads is told before the run, with the nearest that is."""
    murmur.fault(kind, at=0, messages=["Addressed"], **place)
    with pytest.raises(murmur.InputError, match=r"found 'Adressed', which .* does not send.*did you mean 'Addressed'"):
        simulated(murmur.fault(kind, at=0, messages=["Addressed", "Adressed"], **place))


UPDATES = {"kind": "updates", "rate": "2/s", "keys": 3, "until": "10s"}
ASKED = {"workload": {"kind": "requests", "rate": "1/s"}}
SYSTEMS: list[dict[str, Any]] = [
    {"protocol": {"kind": "gossip", "exchange": "push"}, "workload": UPDATES},
    {"protocol": {"kind": "gossip", "exchange": "pull"}, "workload": UPDATES},
    {
        "protocol": {"kind": "gossip", "exchange": "push-pull", "stop": "feedback-coin", "connection_limit": 1},
        "workload": UPDATES,
    },
    {"protocol": {"kind": "gossip", "spread": "anti-entropy", "exchange": "push-pull"}, "workload": UPDATES},
    {"protocol": {"kind": "averaging"}},
    {"protocol": {"kind": "attractor", "duty": {"kind": "batch"}}, **ASKED},
    {"protocol": {"kind": "attractor", "duty": {"kind": "connect"}, "strategy": {"kind": "pulse"}}},
    {"protocol": {"kind": "kuramoto"}},
    {"protocol": {"kind": "timetable", "schedule": "central", "duty": {"kind": "batch", "server": 1}}, **ASKED},
    {"protocol": {"kind": "timetable", "duty": {"kind": "connect"}}},
    {"protocol": {"kind": "phase-coordinator"}},
    {"protocol": {"kind": "clock-averaging"}},
    {"protocol": {"kind": "voter", "ones": 3}},
    {
        "protocol": {"kind": "task-server"},
        "hardware": {"cores": 2},
        "workload": {"kind": "jobs", "arrivals": {"kind": "poisson", "rate": "5/s"}, "work": "1s"},
    },
    {"protocol": {"kind": "sir"}, "workload": UPDATES},
    {"protocol": {"kind": "pipeline", "items": 20}},
    {"protocol": {"kind": "restart-herd", "workers": 2}},
    {  # one node joins, another leaves, and keys go with them
        "protocol": {"kind": "sharded-store", "members": 7},
        "workload": {
            "kind": "register",
            "rate": "20/s",
            "administration": [{"at": "2s", "add": [7]}, {"at": "6s", "remove": [3]}],
        },
    },
    {  # authorities agree, and writes of a holder that has given its lease back come late
        "protocol": {"kind": "lease", "authorities": 3, "hold": "300ms", "rest": "50ms", "uses": "40/s"},
        "faults": [{"kind": "delay", "links": {"source": 5, "destination": 3}, "extra": "700ms", "at": "2s"}],
    },
    {  # what is lost is supplied by those that compare
        "protocol": {"kind": "broadcast"},
        "workload": UPDATES,
        "faults": [{"kind": "loss", "probability": "40%", "at": "2s", "heal_after": "5s"}],
    },
    {  # who was down catches up by a snapshot, and the leader hands over
        "protocol": {"kind": "raft", "snapshot_every": 10},
        "workload": {"kind": "register", "rate": "20/s", "administration": [{"at": "10s", "transfer": "anyone"}]},
        "faults": [{"kind": "crash", "target": {"role": "follower", "random": 1}, "at": "2s", "restart_after": "5s"}],
    },
    {  # the coordinator is away, another takes over, and it comes back to what it has missed
        "protocol": {"kind": "coordinator", "failover": True},
        "workload": {"kind": "register", "rate": "20/s"},
        "faults": [{"kind": "crash", "target": 0, "at": "2s", "restart_after": "5s"}],
    },
    {  # renewals tell a backup of writes that were lost, and another takes over from a primary that is away
        "protocol": {"kind": "primary-backup"},
        "workload": {"kind": "register", "rate": "20/s"},
        "faults": [
            {"kind": "loss", "probability": "10%", "at": "2s", "heal_after": "5s"},
            {"kind": "crash", "target": "leader", "at": "9s", "restart_after": "5s"},
        ],
    },
]


@pytest.mark.parametrize("name", [name for name, kind in PROTOCOLS.items() if "payloads" in vars(kind.protocol)])
def test_each_protocol_says_what_it_sends(name: str) -> None:
    """All payloads of runs of each protocol of the library are among those that it declares, and all are sent."""
    said = PROTOCOLS[name].protocol.payloads
    assert said is not None
    sent: set[type] = set()
    for system in (system for system in SYSTEMS if system["protocol"]["kind"] == name):
        scenario = {"name": "a", "duration": "20s", "topology": {"kind": "mesh", "nodes": 8}, **system}
        sent |= set(murmur.run(scenario).simulation.recorder.kinds)
    assert sent == set(said)
