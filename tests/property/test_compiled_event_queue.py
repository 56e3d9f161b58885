"""The compiled event queue takes, keeps and gives what the one in Python does, in the same order."""

import gc
import weakref
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.event_queue import PythonEventQueue

compiled = pytest.importorskip("sim._event_queue", reason="this installation has no compiled event queue")

QUEUES = (PythonEventQueue, compiled.EventQueue)
TIMES = st.one_of(
    st.integers(0, 20),
    st.builds(lambda scale, factor: scale * factor, st.sampled_from([10**6, 10**9, 10**15]), st.integers(0, 9)),
    st.integers(2**63 - 3, 2**63 + 3),
    st.integers(2**70, 2**70 + 9),
)
PRIORITIES = st.sampled_from([0, 0, 0, 0, 1, -1, 2, -2, 7, -7])


def entry(time: int, number: int, priority: int = 0) -> tuple[Any, ...]:
    """An entry as the kernel makes it; nothing compares its last two parts."""
    return (time, number + priority * 2**62, print, {})


def drain(queue: Any, batches: Iterator[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Consume everything; after each entry push the next batch of (delay, priority)."""
    taken: list[tuple[int, int]] = []
    number = 10**6
    while True:
        for time, key, _, _ in queue.cursor:
            taken.append((time, key))
            for delay, priority in next(batches, ()):
                number += 1
                queue.push(entry(time + delay, number, priority))
        if not queue.open_next():
            return taken


@settings(max_examples=200)
@given(
    first=st.lists(st.tuples(TIMES, PRIORITIES), max_size=60),
    later=st.lists(st.lists(st.tuples(TIMES, PRIORITIES), max_size=3), max_size=60),
)
def test_order_is_the_same_for_all_times_and_priorities(first: Any, later: Any) -> None:
    """Entries pushed before and during the walk, times and keys beyond 64 bits among them, come in one order."""
    orders = []
    for make in QUEUES:
        queue = make()
        for number, (time, priority) in enumerate(first):
            queue.push(entry(time, number, priority))
        assert len(queue) == len(first)
        assert queue.next_time == min((time for time, _ in first), default=None)
        orders.append(drain(queue, iter(later)))
        assert len(queue) == 0
        assert queue.next_time is None
        assert queue.consumed == len(orders[-1])
    assert orders[0] == orders[1]
    assert len(orders[0]) >= len(first)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("scales", [(0, 1), (10**6,), (1, 10**3, 10**9), (0, 7, 10**13)])
def test_order_is_the_same_in_large_queues(scales: tuple[int, ...], seed: int) -> None:
    """Tens of thousands of entries that grow, hold and shrink a queue come in the order of Python's queue."""
    orders = []
    for make in QUEUES:
        random, queue = Random(seed), make()
        for number in range(20_000):
            queue.push(entry(random.choice(scales) * random.randrange(50), number))
        later = [
            [(random.choice(scales) * random.randrange(1, 50), 0) for _ in range(random.choice([0, 1, 2]))]
            for _ in range(30_000)
        ]
        orders.append(drain(queue, iter(later)))
    assert orders[0] == orders[1]
    assert len(orders[0]) > 40_000


def take(queue: Any, number: int) -> list[tuple[int, int]]:
    """Consume at most so many entries, one by one."""
    taken: list[tuple[int, int]] = []
    while len(taken) < number:
        item = next(queue.cursor, None)
        if item is not None:
            taken.append(item[:2])
        elif not queue.open_next():
            break
    return taken


@given(times=st.lists(TIMES, max_size=300), step=st.integers(1, 5), consumed=st.integers(0, 50))
@pytest.mark.parametrize("make", QUEUES)
def test_what_is_kept_comes_in_order(make: Any, times: list[int], step: int, consumed: int) -> None:
    """After some entries were consumed and some of the others dropped, the rest wait, and come as if sorted."""
    expected = sorted((time, number) for number, time in enumerate(times))
    queue = make()
    for number, time in enumerate(times):
        queue.push(entry(time, number))
    assert take(queue, consumed) == expected[:consumed]
    queue.keep(lambda item: item[1] % step == 0)
    kept = [item for item in expected[consumed:] if item[1] % step == 0]
    assert sorted(item[:2] for item in queue.waiting()) == kept
    assert len(queue) == len(kept)
    assert drain(queue, iter(())) == kept


@pytest.mark.parametrize("wrong", [None, 7, [1, 2, print, None], (1,), (1.0, 2, print, None), (1, "2", print, None)])
def test_what_is_no_entry_is_refused(wrong: Any) -> None:
    """Anything but a tuple that begins with two integers is a TypeError, and the queue stays as it was."""
    queue = compiled.EventQueue()
    queue.push(entry(1, 2))
    with pytest.raises(TypeError, match="an entry is a tuple"):
        queue.push(wrong)
    assert take(queue, 9) == [(1, 2)]


def test_an_error_while_choosing_keeps_everything() -> None:
    """A predicate that raises, or that changes the queue, drops no entry."""
    queue = compiled.EventQueue()
    for number in range(100):
        queue.push(entry(number, number))
    with pytest.raises(ZeroDivisionError):
        queue.keep(lambda item: 1 // (50 - item[1]))
    assert len(queue) == 100
    with pytest.raises(RuntimeError, match="changed"):
        queue.keep(lambda item: queue.push(entry(1000, 1000 + item[1])))
    assert len(take(queue, 999)) == 200


class Watched:
    """An argument whose end can be seen."""


def test_entries_die_with_the_queue_and_in_cycles() -> None:
    """What waits is let go when the queue goes, also when the queue is reachable from its own entries."""
    for cyclic in (False, True):
        queue, watched = compiled.EventQueue(), Watched()
        queue.push((1, 1, print, watched))
        if cyclic:
            queue.push((2, 2, queue.push, watched))
        seen = weakref.ref(watched)
        del queue, watched
        gc.collect()
        assert seen() is None


def test_consumed_entries_are_let_go() -> None:
    """The queue holds nothing of what it has handed out, whatever order it was in."""
    queue = compiled.EventQueue()
    arguments = [Watched() for _ in range(3_000)]
    seen = [weakref.ref(argument) for argument in arguments]
    for number, argument in enumerate(arguments):
        queue.push((number * 7919 % 3_000, number, print, argument))
    del arguments, argument
    assert len(take(queue, 2_500)) == 2_500
    assert sum(reference() is not None for reference in seen) == 500
