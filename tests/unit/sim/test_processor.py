"""Processors: tasks on several cores, threads that wait, distances, speeds that scale, and what nodes compute."""

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.hardware.config import HardwareConfig, format_frequency, parse_frequency
from sim.hardware.processor import Processor
from sim.hardware.scaling import Scaling, ScalingConfig
from sim.hardware.task import WAIT, Task, Thread
from sim.hardware.transfer import Transfer
from sim.kernel import Kernel
from sim.message import Message
from sim.protocol import Protocol
from sim.protocols.attractor.integrated.kuramoto import Kuramoto
from sim.protocols.raft.messages import Vote
from sim.protocols.raft.raft import Raft
from sim.protocols.task_server.task_server import TaskServer
from sim.randomness import Stream
from sim.simulation import Simulation
from topologies.errors import InputError
from topologies.registry import build

MILLISECOND = 1_000_000


def processor_of(*speeds: float, sockets: int = 1) -> tuple[Kernel, Processor, list[tuple[int, Any]]]:
    """A processor with cores of these speeds, and a list of when which task was done."""
    kernel = Kernel()
    return kernel, Processor(kernel, speeds or (1.0,), sockets), []


def test_several_cores_serve_at_the_same_time() -> None:
    """Of five tasks of 10 ns on two cores, two each end at 10 and 20 ns, and one at 30."""
    kernel, processor, done = processor_of(1.0, 1.0)
    for name in "abcde":
        processor.submit(lambda name: done.append((kernel.now, name)), name, work=10)
    kernel.run()
    assert done == [(10, "a"), (10, "b"), (20, "c"), (20, "d"), (30, "e")]
    assert [core.busy for core in processor.cores] == [30, 20]
    assert processor.is_idle


def test_a_slow_core_takes_longer() -> None:
    """Of two equal tasks the one on the core of a quarter of the speed takes four times as long."""
    kernel, processor, done = processor_of(1.0, 0.25)
    for name in "ab":
        processor.submit(lambda name: done.append((kernel.now, name)), name, work=10)
    kernel.run()
    assert done == [(10, "a"), (40, "b")]


def test_only_the_cores_that_are_stopped_stand_still() -> None:
    """One of two cores is stopped in its task: all others are run by the second, and the task goes on afterwards."""
    kernel, processor, done = processor_of(1.0, 1.0)
    for name in "abcd":
        processor.submit(lambda name: done.append((kernel.now, name)), name, work=10)
    kernel.call_at(4, processor.some([0]).stop)
    kernel.call_at(100, processor.some([0]).go)
    kernel.run()
    assert done == [(10, "b"), (20, "c"), (30, "d"), (106, "a")]


def test_a_preempted_task_goes_on_where_it_was() -> None:
    """A task that is taken off after 4 of 10 ns needs 6 more."""
    kernel, processor, done = processor_of()
    processor.submit(lambda name: done.append((kernel.now, name)), "a", work=10)

    def preempt() -> None:
        task = processor.cores[0].preempt()
        kernel.call_at(50, processor.ready, task)

    kernel.call_at(4, preempt)
    kernel.run()
    assert done == [(56, "a")]
    assert processor.cores[0].busy == 10


def computing(log: list[Any], kernel: Kernel) -> Generator[Any, Any, str]:
    """A thread that computes, waits for a word, computes again and gives it back."""
    yield 10
    log.append(("waits", kernel.now))
    word = yield WAIT
    yield 5
    log.append((word, kernel.now))
    return str(word)


def test_a_thread_leaves_its_core_while_it_waits() -> None:
    """Another task runs while a thread waits, and the thread goes on at the end of that, with what woke it."""
    kernel, processor, log = processor_of()
    thread = Thread(processor, computing(log, kernel), "speaker").start()
    thread.on_end = lambda result: log.append(("over", result))
    kernel.call_at(12, lambda: processor.submit(log.append, "other", work=20))
    kernel.call_at(15, thread.wake, "word")
    kernel.run()
    assert log == [("waits", 10), "other", ("word", 32 + 5), ("over", "word")]
    assert thread.over
    assert not thread.wake()


