"""Runs of the kernel one after another and within each other: each ends where it should, and loses nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from simpy.core import Infinity

import sim.kernel
from sim.event_queue import EventQueue, PythonEventQueue
from sim.kernel import Kernel

SECOND = 10**9
QUEUES = list({PythonEventQueue: "python", EventQueue: "installed"})


@pytest.fixture(params=QUEUES, ids=lambda queue: queue.__module__)
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """A kernel on each queue of events that is there."""
    monkeypatch.setattr(sim.kernel, "EventQueue", request.param)
    return Kernel()


def test_looking_at_the_next_event_from_within_one_loses_none(kernel: Kernel) -> None:
    """A call that peeks far ahead leaves all that comes later to run, in order."""
    ran: list[Any] = []
    kernel.call_at(0, lambda: ran.append(kernel.peek()))
    for time in (SECOND, SECOND + 1, 5 * SECOND):
        kernel.call_at(time, ran.append, time)
    kernel.run()
    assert ran == [SECOND, SECOND, SECOND + 1, 5 * SECOND]


def test_a_run_within_a_run_loses_nothing(kernel: Kernel) -> None:
    """What an inner run leaves, in the slot where it ended too, the outer one takes up."""
    ran: list[int] = []
    kernel.call_at(0, lambda: kernel.run(SECOND + 2))
    for time in range(SECOND, SECOND + 5):
        kernel.call_at(time, ran.append, time - SECOND)
    kernel.run()
    assert ran == [0, 1, 2, 3, 4]


def fail() -> None:
    """End a run by an error."""
    raise ZeroDivisionError


@pytest.mark.parametrize("way", ["stop", "error", "predicate"])
def test_a_run_that_ended_early_leaves_no_end_behind(kernel: Kernel, way: str) -> None:
    """After a stop or an error at 3 in a run to 10, the next run goes on to its own end, and sees each call."""
    ran: list[int] = []
    for time in range(0, 20, 2):
        kernel.call_at(time, ran.append, time)
    if way == "predicate":
        kernel.call_at(3, kernel.run, lambda: kernel.now >= 6)
    else:
        kernel.call_at(3, kernel.stop if way == "stop" else fail)
    try:
        kernel.run(10)
    except ZeroDivisionError:
        assert way == "error"
    assert kernel.now == (10 if way == "predicate" else 3)
    kernel.run(20)
    assert (kernel.now, ran) == (20, list(range(0, 20, 2)))


def test_an_event_that_was_waited_for_in_vain_ends_no_later_run(kernel: Kernel) -> None:
    """A run until an event is stopped first; when the event comes, it does not end the next run."""
    event = kernel.timeout(5)
    kernel.call_at(3, kernel.stop)
    assert kernel.run(until=event) is None
    kernel.run(8)
    assert kernel.now == 8


def test_stopping_twice_ends_one_run(kernel: Kernel) -> None:
    """Two reasons to stop at one moment end the run once: the next one runs."""
    ran: list[int] = []
    kernel.call_at(3, lambda: (kernel.stop(), kernel.stop()))
    kernel.call_at(4, ran.append, 4)
    kernel.run()
    assert ran == []
    kernel.run()
    assert ran == [4]


def test_peek_passes_over_what_was_cancelled(kernel: Kernel) -> None:
    """The next event is the next one that will happen; infinity where all were taken back."""
    entries = [kernel.call_at(time, fail) for time in (5, 5, 100)]
    kernel.cancel(entries[0])
    assert kernel.peek() == 5
    kernel.cancel(entries[1])
    assert kernel.peek() == 100
    kernel.cancel(entries[2])
    assert kernel.peek() == Infinity


def test_the_limit_on_events_is_no_error_where_nothing_is_left() -> None:
    """A run until a predicate that uses up its events exactly says that the predicate never held."""
    kernel = Kernel(event_limit=2)
    kernel.call_at(1, int)
    kernel.call_at(2, int)
    assert kernel.run(lambda: False) is False


@pytest.mark.parametrize("run", [lambda kernel: kernel.run(), lambda kernel: kernel.run(lambda: False)])
def test_what_is_scheduled_between_slots_happens(kernel: Kernel, run: Callable[[Kernel], Any]) -> None:
    """A call at the present instant, made where the kernel looks after its records, is not lost."""
    ran: list[int] = []
    kernel.between_slots = lambda: kernel.call_at(kernel.now, ran.append, 2) if ran == [1] else None  # type: ignore[assignment, return-value]
    kernel.call_at(1, ran.append, 1)
    for number in range(5_000):
        kernel.call_at(SECOND + number * SECOND, int)
    run(kernel)
    assert ran == [1, 2]


def test_a_shuffled_run_in_pieces_is_the_run_in_one(kernel: Kernel) -> None:
    """Ending a run and going on takes no draw of the tie-break: the order stays the same."""

    def order(*ends: int) -> list[tuple[int, int]]:
        kernel = Kernel(tie_break="shuffled")
        ran: list[tuple[int, int]] = []

        def later(number: int) -> None:
            for other in range(5):
                kernel.call_at(100, ran.append, (number, other))

        for number in range(5):
            kernel.call_at(10 * number + 1, later, number)
        for end in ends:
            kernel.run(end)
        return ran

    assert order(200) == order(5, 15, 25, 200)
    assert len(order(200)) == 25
