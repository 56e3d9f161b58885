"""Mutexes and barriers: who waits for whom, for how long, and who goes first."""

from collections.abc import Generator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sim.hardware.shared.barrier import Barrier
from sim.hardware.shared.body import Body
from sim.hardware.shared.mutex import Mutex
from sim.hardware.task import WAIT, Thread
from tests.unit.sim.shared.threads import costs, machine, run, start, stream


def locking(mutex: Mutex, holds: int, log: list[tuple[str, int]], name: str = "", times: int = 1) -> Body:
    """A thread that holds a mutex so many nanoseconds each time, and notes when it has it."""

    def body(thread: Thread) -> Generator[Any, Any, None]:
        for _ in range(times):
            yield from mutex.acquire(thread)
            log.append((name, thread.processor.kernel.now))
            yield holds
            yield from mutex.release(thread)

    return body


def test_a_free_mutex_costs_what_the_table_says() -> None:
    """Locking and unlocking takes 500 ns, half before and half after what is done while it is held."""
    processor, log = machine(1), list[tuple[str, int]]()
    mutex = Mutex(costs(mutex=500), stream())
    assert run(processor, locking(mutex, 100, log)) == 600
    assert log == [("", 250)]
    assert mutex.holder is None


def test_a_mutex_is_handed_on_in_order() -> None:
    """Threads that find it taken have it one after the other, in the order in which they came."""
    processor, log = machine(4), list[tuple[str, int]]()
    mutex = Mutex(costs(mutex=20), stream())
    end = run(processor, *(locking(mutex, 100, log, name) for name in "abcd"))
    assert log == [("a", 10), ("b", 120), ("c", 230), ("d", 340)]
    assert (end, mutex.contended, mutex.parked) == (450, 3, 3)


def test_handing_off_a_mutex_makes_all_wait_for_the_waking() -> None:
    """With hand-off the mutex is held while its next holder wakes; without, the one that unlocks takes it again."""
    ends = {}
    for hands_off in (True, False):
        processor, mutex = machine(2), Mutex(costs(mutex=20, wake=1000), stream(), hands_off=hands_off)
        ends[hands_off] = run(processor, *(locking(mutex, 100, [], times=50) for _ in range(2)))
    assert ends[True] > 50 * 1000
    assert ends[False] < 50 * 400


def test_a_thread_spins_before_it_parks() -> None:
    """A thread that looks again for long enough gets the mutex without leaving its core."""
    processor, log = machine(2), list[tuple[str, int]]()
    mutex = Mutex(costs(spin=30, wake=1000), stream(), spin=200)
    run(processor, locking(mutex, 100, log, "a"), locking(mutex, 100, log, "b"))
    assert log == [("a", 0), ("b", 120)]
    assert (mutex.contended, mutex.parked) == (1, 0)


def test_a_spinning_thread_parks_in_the_end() -> None:
    """Where the holder takes longer than a thread may spin, it waits in the queue."""
    processor, log = machine(2), list[tuple[str, int]]()
    mutex = Mutex(costs(spin=30, wake=1000), stream(), spin=60)
    run(processor, locking(mutex, 500, log, "a"), locking(mutex, 100, log, "b"))
    assert log == [("a", 0), ("b", 1500)]
    assert mutex.parked == 1


@given(
    cores=st.integers(1, 4),
    held=st.lists(st.integers(0, 300), min_size=1, max_size=8),
    spin=st.sampled_from([0, 100]),
    hands_off=st.booleans(),
)
def test_a_mutex_excludes(cores: int, held: list[int], spin: int, hands_off: bool) -> None:
    """Whatever threads do on however many cores, never two hold it, and each gets it as often as it asked."""
    processor = machine(cores, same_socket=20)
    mutex = Mutex(costs(mutex=50, wake=70, spin=10), stream(), spin=spin, hands_off=hands_off)
    holding, times = [0], [0]

    def body(holds: int) -> Body:
        def work(thread: Thread) -> Generator[Any, Any, None]:
            for _ in range(3):
                yield from mutex.acquire(thread)
                holding[0] += 1
                assert holding[0] == 1
                yield holds
                holding[0] -= 1
                times[0] += 1
                yield from mutex.release(thread)

        return work

    run(processor, *(body(holds) for holds in held))
    assert times[0] == 3 * len(held)


def test_all_wait_at_a_barrier_for_the_slowest() -> None:
    """Nobody goes on before the last has come, and the last does alone what is to be done alone."""
    processor, barrier, went = machine(3), Barrier(3, costs(), stream()), list[tuple[int, int]]()

    def alone(_: Thread) -> Generator[int, None, None]:
        yield 50

    def body(work: int) -> Body:
        def steps(thread: Thread) -> Generator[Any, Any, None]:
            for _ in range(2):
                yield work
                yield from barrier.wait(thread, alone)
                went.append((work, thread.processor.kernel.now))

        return steps

    assert run(processor, body(100), body(700), body(300)) == 1500
    assert sorted(went) == [(100, 750), (100, 1500), (300, 750), (300, 1500), (700, 750), (700, 1500)]
    assert barrier.generation == 2


def test_a_barrier_opens_when_the_one_that_is_missing_leaves() -> None:
    """Threads that wait for one that will not come go on as soon as it has left."""
    processor, barrier = machine(3), Barrier(3, costs(), stream())

    def waits(thread: Thread) -> Generator[Any, Any, None]:
        yield from barrier.wait(thread)

    def leaves(_: Thread) -> Generator[Any, Any, None]:
        yield 400
        barrier.leave()

    assert run(processor, waits, waits, leaves) == 400


def test_waiting_threads_leave_their_core_to_others() -> None:
    """On one core a thread that waits at a barrier lets the others come to it."""
    processor, barrier = machine(1), Barrier(4, costs(), stream())

    def waits(thread: Thread) -> Generator[Any, Any, None]:
        yield 100
        yield from barrier.wait(thread)

    assert run(processor, *[waits] * 4) == 400


def test_a_thread_that_waits_for_ever_is_not_over() -> None:
    """A thread that nobody wakes stays where it is when nothing is left to happen."""
    processor = machine(1)

    def waits(_: Thread) -> Generator[Any, Any, None]:
        yield WAIT

    (thread,) = start(processor, waits)
    processor.kernel.run()
    assert not thread.over