def test_a_wake_that_comes_early_is_kept() -> None:
    """A thread that is woken while it computes does not wait: its WAIT gives the value at once."""
    kernel, processor, log = processor_of()
    thread = Thread(processor, computing(log, kernel)).start()
    kernel.call_at(5, thread.wake, "early")
    kernel.call_at(6, lambda: log.append(thread.wake("again")))
    kernel.run()
    assert log == [False, ("waits", 10), ("early", 15)]


def test_a_crash_ends_threads() -> None:
    """Threads that compute, wait in line, or wait to be woken are gone when all work is cleared, for good."""
    kernel, processor, log = processor_of()
    threads = [Thread(processor, computing(log, kernel)).start() for _ in range(3)]
    kernel.call_at(15, processor.clear)
    kernel.call_at(16, lambda: log.append([thread.wake("word") for thread in threads]))
    kernel.run()
    assert log == [("waits", 10), [False] * 3]
    assert processor.is_idle


def test_a_cancelled_thread_does_no_more() -> None:
    """Cancelled while it waits, a thread cannot be woken; cancelled in line, it ends when its turn comes."""
    kernel, processor, log = processor_of()
    first, second = (Thread(processor, computing(log, kernel)).start() for _ in range(2))
    kernel.call_at(15, first.cancel)
    kernel.call_at(16, second.cancel)
    kernel.run()
    assert log == [("waits", 10)]
    assert first.over
    assert second.over
    assert not first.wake()


def test_a_thread_that_another_cancels_on_its_core_does_no_more() -> None:
    """A thread that was taken off its core, and is cancelled by what runs there now, is not gone on with."""
    kernel, processor, log = processor_of()
    thread = Thread(processor, computing(log, kernel)).start()

    def take_over() -> None:
        core = processor.cores[0]
        preempted = core.preempt()
        core.start(Task(lambda _: thread.cancel(), None, 3))
        processor.ready(preempted)

    kernel.call_at(5, take_over)
    kernel.run()
    assert log == []
    assert thread.over


def test_a_thread_may_cancel_itself() -> None:
    """A thread that is cancelled by what it does ends at its next yield, and never comes back."""
    kernel, processor, log = processor_of()

    def suicidal() -> Any:
        yield 5
        thread.cancel()
        yield 5
        log.append("alive")

    thread = Thread(processor, suicidal()).start()
    kernel.run()
    assert log == []
    assert processor.is_idle


def test_distances_are_paid_where_a_task_moves() -> None:
    """A thread that goes on on a core of its own socket pays that distance, on another socket that one, else none."""
    kernel, processor, log = processor_of(1.0, 1.0, 1.0, 1.0, sockets=2)
    processor.transfers = Transfer(same_core=0, same_socket=40, other_socket=130)
    zero, one, two, _ = processor.cores
    assert [core.socket for core in processor.cores] == [0, 0, 1, 1]
    assert [processor.transfer(zero, core) for core in (zero, one, two)] == [0, 40, 130]
    thread = Thread(processor, computing(log, kernel)).start()
    kernel.call_at(11, processor.cores[0].stop)
    kernel.call_at(20, thread.wake, "moved")
    kernel.run()
    assert log == [("waits", 10), ("moved", 20 + 40 + 5)]


