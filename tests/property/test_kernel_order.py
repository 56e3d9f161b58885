"""Calls, timers and SimPy events on the kernel's one queue: their order, their cancelling and their end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st
from simpy.events import NORMAL, URGENT

from sim.kernel import OBSERVER, EventLimitReached, Kernel
from sim.randomness import Stream, Streams

MANY = 3_000
"""Entries that make the queue split, widen and clear its slots."""

PRIORITIES = {"urgent": URGENT, "call": NORMAL, "spread": NORMAL, "event": NORMAL, "observe": OBSERVER}

delays = st.one_of(st.integers(0, 2), st.sampled_from([10**3, 10**6, 3 * 10**9, 10**13]))


@dataclass
class Plan:
    """One entry of a random schedule: when it comes after it was scheduled, and what it does then."""

    kind: str
    delay: int
    children: list[Plan] = field(default_factory=list)
    cancels: int | None = None
    label: int = -1


def plans(children: st.SearchStrategy[list[Plan]]) -> st.SearchStrategy[list[Plan]]:
    """Lists of entries with these children."""
    kinds = st.sampled_from(sorted(PRIORITIES))
    return st.lists(st.builds(Plan, kinds, delays, children, st.none() | st.integers(0, 9)), max_size=5)


schedules = st.recursive(st.just([]), plans, max_leaves=20).filter(bool)


def labelled(schedule: list[Plan], labels: Iterator[int] | None = None) -> list[Plan]:
    """The schedule with a number on each entry."""
    labels = labels or count()
    for plan in schedule:
        plan.label = next(labels)
        labelled(plan.children, labels)
    return schedule


def in_reference(schedule: list[Plan]) -> list[tuple[int, int]]:
    """(time, label) of what runs, by a heap of (time, priority, sequence number) and nothing else."""
    heap: list[tuple[int, int, int, Plan]] = []
    numbers = count()
    ran: list[tuple[int, int]] = []
    cancellable: list[int] = []
    dead: set[int] = set()

    def add(now: int, plan: Plan) -> None:
        heappush(heap, (now + plan.delay, PRIORITIES[plan.kind], next(numbers), plan))
        if plan.kind in ("call", "spread"):
            cancellable.append(plan.label)

    for plan in schedule:
        add(0, plan)
    while heap:
        now, _, _, plan = heappop(heap)
        if plan.label in dead:
            continue
        ran.append((now, plan.label))
        if plan.label in cancellable:
            cancellable.remove(plan.label)
        for child in plan.children:
            add(now, child)
        if plan.cancels is not None and cancellable:
            dead.add(cancellable.pop(plan.cancels % len(cancellable)))
    return ran


def to_the_end(kernel: Kernel, _: list[tuple[int, int]]) -> None:
    """Run until nothing is left."""
    kernel.run()


def on_kernel(
    schedule: list[Plan], kernel: Kernel, drive: Callable[[Kernel, list[tuple[int, int]]], None] = to_the_end
) -> list[tuple[int, int]]:
    """(time, label) of what runs on the kernel; `drive` runs it, and may watch the list grow."""
    ran: list[tuple[int, int]] = []
    entries: dict[int, Any] = {}

    def add(plan: Plan) -> None:
        if plan.kind == "call":
            entries[plan.label] = kernel.call_after(plan.delay, happen, plan)
        elif plan.kind == "spread":
            entries[plan.label] = kernel.call_at(kernel.now + plan.delay, happen, plan, "spread")
        elif plan.kind == "observe":
            kernel.observe_at(kernel.now + plan.delay, happen, plan)
        else:
            event = kernel.event()
            event._ok, event._value = True, plan
            event.callbacks.append(lambda event: happen(event.value))
            kernel.schedule(event, PRIORITIES[plan.kind], plan.delay)

    def happen(plan: Plan, *_: str) -> None:
        ran.append((kernel.now, plan.label))
        entries.pop(plan.label, None)
        for child in plan.children:
            add(child)
        if plan.cancels is not None and entries:
            kernel.cancel(entries.pop(list(entries)[plan.cancels % len(entries)]))

    for plan in schedule:
        add(plan)
    drive(kernel, ran)
    return ran


@given(schedule=schedules)
def test_all_kinds_of_entries_interleave(schedule: list[Plan]) -> None:
    """Calls, events and probes run in the order of time, priority and sequence number, less what was cancelled."""
    assert on_kernel(labelled(schedule), Kernel()) == in_reference(schedule)


def ties(seed: int) -> Stream:
    """The stream that breaks ties under a root seed."""
    return Streams(seed).stream("ties")


@given(schedule=schedules, seed=st.integers(0, 5))
def test_shuffled_order_is_legal_and_determined(schedule: list[Plan], seed: int) -> None:
    """Under a shuffled tie-break, times never go back, and one seed gives one order."""
    labelled(schedule)
    kernels = [Kernel(tie_break="shuffled", tie_break_stream=ties(seed)) for _ in range(2)]
    first, second = (on_kernel(schedule, kernel) for kernel in kernels)
    assert first == second
    assert [time for time, _ in first] == sorted(time for time, _ in first)


def many_delays(seed: int) -> list[int]:
    """Delays of mixed scales, many of them equal."""
    stream = ties(seed)
    return [stream.below(10 ** (1 + stream.below(11))) for _ in range(MANY)]


@pytest.mark.parametrize("seed", range(3))
def test_order_holds_in_a_crowd(seed: int) -> None:
    """Thousands of entries of mixed time scales, each of which schedules another, run in the reference's order."""
    kinds = sorted(PRIORITIES)
    schedule = labelled(
        [
            Plan(kinds[delay % 5], delay, [Plan(kinds[delay % 3], delay // 7)], delay % 11 if delay % 4 == 0 else None)
            for delay in many_delays(seed)
        ]
    )
    assert on_kernel(schedule, Kernel()) == in_reference(schedule)


def shuffled_run(seed: int) -> list[int]:
    """The order in which forty calls at one instant run, between an urgent event and a probe."""
    kernel = Kernel(tie_break="shuffled", tie_break_stream=ties(seed))
    ran: list[int] = []
    kernel.observe_at(10, ran.append, 41)
    for number in range(1, 41):
        kernel.call_at(10, ran.append, number)
    urgent = kernel.event()
    urgent._ok, urgent._value = True, None
    urgent.callbacks.append(lambda _: ran.append(0))
    kernel.schedule(urgent, URGENT, 10)
    kernel.run()
    return ran


def test_seeds_shuffle_differently() -> None:
    """Ten seeds give ten orders of one instant, each with all calls in it; priorities still hold."""
    orders = [shuffled_run(seed) for seed in range(10)]
    assert len({tuple(order) for order in orders}) == 10
    assert all(sorted(order) == list(range(42)) and order != sorted(order) for order in orders)
    assert {(order[0], order[-1]) for order in orders} == {(0, 41)}


@given(delays=st.lists(delays, min_size=1, max_size=40), data=st.data())
def test_cancelled_timers_never_fire(delays: list[int], data: st.DataObject) -> None:
    """Exactly the timers that were not cancelled fire, at their times, whenever they were cancelled before."""
    kernel = Kernel()
    fired: list[int] = []
    timers = [kernel.call_after(5 + delay, fired.append, number) for number, delay in enumerate(delays)]
    chosen = data.draw(st.sets(st.integers(0, len(delays) - 1)))
    for number in sorted(chosen):
        kernel.call_at(data.draw(st.integers(0, 4)), kernel.cancel, timers[number])
    kernel.run()
    assert sorted(fired) == sorted(set(range(len(delays))) - chosen)
    assert not list(kernel.pending())


def test_cancelled_timers_leave_the_queue() -> None:
    """Timers that are set and cancelled over and over do not pile up."""
    kernel = Kernel()
    fired: list[str] = []

    def heartbeat(remaining: int, election: Any) -> None:
        kernel.cancel(election)
        if remaining:
            kernel.call_after(7, heartbeat, remaining - 1, kernel.call_after(10**9, fired.append, "election"))

    heartbeat_count = 50_000
    kernel.call_at(0, heartbeat, heartbeat_count, kernel.call_at(10**9, fired.append, "election"))
    kernel.run(until=7 * heartbeat_count - 1)
    assert len(list(kernel.pending())) < 5_000
    kernel.run()
    assert not fired


def spin(kernel: Kernel) -> None:
    """Call itself again at the same instant, for ever."""
    kernel.call_after(0, spin, kernel)


def busy_waiting(kernel: Kernel) -> Iterator[simpy.Event]:
    """A process that waits for nothing, for ever."""
    while True:
        yield kernel.timeout(0)


@pytest.mark.parametrize("way", ["call", "process"])
@pytest.mark.parametrize("until", [None, 10, lambda: False], ids=["exhaustion", "time", "predicate"])
def test_endless_loop_at_one_instant_is_named(way: str, until: Any) -> None:
    """A loop without delay ends with an error that names the function or the process, and the instant."""
    kernel = Kernel(instant_limit=2_000)
    if way == "call":
        kernel.call_at(3, spin, kernel)
    else:
        kernel.call_at(3, lambda _: kernel.process(busy_waiting(kernel)), None)
    name = "spin" if way == "call" else "busy_waiting"
    with pytest.raises(EventLimitReached, match=rf"2,000 events at the one instant 3 ns.*\b{name}\b"):
        kernel.run(until=until)


def test_event_limit_is_exact() -> None:
    """A run ends with an error after exactly the events that it was allowed."""
    kernel = Kernel(event_limit=1_000)
    ran: list[int] = []

    def tick(number: int) -> None:
        ran.append(number)
        kernel.call_after(1, tick, number + 1)

    kernel.call_at(0, tick, 0)
    with pytest.raises(EventLimitReached, match="limit of 1,000 events"):
        kernel.run()
    assert len(ran) == 1_000


@given(schedule=schedules, wanted=st.integers(0, 30))
def test_predicate_stops_the_run(schedule: list[Plan], wanted: int) -> None:
    """A run until a predicate ends right after the event that fulfils it, says so, and can be continued."""
    labelled(schedule)
    whole = on_kernel(schedule, Kernel())

    def in_two_parts(kernel: Kernel, ran: list[tuple[int, int]]) -> None:
        fulfilled = kernel.run(lambda: len(ran) >= wanted)
        assert fulfilled == (len(whole) >= wanted)
        assert len(ran) == min(wanted, len(whole))
        kernel.run()

    assert on_kernel(schedule, Kernel(), in_two_parts) == whole


@pytest.mark.parametrize("until", [None, 10, lambda: False], ids=["exhaustion", "time", "predicate"])
def test_stop_ends_the_run(until: Any) -> None:
    """A run that is stopped ends after the present entry, gives None, and can be continued."""
    kernel = Kernel()
    ran: list[int] = []
    kernel.call_at(3, lambda _: (kernel.stop(), ran.append(1)), None)
    kernel.call_at(3, ran.append, 2)
    assert kernel.run(until=until) is None
    assert (kernel.now, ran) == (3, [1])
    kernel.run()
    assert ran == [1, 2]
