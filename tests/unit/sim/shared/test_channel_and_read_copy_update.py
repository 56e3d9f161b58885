"""Channels between threads, and words that are read while they are replaced."""

from collections.abc import Generator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sim.hardware.shared.body import Body
from sim.hardware.shared.channel import CLOSED, Channel
from sim.hardware.shared.read_copy_update import ReadCopyUpdate
from sim.hardware.task import Thread
from tests.unit.sim.shared.threads import costs, machine, run, start, stream


def putting(channel: Channel, values: range, taken: list[bool] | None = None) -> Body:
    """A thread that puts values in, and notes whether they came in."""

    def body(thread: Thread) -> Generator[Any, Any, None]:
        for value in values:
            came_in = yield from channel.put(thread, value)
            if taken is not None:
                taken.append(came_in)

    return body


def taking(channel: Channel, got: list[Any], work: int = 0, most: int | None = None) -> Body:
    """A thread that takes values out until there are no more, and works on each."""

    def body(thread: Thread) -> Generator[Any, Any, None]:
        while (most is None or len(got) < most) and (value := (yield from channel.take(thread))) is not CLOSED:
            got.append(value)
            yield work

    return body


def test_a_value_passes_at_what_the_table_says() -> None:
    """Putting a value in takes half of 200 ns, taking it out the other half."""
    processor, got = machine(1), list[Any]()
    channel = Channel(1, processor, costs(channel=200), stream())
    assert run(processor, putting(channel, range(1)), taking(channel, got, most=1)) == 200
    assert got == [0]


@given(
    capacity=st.integers(0, 5), putters=st.integers(1, 3), takers=st.integers(1, 3), work=st.sampled_from([0, 30, 500])
)
def test_a_channel_loses_nothing_and_keeps_the_order(capacity: int, putters: int, takers: int, work: int) -> None:
    """All values come out, once, and those of one thread in the order in which it put them in."""
    processor, got = machine(3), list[Any]()
    channel = Channel(capacity, processor, costs(channel=20, wake=50), stream())
    bodies = [putting(channel, range(100 * number, 100 * number + 10)) for number in range(putters)]
    start(processor, *bodies, *[taking(channel, got, work)] * takers)
    processor.kernel.run()
    assert sorted(got) == sorted(value for number in range(putters) for value in range(100 * number, 100 * number + 10))
    if takers == 1:
        for number in range(putters):
            mine = [value for value in got if value // 100 == number]
            assert mine == sorted(mine)
    assert len(channel) == 0


def test_a_full_channel_makes_those_wait_that_put() -> None:
    """A thread gets ahead of a slow one by the capacity, no more."""
    ends = {}
    for capacity in (0, 4):
        processor, came = machine(2), list[int]()
        channel = Channel(capacity, processor, costs(), stream())

        def puts(thread: Thread, channel: Channel = channel, came: list[int] = came) -> Generator[Any, Any, None]:
            for value in range(6):
                yield from channel.put(thread, value)
                came.append(thread.processor.kernel.now)

        run(processor, puts, taking(channel, [], work=100, most=6))
        ends[capacity] = came
    assert ends[0] == [0, 100, 200, 300, 400, 500]
    assert ends[4] == [0, 0, 0, 0, 0, 100]


def test_an_offer_never_waits() -> None:
    """Where there is no room, what is offered is refused and counted."""
    processor, offered = machine(1), list[bool]()
    channel = Channel(2, processor, costs(), stream())

    def offers(thread: Thread) -> Generator[Any, Any, None]:
        for value in range(4):
            offered.append((yield from channel.offer(thread, value)))

    run(processor, offers)
    assert offered == [True, True, False, False]
    assert channel.refused == 2


def test_a_closed_channel_gives_what_it_holds_and_takes_nothing() -> None:
    """After closing, what is in it comes out, then CLOSED; those that wait to put are refused."""
    processor, taken, got = machine(3), list[bool](), list[Any]()
    channel = Channel(1, processor, costs(), stream())

    def closes(_: Thread) -> Generator[Any, Any, None]:
        yield 100
        assert channel.close() == 1

    def takes_later(thread: Thread) -> Generator[Any, Any, None]:
        yield 200
        yield from taking(channel, got)(thread)

    run(processor, putting(channel, range(3), taken), closes, takes_later)
    assert (taken, got) == ([True, False, False], [0])


def test_operations_on_a_channel_come_one_after_the_other() -> None:
    """Threads that put at the same time wait for each other, as under a lock."""
    processor = machine(4)
    channel = Channel(10, processor, costs(channel=200), stream())
    assert run(processor, *[putting(channel, range(1))] * 4) == 400


def reading(shared: ReadCopyUpdate, seen: list[tuple[Any, ...]], times: int, work: int, after: int = 0) -> Body:
    """A thread that reads so many times, each for so many nanoseconds."""

    def body(thread: Thread) -> Generator[Any, Any, None]:
        yield after
        for _ in range(times):
            words = yield from shared.read(thread, lambda: work)
            seen.append(words)

    return body


def updating(shared: ReadCopyUpdate, times: int) -> Body:
    """A thread that adds one to all words so many times."""

    def change(words: list[int]) -> None:
        words[:] = [word + 1 for word in words]

    def body(thread: Thread) -> Generator[Any, Any, None]:
        for _ in range(times):
            yield from shared.update(thread, change)

    return body


@given(readers=st.integers(1, 4), updaters=st.integers(1, 3), work=st.integers(0, 400), cores=st.integers(1, 6))
def test_readers_see_old_or_new_and_never_a_mixture(readers: int, updaters: int, work: int, cores: int) -> None:
    """All words of a read are of one update, what a thread reads never gets older, and no update is lost."""
    processor = machine(cores)
    shared = ReadCopyUpdate([0] * 4, costs(read=20, update=30, mutex=10, wake=5), stream())
    seen: list[list[tuple[Any, ...]]] = [[] for _ in range(readers)]
    run(processor, *(reading(shared, each, 8, work) for each in seen), *[updating(shared, 5)] * updaters)
    for each in seen:
        assert all(len(set(words)) == 1 for words in each)
        assert each == sorted(each)
    assert shared.words == (5 * updaters,) * 4
    assert shared.readers == 0


def test_an_update_waits_for_the_readers_before_it_only() -> None:
    """An update is over when the read that began before it is; it does not wait for one that began after it."""
    processor = machine(3)
    shared = ReadCopyUpdate([0, 0], costs(), stream())
    ends = []

    def updates(thread: Thread) -> Generator[Any, Any, None]:
        yield 100
        yield from updating(shared, 1)(thread)
        ends.append(thread.processor.kernel.now)

    run(processor, reading(shared, [], 1, 500), updates, reading(shared, [], 1, 1000, after=200))
    assert ends == [500]
    assert shared.grace == 400


def test_without_grace_periods_a_slow_reader_sees_a_mixture() -> None:
    """Where buffers are written to again at once, a read that lasts over two updates mixes them."""
    mixed = {}
    for waits in (True, False):
        processor = machine(2)
        shared = ReadCopyUpdate([0] * 4, costs(update=100), stream(), waits_for_readers=waits)
        seen: list[tuple[Any, ...]] = []
        run(processor, reading(shared, seen, 3, 1000), updating(shared, 20))
        mixed[waits] = any(len(set(words)) > 1 for words in seen)
    assert mixed == {True: False, False: True}