def test_the_governor_follows_the_load() -> None:
    """A core that is always busy goes to full speed after a period, one that rests goes back to the lowest level."""
    kernel, processor, done = processor_of()
    processor.scaling = Scaling(processor, ScalingConfig(levels=(0.5, 1.0), period=100))
    for name in "abc":
        processor.submit(lambda name: done.append((kernel.now, name)), name, work=100)
    kernel.run()
    assert done == [(100 + 50, "a"), (250, "b"), (350, "c")]  # 50 of the first 100 at half speed, then all at full
    assert processor.scaling.level(processor.cores[0]) == 0.5
    assert kernel.now == 500  # the governor rests too


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), min_size=1, max_size=25),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 2), st.sampled_from([0.5, None])), max_size=8),
)
def test_no_core_is_idle_while_a_task_waits(pieces: list[tuple[int, int]], changes: list[tuple[int, int, Any]]) -> None:
    """Whatever slows or stops cores: each task runs once, takes its work, and none waits while a core is free."""
    kernel, processor, done = processor_of(1.0, 1.0, 1.0)

    def give(number: int) -> None:
        processor.submit(lambda number: done.append((kernel.now, number)), number, work=pieces[number][1])

    for number, (at, _) in enumerate(pieces):
        kernel.call_at(at, give, number)
    for time, core, speed in changes:
        some = processor.some([core])
        kernel.call_at(time, *((some.stop,) if speed is None else (some.slow, speed)))
        kernel.call_at(time + 50, *((some.go,) if speed is None else (some.unslow, speed)))
    while kernel.peek() != float("inf"):
        kernel.step()
        free = any(core.free for core in processor.cores)
        assert not (free and processor.scheduler.queued())
        assert processor.free == sum(1 << core.number for core in processor.cores if core.free)
    assert sorted(number for _, number in done) == list(range(len(pieces)))
    assert all(time >= pieces[number][0] + pieces[number][1] for time, number in done)


class Computing(Protocol):
    """Computes at the start as a call and, as the second node, for cycles."""

    records = ("computed",)

    def on_start(self) -> None:
        self.node.compute(10_000, self._done, "call")
        self.node.compute(0, self._done, "cycles", cycles=3_000)

    def _done(self, what: Any) -> None:
        self.node.record("computed", what=what)

    def on_message(self, message: Message) -> None:
        raise AssertionError


class Waiting(Protocol):
    """Waits for its own computing, as a process."""

    def run(self) -> Generator[Any, Any, None]:
        yield self.node.compute(10_000)
        self.node.record("computed", what="process")


def computed(protocol: type[Protocol], *hardware: HardwareConfig, crash: bool = False) -> list[tuple[int, int | None]]:
    """When which node had computed something, on two nodes."""
    simulation = Simulation(build({"kind": "ring", "nodes": 3}), protocol, hardware=hardware)
    rows = simulation.keep_records()
    if crash:
        simulation.kernel.call_at(5_000, simulation.crash, 0)
    simulation.run(MILLISECOND)
    return [(row.time, row.node) for row in rows if row.kind == "computed"]


def test_computing_takes_time_on_cores_and_none_without() -> None:
    """Node 0 has a core of 1.5 GHz, node 1 none: 10 us and then 3,000 cycles of 2 us, or nothing."""
    hardware = HardwareConfig(frequency=1_500_000_000, nodes=(0,))
    found = computed(Computing, hardware)
    assert [time for time, node in found if node == 0] == [10_000, 12_000]
    assert [time for time, node in found if node == 1] == [0, 0]


def test_a_process_waits_for_what_it_computes() -> None:
    """A protocol that is a process goes on when its core is done, and at once where it has none."""
    assert computed(Waiting, HardwareConfig(nodes=(1,))) == [(0, 0), (0, 2), (10_000, 1)]


