"""Faults of cores, and slow nodes: how much later work is done, and that all is as before once they are healed."""

from typing import Any

import pytest
from pydantic import ValidationError

from faults.core.slow_core import SlowCore, ThrottledCore
from faults.core.stalled_core import GarbageCollection, StalledCore
from faults.fault import Fault
from faults.liveness import Liveness
from faults.node.crash import Crash
from faults.node.pause import Pause
from faults.node.slow_node import SlowNode
from faults.random_plan import RandomPlan
from faults.registry import FAULTS
from sim.message import Message
from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.protocol import Protocol
from sim.randomness import Streams
from sim.records import Record
from sim.simulation import Simulation
from topologies.errors import InputError
from topologies.registry import build

MILLISECOND = 1_000_000
SECOND = 1_000_000_000


class Note:
    """A payload without content."""


class Telling(Protocol):
    """Node 0 tells its neighbours something every 10 ms and its handling; they record how late they come to it."""

    def on_start(self) -> None:
        if self.node.id == 0:
            self.node.set_timer("tell", 10 * MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.broadcast(Note())
        self.node.set_timer("tell", 10 * MILLISECOND)

    def on_message(self, message: Message) -> None:
        self.node.record("heard", late=self.node.now - message.sent_at - MILLISECOND)


def telling(*faults: Any, handling: int | None = MILLISECOND, until: int = 1_000) -> tuple[Simulation, list[Record]]:
    """A ring of four with links of 1 ms, run for so many milliseconds under these faults, and its records."""
    network = NetworkConfig(latency={"kind": "constant", "value": MILLISECOND})
    model = None if handling is None else ConstantLatency(value=handling)
    simulation = Simulation(
        build({"kind": "ring", "nodes": 4}), Telling, network=network, handling=model, faults=faults
    )
    rows = simulation.keep_records()
    simulation.run(until * MILLISECOND).conclude()
    assert simulation.balance().sums
    return simulation, rows


def late(rows: list[Record], begin: int, end: int, node: int = 1) -> list[int]:
    """How late (ns) a node came to what reached it between these milliseconds."""
    return [
        row.fields["late"]
        for row in rows
        if row.kind == "heard"
        and row.node == node
        and begin * MILLISECOND < row.time - row.fields["late"] <= end * MILLISECOND
    ]


def total(rows: list[Record]) -> dict[str, Any]:
    """What the first fault came to."""
    return next(row.fields for row in rows if row.kind == "fault" and row.fields["phase"] == "total")


def test_a_slow_core_takes_longer_until_it_is_healed() -> None:
    """At a quarter of its speed a core takes 4 ms for 1 ms of work, and 1 ms again afterwards; others do not."""
    _, rows = telling(SlowCore(target=1, speed=0.25, at=200 * MILLISECOND, heal_after=300 * MILLISECOND))
    assert set(late(rows, 0, 200)) == {MILLISECOND}
    assert set(late(rows, 205, 490)) == {4 * MILLISECOND}
    assert set(late(rows, 505, 990)) == {MILLISECOND}
    assert set(late(rows, 0, 990, node=3)) == {MILLISECOND}
    heard = [row.time // MILLISECOND for row in rows if row.kind == "heard" and row.node == 1]
    assert total(rows)["touched"] == sum(200 < time <= 500 for time in heard) == 27


def test_slow_cores_multiply_and_are_undone_singly() -> None:
    """Half of half the speed is a quarter; when the first is healed, a half is left."""
    first = SlowCore(target=1, speed=0.5, at=100 * MILLISECOND, heal_after=500 * MILLISECOND)
    second = SlowCore(target=1, speed=0.5, at=300 * MILLISECOND, heal_after=500 * MILLISECOND)
    _, rows = telling(first, second)
    whole = [set(late(rows, *span)) for span in ((110, 290), (310, 590), (610, 790), (810, 990))]
    assert whole == [{2 * MILLISECOND}, {4 * MILLISECOND}, {2 * MILLISECOND}, {MILLISECOND}]


def test_a_throttled_core_is_slow_in_the_stated_share_of_each_period() -> None:
    """Of each 100 ms the core takes ten times as long in the last 40 ms, and its usual time in the first 60."""
    fault = ThrottledCore(
        target=1, speed=0.2, period=100 * MILLISECOND, share=0.4, at=100 * MILLISECOND, heal_after=500 * MILLISECOND
    )
    _, rows = telling(fault)
    for period in range(100, 600, 100):
        assert set(late(rows, period + 1, period + 58)) == {MILLISECOND}
        assert set(late(rows, period + 61, period + 95)) == {5 * MILLISECOND}
    assert set(late(rows, 601, 990)) == {MILLISECOND}


@pytest.mark.parametrize("handling", [None, MILLISECOND])
def test_a_stalled_core_lets_everything_wait(handling: int | None) -> None:
    """For 100 ms nothing is heard, with or without cores; then all ten notes are, in their order, and none is lost."""
    fault = StalledCore(target=1, at=200 * MILLISECOND, heal_after=100 * MILLISECOND)
    simulation, rows = telling(fault, handling=handling)
    times = [row.time // MILLISECOND for row in rows if row.kind == "heard" and row.node == 1]
    usual = [row.time // MILLISECOND for row in telling(handling=handling)[1] if row.kind == "heard" and row.node == 1]
    assert not [time for time in times if 203 <= time < 300]
    assert len(times) == len(usual)
    assert times[-50:] == usual[-50:]
    assert total(rows)["touched"] == 10
    assert simulation.nodes[1].life == "up"


def test_after_its_fault_a_node_without_a_core_has_none_again() -> None:
    """A stall and a slow node give a core for as long as they last; the node is then on its fast path again."""
    stall = StalledCore(target=1, at=200 * MILLISECOND, heal_after=100 * MILLISECOND)
    slow = SlowNode(target=1, extra=MILLISECOND, at=400 * MILLISECOND, heal_after=105 * MILLISECOND)
    simulation, _ = telling(stall, slow, handling=None)
    assert simulation.nodes[1].processor is None
    assert not simulation.nodes[1].guarded


def test_a_slow_node_takes_extra_time_where_handling_takes_none() -> None:
    """Each message takes 3 ms more while the fault lasts, and nothing before and after."""
    fault = SlowNode(target=1, extra=3 * MILLISECOND, at=200 * MILLISECOND, heal_after=300 * MILLISECOND)
    _, rows = telling(fault, handling=None)
    whole = [set(late(rows, *span)) for span in ((0, 200), (205, 490), (505, 990))]
    assert whole == [{0}, {3 * MILLISECOND}, {0}]
    assert total(rows)["touched"] == 30


def test_what_waits_for_a_slow_node_is_handled_at_once_when_it_is_healed() -> None:
    """Each message takes 40 ms and one comes every 10: all that wait at the heal are handled within one such time."""
    fault = SlowNode(target=1, extra=40 * MILLISECOND, at=200 * MILLISECOND, heal_after=300 * MILLISECOND)
    _, rows = telling(fault, handling=None)
    assert max(late(rows, 200, 490)) > 100 * MILLISECOND
    assert all(late(rows, at, at + 10)[0] <= (541 - at) * MILLISECOND for at in range(201, 530, 10))
    assert set(late(rows, 541, 990)) == {0}


def test_garbage_is_collected_at_the_stated_intervals() -> None:
    """Pauses of 25 ms, each 75 ms after the last: what comes in one waits for its end, what comes between does not."""
    fault = GarbageCollection(
        target=1, every=75 * MILLISECOND, pause=25 * MILLISECOND, at=100 * MILLISECOND, heal_after=400 * MILLISECOND
    )
    _, rows = telling(fault, handling=None)
    for end in range(200, 501, 100):
        waited = late(rows, end - 25, end)
        assert all(0 < each <= 25 * MILLISECOND for each in waited)
        assert len(waited) == 2
        assert set(late(rows, end - 99, end - 26)) == {0}
    assert set(late(rows, 501, 990)) == {0}
    assert total(rows)["touched"] == 2 * 4


def test_the_liveness_phase_heals_cores_of_its_core_alone() -> None:
    """Of two nodes that stall, the one in the core of the phase goes on, the other does not."""
    stall = StalledCore(target=[1, 3], at=200 * MILLISECOND)
    _, rows = telling(stall, Liveness(at=400 * MILLISECOND, core=[0, 1], within=SECOND))
    assert late(rows, 450, 990, node=1)
    assert not late(rows, 450, 990, node=3)


@pytest.mark.parametrize("order", [1, -1])
def test_a_pause_and_a_stall_overlap(order: int) -> None:
    """A node that is paused and stalled works again when both are over, whichever ends first."""
    stall = StalledCore(target=1, at=200 * MILLISECOND, heal_after=(300 + 100 * order) * MILLISECOND)
    pause = Pause(target=1, at=250 * MILLISECOND, resume_after=(250 - 100 * order) * MILLISECOND)
    _, rows = telling(stall, pause, handling=None)
    times = [row.time // MILLISECOND for row in rows if row.kind == "heard" and row.node == 1]
    assert not [time for time in times if 202 <= time < 600]
    assert len([time for time in times if time == 600]) > 30


def test_a_stall_outlives_a_crash() -> None:
    """A node that restarts while its core stands still handles nothing until that is healed; the balance holds."""
    stall = StalledCore(target=1, at=200 * MILLISECOND, heal_after=400 * MILLISECOND)
    crash = Crash(target=1, at=300 * MILLISECOND, restart_after=100 * MILLISECOND)
    simulation, rows = telling(stall, crash)
    times = [row.time // MILLISECOND for row in rows if row.kind == "heard" and row.node == 1]
    assert not [time for time in times if 203 <= time < 600]
    assert simulation.balance().outcomes["crashed"] == 10 + 9  # waiting at the crash, and come while it was down


@pytest.mark.parametrize("kind", ["slow-core", "throttled-core"])
def test_a_slow_core_needs_cores(kind: str) -> None:
    """Where handling takes no time the fault is refused, with what to do instead, and no random plan has it."""
    fault: Fault = FAULTS[kind].config(target=1, speed=0.5, at=SECOND)  # type: ignore[call-arg]
    with pytest.raises(InputError, match=r"handling.*slow-node"):
        telling(fault, handling=None)
    for seed in range(20):
        plan = RandomPlan(layers=("core", "node"), most=20)
        topology, stream = build({"kind": "ring", "nodes": 4}), Streams(seed).stream("plan")
        drawn = plan.draw(topology, Telling, SECOND, None, stream, has_cores=False)
        assert kind not in {fault.kind for fault in drawn}


def test_core_faults_with_their_defaults_are_off() -> None:
    """A speed of one, no pauses, and no extra time: the faults never begin."""
    faults = (
        SlowCore(target=1, at=1),
        ThrottledCore(target=1, at=1),
        GarbageCollection(target=1, every=SECOND, at=1),
        SlowNode(target=1, at=1),
    )
    assert all(fault.is_off for fault in faults)
    assert telling(*faults)[1][-1].fields["strike"] == 0


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("slow-core", {"speed": 0.0}, "greater than or equal"),
        ("slow-core", {"speed": 1.5}, "less than or equal"),
        ("throttled-core", {"speed": 0.5, "share": 1.0}, "as of slow-core"),
        ("throttled-core", {"speed": 0.5, "share": 0.0}, "as of slow-core"),
        ("garbage-collection", {"pause": "1s"}, "every"),
        ("garbage-collection", {"pause": "1", "every": "1s"}, "no unit"),
        ("slow-node", {"extra": {"kind": "uniform", "low": "2s", "high": "1s"}}, "high"),
    ],
)
def test_wrong_options_are_refused(kind: str, options: dict[str, Any], expected: str) -> None:
    """What a fault cannot be is refused where it is made, with what was expected."""
    with pytest.raises((InputError, ValidationError), match=expected):
        FAULTS[kind].config(target=1, at=SECOND, **options)  # type: ignore[arg-type]
