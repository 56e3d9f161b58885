"""Cores: work is served in order, in the time that it costs, at the speed of the moment."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faults.fault import Fault
from faults.node.crash import Crash
from faults.node.pause import Pause
from sim.hardware.processor import Processor
from sim.kernel import Kernel
from sim.message import Message
from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency, ExponentialLatency
from sim.protocol import Protocol
from sim.records import Record
from sim.simulation import Simulation
from topologies.registry import build

MILLISECOND = 1_000_000


def core_with(cost: int) -> tuple[Kernel, Processor, list[tuple[int, Any]]]:
    """A core on which each piece costs so many nanoseconds, and a list of when which piece was done."""
    kernel = Kernel()
    core = Processor(kernel)
    core.costs.append(lambda: cost)
    return kernel, core, []


def submit(kernel: Kernel, core: Processor, done: list[tuple[int, Any]], *names: str) -> None:
    """Submit pieces that note when they are done."""
    for name in names:
        core.submit(lambda name: done.append((kernel.now, name)), name)


def test_work_is_served_in_order() -> None:
    """Three pieces of 10 ns that come at once are done at 10, 20 and 30 ns."""
    kernel, core, done = core_with(10)
    submit(kernel, core, done, "a", "b", "c")
    kernel.run()
    assert done == [(10, "a"), (20, "b"), (30, "c")]
    assert core.served == 3
    assert core.is_idle


def test_work_costs_what_holds_at_its_turn() -> None:
    """Three pieces come while one costs 10 ns; from 5 ns on it costs 1: the first takes its 10, the others 1 each."""
    kernel, core, done = core_with(10)
    submit(kernel, core, done, "a", "b", "c")
    kernel.call_at(5, setattr, core, "costs", [lambda: 1])
    kernel.run()
    assert done == [(10, "a"), (11, "b"), (12, "c")]


def test_work_in_service_follows_the_speed() -> None:
    """At half speed from 4 ns on, the rest of 6 ns takes 12; at full speed again, the rest of that takes its half."""
    kernel, core, done = core_with(10)
    submit(kernel, core, done, "a", "b")
    kernel.call_at(4, core.slow, 0.5)
    kernel.call_at(24, core.unslow, 0.5)
    kernel.run()
    assert done == [(16, "a"), (24 + 6, "b")]


def test_a_stopped_core_goes_on_where_it_was() -> None:
    """Two stops that overlap from 4 to 54 ns delay what is in service by 50 ns."""
    kernel, core, done = core_with(10)
    submit(kernel, core, done, "a")
    for time, action in ((4, core.stop), (20, core.stop), (30, core.go), (54, core.go)):
        kernel.call_at(time, action)
    kernel.run()
    assert done == [(60, "a")]


def test_a_wait_goes_before_all_else_at_any_speed() -> None:
    """A wait of 100 ns holds up what is in service and what waits, and what was put off is done at its end."""
    kernel, core, done = core_with(10)
    submit(kernel, core, done, "a", "b")

    def hold_up() -> None:
        core.slow(0.1)
        core.wait(100)
        core.put_off(lambda: done.append((kernel.now, "put off")))
        assert core.held_up_for == 100

    kernel.call_at(5, hold_up)
    kernel.call_at(105, core.unslow, 0.1)
    kernel.run()
    assert done == [(105, "put off"), (110, "a"), (120, "b")]


def test_work_that_costs_nothing_is_done_at_once() -> None:
    """An idle core without costs carries out what it is given, with no event of the kernel."""
    kernel, core, done = core_with(0)
    submit(kernel, core, done, "a", "b")
    assert done == [(0, "a"), (0, "b")]
    assert kernel.events_processed == 0


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 40)), min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 600), st.sampled_from([0.25, 0.5, None])), max_size=6),
)
def test_no_work_is_lost_and_none_overtakes(pieces: list[tuple[int, int]], changes: list[tuple[int, Any]]) -> None:
    """Whatever slows or stops a core for a while, every piece is done once, in the order they came, and not early."""
    kernel = Kernel()
    core = Processor(kernel)
    done: list[tuple[int, int]] = []
    order = sorted(range(len(pieces)), key=lambda number: pieces[number][0])
    costs = iter([pieces[number][1] for number in order])
    core.costs.append(lambda: next(costs))

    def give(number: int) -> None:
        core.submit(lambda number: done.append((kernel.now, number)), number)

    for number in order:
        kernel.call_at(pieces[number][0], give, number)
    for time, speed in changes:
        kernel.call_at(time, *((core.stop,) if speed is None else (core.slow, speed)))
        kernel.call_at(time + 50, *((core.go,) if speed is None else (core.unslow, speed)))
    kernel.run()
    assert [number for _, number in done] == order
    finished = 0
    for time, number in done:
        at, takes = pieces[number]
        assert time >= max(at, finished) + takes
        finished = time


class Note:
    """A payload without content."""


class Echoing(Protocol):
    """Sends a note to its neighbours every 10 ms, and records when it hears one."""

    def on_start(self) -> None:
        self.node.set_timer("send", 10 * MILLISECOND)

    def on_timer(self, name: object) -> None:
        self.node.broadcast(Note())
        self.node.set_timer("send", 10 * MILLISECOND)

    def on_message(self, message: Message) -> None:
        self.node.record("heard", source=message.source, sent_at=message.sent_at)


def echoing(handling: Any, *faults: Fault, until: int = 200, kind: str = "ring") -> tuple[Simulation, list[Record]]:
    """Six nodes whose links take 1 ms, run for so many milliseconds, and the records."""
    network = NetworkConfig(latency={"kind": "constant", "value": MILLISECOND})
    simulation = Simulation(
        build({"kind": kind, "nodes": 6}), Echoing, network=network, handling=handling, faults=faults
    )
    rows = simulation.keep_records()
    simulation.run(until * MILLISECOND).conclude()
    return simulation, rows


def test_a_handler_runs_at_the_end_of_its_service() -> None:
    """With 2 ms a piece, a timer of 10 ms acts at 12; its notes come at 13, and are heard at 15 and 17."""
    _, rows = echoing(ConstantLatency(value=2 * MILLISECOND), until=20)
    heard = [row.time // MILLISECOND for row in rows if row.kind == "heard" and row.node == 0]
    assert heard == [15, 17]


def test_a_core_without_cost_changes_nothing() -> None:
    """A run in which handling takes no time is the run without cores, to the digest."""
    assert echoing(ConstantLatency(value=0))[0].digest() == echoing(None)[0].digest()


@pytest.mark.parametrize("kind", ["ring", "star"])
def test_messages_at_a_core_balance(kind: str) -> None:
    """Under crashes and pauses, with cores that are too slow, every message is delivered, dropped, or waits."""
    faults = (
        Crash(target=[0, 1], at=50 * MILLISECOND, restart_after=30 * MILLISECOND),
        Pause(target=[2], at=40 * MILLISECOND, resume_after=60 * MILLISECOND),
        Pause(target=[3], at=60 * MILLISECOND),
        Crash(target=[3], at=90 * MILLISECOND, restart_after=50 * MILLISECOND),
    )
    simulation, _ = echoing(ExponentialLatency(mean=6 * MILLISECOND), *faults, kind=kind)
    balance = simulation.balance()
    assert balance.sums
    assert balance.waiting > 0
    assert balance.outcomes["crashed"] > 0
    assert balance.outcomes["delivered"] > 0


def test_what_waits_for_a_core_dies_with_a_crash() -> None:
    """Messages that a crashed node had not come to are dropped there; its timers are gone, and new ones count anew."""
    simulation, rows = echoing(
        ConstantLatency(value=50 * MILLISECOND), Crash(target=0, at=100 * MILLISECOND, restart_after=MILLISECOND)
    )
    assert simulation.nodes[0].dropped > 0
    assert simulation.balance().sums
    assert not [row for row in rows if row.kind == "heard" and row.node == 0 and 100 < row.time // MILLISECOND < 151]


def test_a_pause_stops_the_core() -> None:
    """Nothing is heard in a pause, and what was in service goes on after it where it was."""
    pause = Pause(target=0, at=14 * MILLISECOND, resume_after=100 * MILLISECOND)
    _, rows = echoing(ConstantLatency(value=2 * MILLISECOND), pause)
    heard = [row.time // MILLISECOND for row in rows if row.kind == "heard" and row.node == 0]
    assert heard[:2] == [115, 117]


def test_a_timer_that_waits_can_be_taken_back_or_set_anew() -> None:
    """A timer that is due but not yet served is gone once it is cancelled, and comes later once it is set again."""

    class Recalling(Protocol):
        def on_start(self) -> None:
            for name in ("first", "cancelled", "moved", "last"):
                self.node.set_timer(name, MILLISECOND)

        def on_timer(self, name: object) -> None:
            self.node.record("fired", name=str(name))
            if name == "first":
                self.node.cancel_timer("cancelled")
                self.node.set_timer("moved", 20 * MILLISECOND)

    simulation = Simulation(
        build({"kind": "ring", "nodes": 3}), Recalling, handling=ConstantLatency(value=5 * MILLISECOND)
    )
    rows = simulation.keep_records()
    simulation.run()
    fired = [(row.time // MILLISECOND, row.fields["name"]) for row in rows if row.node == 0]
    assert [name for _, name in fired] == ["first", "last", "moved"]
    assert fired[-1] == (31, "moved")


def test_a_process_waits_for_its_core_too() -> None:
    """A protocol that runs as a process receives each message at the end of its service."""

    class Listening(Protocol):
        def run(self) -> Any:  # type: ignore[override]
            if self.node.id == 0:
                self.node.broadcast(Note())
            while True:
                message = yield self.node.receive(timeout=30 * MILLISECOND)
                self.node.record("got", message=message is not None)

    network = NetworkConfig(latency={"kind": "constant", "value": MILLISECOND})
    handling = ConstantLatency(value=4 * MILLISECOND)
    simulation = Simulation(build({"kind": "ring", "nodes": 3}), Listening, network=network, handling=handling)
    rows = simulation.keep_records()
    simulation.run(50 * MILLISECOND)
    found = [(row.time // MILLISECOND, row.fields["message"]) for row in rows if row.node == 1]
    assert found == [(5, True), (5 + 30 + 4, False)]


def test_requests_wait_for_the_core() -> None:
    """Two requests at once are served one after the other, and a node that is down takes none."""

    class Answering(Protocol):
        def on_request(self, request: Any) -> None:
            self.node.record("served", request=request)

    simulation = Simulation(build({"kind": "ring", "nodes": 3}), Answering, handling=ConstantLatency(value=MILLISECOND))
    rows = simulation.keep_records()
    simulation.run(MILLISECOND)
    assert simulation.request(0, "a")
    assert simulation.request(0, "b")
    simulation.crash(1)
    assert not simulation.request(1, "c")
    simulation.run(10 * MILLISECOND)
    served = [(row.time // MILLISECOND, row.fields["request"]) for row in rows if row.kind == "served"]
    assert served == [(2, "a"), (3, "b")]