def test_a_crash_takes_computing_back() -> None:
    """What a node computes when it crashes never ends."""
    assert [node for _, node in computed(Computing, HardwareConfig(nodes=(0,)), crash=True)] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"cores": 2, "speeds": [1.0]}, "1 speeds for 2 cores"),
        ({"cores": 2, "sockets": 3}, "3 sockets for 2 cores"),
        ({"frequency": "fast"}, "such as 3GHz"),
        ({"frequency": "0GHz"}, "from 1kHz"),
        ({"frequency": "nanGHz"}, "from 1kHz"),
        ({"scheduler": {"kind": "fif"}}, "did you mean fifo"),
        ({"scheduler": 3}, "expected a scheduler"),
        ({"scaling": {"levels": [1.0, 0.5]}}, "ascending"),
        ({"costs": {"message": {"kind": "cycles"}}}, "cycles"),
    ],
)
def test_hardware_that_cannot_be_is_refused(options: dict[str, Any], expected: str) -> None:
    """What hardware cannot be is refused where it is described, with what was expected."""
    with pytest.raises((InputError, ValidationError), match=expected):
        HardwareConfig(**options)


def test_costs_of_messages_that_nobody_sends_are_refused() -> None:
    """A misspelt kind of message would cost nothing in silence: it is refused with the nearest that there is."""
    hardware = HardwareConfig(costs={"by_message": {"AppendEntrie": "1ms"}})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="did you mean 'AppendEntries'") as raised:
        Simulation(build({"kind": "mesh", "nodes": 3}), Raft, hardware=[hardware])
    assert raised.value.path == ("hardware", "costs", "by_message", "AppendEntrie")
    with pytest.raises(InputError, match="does not send; it sends none"):
        Simulation(build({"kind": "mesh", "nodes": 3}), TaskServer, hardware=[hardware])


def test_what_moves_all_nodes_together_has_no_cores() -> None:
    """Cores would mean nothing to a swarm that is integrated as a whole, so they are refused."""
    with pytest.raises(InputError, match="moves all nodes together"):
        Simulation(build({"kind": "mesh", "nodes": 3}), Kuramoto, hardware=[HardwareConfig()])


@given(st.integers(1_000, 10**12))
def test_a_frequency_reads_as_it_is_written(cycles: int) -> None:
    """Every frequency has a text that gives it back, with the largest unit below it."""
    assert parse_frequency(format_frequency(cycles)) == cycles
    assert format_frequency(2_400_000_000) == "2.4GHz"


def test_priorities_decide_who_waits() -> None:
    """Of what waits for the one core, votes go first, then what is not named, then requests and the slow actor."""
    hardware = HardwareConfig.model_validate(
        {
            "scheduler": "priority",
            "priorities": {"request": 2, "by_message": {"Vote": -1}, "by_name": {"slow": 1}},
            "costs": {"request": "10ns"},
        }
    )
    kernel, done = Kernel(), []
    processor = hardware.build(kernel, Stream(1), Stream(2), lambda *_, **__: None)

    def acting(name: str) -> Generator[Any, Any, None]:
        done.append(name)
        yield 1

    processor.submit(done.append, "first", work=5)
    processor.submit(done.append, "request", sort="request")
    Thread(processor, acting("slow"), "slow").start()
    processor.submit(done.append, "timer", work=5, sort="timer")
    vote = Message(0, 1, Vote(1, True), 0, 0, 0)
    processor.submit(lambda _: done.append("vote"), vote, work=5, sort="message")
    kernel.run()
    assert done == ["first", "vote", "timer", "slow", "request"]


@pytest.mark.parametrize(
    ("priorities", "scheduler", "expected"),
    [
        ({"request": 1}, "fifo", "does not look at"),
        ({"request": 1}, "work-stealing", "does not look at"),
        ({"request": 1_001}, "priority", "less than or equal to 1000"),
    ],
)
def test_priorities_that_nobody_looks_at_are_refused(priorities: dict[str, int], scheduler: str, expected: str) -> None:
    """Priorities beside a scheduler without any would do nothing in silence."""
    with pytest.raises((InputError, ValidationError), match=expected):
        HardwareConfig.model_validate({"priorities": priorities, "scheduler": scheduler})
    assert HardwareConfig.model_validate({"scheduler": {"kind": "work-stealing", "priorities": True}, "priorities": {}})
