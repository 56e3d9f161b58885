"""Compare-and-swap and cache lines: conflicts are real ones, and costs follow from addresses and owners."""

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.hardware.shared.atomic import Atomic
from sim.hardware.shared.body import Body
from sim.hardware.shared.cache_line import CacheLines
from sim.hardware.shared.layout import Layout
from sim.hardware.task import Thread
from tests.unit.sim.shared.threads import costs, machine, run, stream


def adding(atomic: Atomic, times: int, tries: list[int], work: int = 0) -> Body:
    """A thread that adds one so many times, and notes how often it had to begin."""

    def body(thread: Thread) -> Generator[Any, Any, None]:
        for _ in range(times):
            tried = yield from atomic.update(thread, lambda value: value + 1, lambda: work)
            tries.append(tried)

    return body


def test_a_swap_without_conflict_costs_what_the_table_says() -> None:
    """One thread needs one read and one swap, 50 ns together, for each update."""
    atomic, tries = Atomic(0, costs(compare_and_swap=50), stream()), list[int]()
    assert run(machine(1), adding(atomic, 10, tries)) == 500
    assert (atomic.value, atomic.steps, tries) == (10, 20, [1] * 10)


def test_a_swap_is_refused_where_another_came_between() -> None:
    """Of two threads that read the same version one has to begin again, and no update is lost."""
    atomic, tries = Atomic(0, costs(compare_and_swap=50), stream()), list[int]()
    run(machine(2), adding(atomic, 1, tries), adding(atomic, 1, tries))
    assert (atomic.value, atomic.refused, sorted(tries)) == (2, 1, [1, 2])


def test_a_value_that_came_back_does_not_deceive() -> None:
    """A swap goes by the version: that the value is again what was read changes nothing."""
    atomic = Atomic("a", costs(), stream())

    def twice(thread: Thread) -> Generator[Any, Any, None]:
        _, version = yield from atomic.load(thread)
        assert (yield from atomic.swap(thread, "b", version))
        assert (yield from atomic.swap(thread, "a", version + 1))
        assert not (yield from atomic.swap(thread, "c", version))

    run(machine(1), twice)
    assert atomic.value == "a"


@given(threads=st.integers(1, 6), times=st.integers(1, 5), work=st.integers(0, 100))
def test_no_update_is_lost_with_comparison(threads: int, times: int, work: int) -> None:
    """The value counts all updates, whatever the threads, and each refused swap is one more try."""
    atomic, tries = Atomic(0, costs(compare_and_swap=50), stream()), list[int]()
    run(machine(threads), *[adding(atomic, times, tries, work)] * threads)
    assert atomic.value == threads * times
    assert sum(tries) == threads * times + atomic.refused


def test_updates_are_lost_without_comparison() -> None:
    """Threads that swap without comparing overwrite each other."""
    atomic, tries = Atomic(0, costs(compare_and_swap=50), stream(), compares=False), list[int]()
    run(machine(4), *[adding(atomic, 10, tries)] * 4)
    assert atomic.value < 40


def test_adding_in_one_step_never_conflicts() -> None:
    """Fetch-and-add gives every thread another number."""
    atomic, got = Atomic(0, costs(compare_and_swap=50), stream()), list[int]()

    def body(thread: Thread) -> Generator[Any, Any, None]:
        for _ in range(3):
            got.append((yield from atomic.fetch_add(thread, 1)))

    run(machine(4), *[body] * 4)
    assert sorted(got) == list(range(12))


def touching(lines: CacheLines, *uses: tuple[int, str, int]) -> Body:
    """A thread that, each time after so many nanoseconds, reads or writes an address, and gives what that took."""

    def body(thread: Thread) -> Generator[Any, Any, list[int]]:
        took = []
        for after, use, address in uses:
            yield after
            before = thread.processor.kernel.now
            yield from (lines.write if use == "write" else lines.read)(thread, address)
            took.append(thread.processor.kernel.now - before)
        return took

    return body


def times_of(lines: CacheLines, processor: Any, *bodies: Body) -> list[list[int]]:
    """What each use of memory took, by thread."""
    took: list[list[int]] = []

    def noted(body: Body) -> Body:
        def steps(thread: Thread) -> Generator[Any, Any, None]:
            took.append([])
            mine = took[-1]
            mine += yield from body(thread)

        return steps

    run(processor, *map(noted, bodies))
    return took


def test_a_line_is_fetched_once_and_then_at_hand() -> None:
    """The first use of a line takes what memory takes, further ones on the same line a hit; another line is another."""
    processor = machine(1)
    lines = CacheLines(processor, costs(hit=1, memory=80), stream())
    uses = touching(lines, (0, "read", 0), (0, "read", 63), (0, "write", 8), (0, "read", 64))
    assert times_of(lines, processor, uses) == [[80, 1, 1, 80]]
    assert (lines.fetches, lines.hits, lines.transfers) == (2, 2, 0)


def test_a_write_takes_the_line_from_all_who_have_it() -> None:
    """Two may read a line at a time; a write invalidates the copies, so that the next read fetches it anew."""
    processor = machine(2, same_socket=40)
    lines = CacheLines(processor, costs(memory=80), stream())
    first = touching(lines, (0, "read", 0), (200, "read", 0), (400, "read", 0))
    second = touching(lines, (100, "read", 0), (400, "write", 0))
    assert times_of(lines, processor, first, second) == [[80, 0, 40], [40, 40]]


@pytest.mark.parametrize(("sockets", "moves"), [(1, 40), (2, 130)])
def test_a_line_comes_from_as_far_as_its_owner_is(sockets: int, moves: int) -> None:
    """A line that another core has written takes the time between the two cores."""
    processor = machine(2, sockets, same_socket=40, other_socket=130)
    lines = CacheLines(processor, costs(memory=80), stream())
    took = times_of(lines, processor, touching(lines, (0, "write", 0)), touching(lines, (500, "write", 0)))
    assert took == [[80], [moves]]


def test_moves_of_one_line_come_one_after_the_other() -> None:
    """Cores that want a line at the same time wait for each other; cores that want different lines do not."""
    for stride, expected in ((8, [40, 80, 120]), (64, [80, 80, 80])):
        processor = machine(4, same_socket=40)
        lines = CacheLines(processor, costs(memory=80), stream())
        owner = touching(lines, (0, "write", 0))
        others = [touching(lines, (500, "write", stride * number)) for number in (1, 2, 3)]
        assert [took for (took,) in times_of(lines, processor, owner, *others)[1:]] == expected


def test_padding_gives_each_agent_lines_of_its_own() -> None:
    """Agents of 8 bytes are eight to a line without padding, one with it; larger ones take whole lines."""
    assert [Layout().address(agent) // 64 for agent in (0, 7, 8)] == [0, 0, 1]
    assert [Layout(padding=True).address(agent) // 64 for agent in (0, 7, 8)] == [0, 7, 8]
    assert Layout(state=65, padding=True).stride == 128


def test_memory_of_an_agent_follows_from_its_layout() -> None:
    """Ten neighbours take 40 bytes as indices in a pool, 80 as pointers, and 24 and an allocator's block more alone."""
    assert Layout().of_agent(10) == 8 + 4 + 40
    assert Layout(neighbors="pointer").of_agent(10) == 8 + 4 + 80
    assert Layout(neighbors="pointer", pooled=False).of_agent(10) == 8 + 24 + 96
    assert Layout(neighbors="index", pooled=False).of_agent(10) == 8 + 24 + 48
    assert Layout(pooled=False).of_list(0) == 24
