"""The event queue gives its entries in the order of (time, key), whatever the widths of its slots."""

from heapq import heappop, heappush
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.event_queue import PythonEventQueue as EventQueue

SCALES = st.sampled_from([0, 1, 10, 1_000, 1_000_000, 10**9, 10**12, 10**15])
DELAYS = st.builds(lambda scale, factor: scale * factor, SCALES, st.integers(0, 20))


def drain(queue: EventQueue, pushes: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Consume everything; after each entry push what the next list says, as (delay, priority)."""
    taken, number = [], len(pushes[0])
    waiting = iter(pushes[1:])
    while True:
        for time, key, _, _ in queue.cursor:
            taken.append((time, key))
            for delay, priority in next(waiting, ()):
                number += 1
                queue.push((time + delay, number + priority * 2**62, print, None))
        if not queue.open_next():
            return taken


def reference(pushes: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """The same with a heap."""
    heap: list[tuple[int, int]] = []
    for number, (delay, priority) in enumerate(pushes[0], 1):
        heappush(heap, (delay, number + priority * 2**62))
    taken, number = [], len(pushes[0])
    waiting = iter(pushes[1:])
    while heap:
        time, key = heappop(heap)
        taken.append((time, key))
        for delay, priority in next(waiting, ()):
            number += 1
            heappush(heap, (time + delay, number + priority * 2**62))
    return taken


def check(pushes: list[list[tuple[int, int]]]) -> None:
    queue = EventQueue()
    for number, (delay, priority) in enumerate(pushes[0], 1):
        queue.push((delay, number + priority * 2**62, print, None))
    assert len(queue) == len(pushes[0])
    assert drain(queue, pushes) == reference(pushes)
    assert len(queue) == 0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.tuples(DELAYS, st.sampled_from([0, 0, 0, -1, 1])), max_size=8), min_size=1, max_size=120))
def test_entries_come_in_the_order_of_a_heap(pushes) -> None:
    """On any mixture of time scales and priorities, pushed before and during the walk."""
    check(pushes)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 7, 1_000, 10**6, 10**9, 10**13]), min_size=4, max_size=7), st.integers(0, 2**32))
def test_long_runs_that_split_and_widen_slots_keep_the_order(scales, seed) -> None:
    """Thousands of entries at one instant, then of other scales: the slots are rebuilt, the order stays."""
    random = Random(seed)
    pushes = [[(random.choice(scales) * random.randrange(3), 0) for _ in range(6_000)]]
    pushes += [[(random.choice(scales) * random.randrange(1, 50), 0)] for _ in range(12_000)]
    check(pushes)


def test_dropping_entries_leaves_the_others_in_order() -> None:
    """`keep` removes what is not wanted from the open slot, the window and beyond."""
    queue = EventQueue()
    for number in range(3_000):
        queue.push((number * number * 1_000_003 % 10**11, number, print, None))
    assert queue.next_time == 0
    queue.keep(lambda entry: entry[1] % 3 == 0)
    taken = drain(queue, [[]])
    assert sorted(taken) == taken
    assert sorted(key for _, key in taken) == list(range(0, 3_000, 3))
