"""The kernel: a SimPy environment whose clock is an integer number of nanoseconds, with a fast path for plain calls.

Everything runs from one queue in the order (time, priority, sequence number). A SimPy event, a timer and a message in
flight are each one entry of it; an entry is a tuple that ends in a function and its one argument.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from operator import index
from typing import TYPE_CHECKING, Any, Literal

import simpy
from simpy.core import BoundClass, EmptySchedule, StopSimulation
from simpy.events import NORMAL, AllOf, AnyOf, Condition, Event, Process, Timeout

from sim.event_queue import Entry, EventQueue
from sim.randomness import Stream, derive_seed

TieBreak = Literal["fifo", "shuffled"]

PRIORITY_STRIDE = 1 << 62
"""Distance between the tie-break keys of neighbouring priorities; the sequence number stays below it."""
OBSERVER = 2
"""Priority of calls that only look (probes): at equal times they come after everything that acts."""
INSTANT_LIMIT = 5_000_000
"""Default number of events at one instant beyond which the simulation is taken to be in an endless loop."""
CAREFUL = 200_000
"""Events before the limit from which on they are counted one by one."""
COLLECTOR_THRESHOLD = 100_000
"""Objects that must pile up during a run before the cyclic garbage collector looks; entries die by count alone."""


class EventLimitReached(RuntimeError):
    """The run was ended by its limit on events, or by an endless loop at one instant."""


class Kernel(simpy.Environment):
    """A `simpy.Environment` in integer nanoseconds.

    Parameters: `initial_time` in nanoseconds; `tie_break`: `fifo` runs entries of equal time and priority in the order
    in which they were scheduled, `shuffled` in an order drawn from `tie_break_stream`; `event_limit`: events after
    which `run` raises `EventLimitReached` (None: no limit); `instant_limit`: the same for events at one instant.
    """

    def __init__(
        self,
        initial_time: int = 0,
        *,
        tie_break: TieBreak = "fifo",
        tie_break_stream: Stream | None = None,
        event_limit: int | None = None,
        instant_limit: int = INSTANT_LIMIT,
    ) -> None:
        self._now: int = whole_nanoseconds(initial_time)
        self._events = EventQueue()
        self.push: Callable[[Entry], None] = self._events.push
        self.keys: Iterator[int] = (
            count(1) if tie_break == "fifo" else shuffled_keys(tie_break_stream or Stream(derive_seed(0, "tie-break")))
        )
        self._observer_keys = count(OBSERVER * PRIORITY_STRIDE)
        self._stop_keys = count(-PRIORITY_STRIDE * 3 // 2)
        self._active_proc: Process | None = None
        self._cancelled: set[int] = set()
        self._purge_above = 1024
        self._stop_event: Event | None = None
        self.event_limit = event_limit
        self._instant = _InstantGuard(self._events, instant_limit)
        self.between_slots: Callable[[], None] | None = None
        self._dispatch: Callable[[Event], None] = self._process_event
        BoundClass.bind_early(self)

    # SimPy binds these to instances of the class that declares them only; declared again, they are bound to ours.
    if not TYPE_CHECKING:
        process = BoundClass(Process)
        timeout = BoundClass(Timeout)
        event = BoundClass(Event)
        all_of = BoundClass(AllOf)
        any_of = BoundClass(AnyOf)

    @property
    def now(self) -> int:
        """Simulated time in nanoseconds."""
        return self._now

    @property
    def events_processed(self) -> int:
        """Entries of the queue that were run, cancelled timers included."""
        return self._events.consumed

    def post(self, time: int, function: Callable[[Any], object], argument: Any) -> None:
        """Call `function(argument)` at `time`: one queue entry, not cancellable, no checks; the hot path."""
        self.push((time, next(self.keys), function, argument))

    def call_at(self, time: int, function: Callable[..., object], *arguments: Any) -> Entry:
        """Call `function(*arguments)` at `time` in nanoseconds, not before now; gives what `cancel` takes."""
        if time.__class__ is not int:
            time = whole_nanoseconds(time)
        if time < self._now:
            raise ValueError(f"cannot call at {time} ns: it is {self._now} ns already")
        if len(arguments) == 1:
            entry = (time, next(self.keys), function, arguments[0])
        else:
            entry = (time, next(self.keys), _spread, (function, arguments))
        self.push(entry)
        return entry

    def call_after(self, delay: int, function: Callable[..., object], *arguments: Any) -> Entry:
        """Call `function(*arguments)` after `delay` nanoseconds; gives what `cancel` takes."""
        return self.call_at(self._now + delay, function, *arguments)

    def observe_at(self, time: int, function: Callable[[Any], object], argument: Any) -> None:
        """Call after all else at `time`, taking no tie-break key: looking never changes the order of the rest."""
        self.push((time, next(self._observer_keys), function, argument))

    def cancel(self, entry: Entry) -> None:
        """Take back a call that has not happened yet; its entry is skipped, or cleared out once such prevail."""
        cancelled = self._cancelled
        if entry[0] >= self._now:
            cancelled.add(entry[1])
        if len(cancelled) > self._purge_above:
            if len(cancelled) * 2 > len(self._events):
                self._purge()
            self._purge_above = max(1024, 2 * len(cancelled))

    def _purge(self) -> None:
        """Clear out the entries that were cancelled."""
        cancelled = self._cancelled
        if cancelled:
            self._events.keep(lambda waiting: waiting[1] not in cancelled)
            cancelled.clear()

    def schedule(self, event: Event, priority: int = NORMAL, delay: int = 0) -> None:  # type: ignore[override]
        """Schedule a SimPy event after `delay` nanoseconds; among equal times a lower priority number goes first."""
        time = self._now + (delay if delay.__class__ is int else whole_nanoseconds(delay))
        key = next(self.keys) + (priority - NORMAL) * PRIORITY_STRIDE
        self.push((time, key, self._dispatch, event))

    def peek(self) -> float:
        """Time of the next event in nanoseconds, passing over what was cancelled; infinity when there is none."""
        self._purge()
        time = self._events.next_time
        return simpy.core.Infinity if time is None else time

    def pending(self) -> Iterator[Entry]:
        """The entries that still wait and were not cancelled, in no stated order."""
        cancelled = self._cancelled
        return (entry for entry in self._events.waiting() if entry[1] not in cancelled)

    def step(self) -> None:
        """Run the next entry; raises `simpy.core.EmptySchedule` when there is none."""
        events = self._events
        while True:
            for entry in events.cursor:
                if entry[1] in self._cancelled:
                    self._cancelled.remove(entry[1])
                    continue
                self._now = entry[0]
                entry[2](entry[3])
                return
            if not events.open_next():
                raise EmptySchedule

    def _process_event(self, event: Event) -> None:
        """Run the callbacks of a SimPy event, as `simpy.Environment.step` does."""
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        try:
            for callback in callbacks:
                callback(event)
        except StopSimulation:
            event.callbacks = callbacks[callbacks.index(callback) + 1 :]
            self.push((self._now, next(self._stop_keys), self._dispatch, event))  # takes no key that others would get
            raise
        if not event._ok and not hasattr(event, "_defused"):
            raise _rebuilt(event._value) from event._value

    def run(self, until: int | Event | Callable[[], bool] | None = None) -> Any:  # type: ignore[override]
        """Run until nothing is left (None), a time in nanoseconds, an event (gives its value), or a predicate holds.

        A time stops before the ordinary events of that time; a predicate without arguments is asked after every event.
        Raises `EventLimitReached`, and RuntimeError when the queue ran empty before the event that was waited for.
        However a run ends, nothing of it is left to end a later one.
        """
        event: Event | None = None
        predicate: Callable[[], bool] | None = None
        if isinstance(until, Event):
            if until.callbacks is None:
                return until.value
            event = until
            event.callbacks.append(StopSimulation.callback)
        elif callable(until):
            predicate = until
        elif until is not None:
            event = self._end_at(whole_nanoseconds(until))
        try:
            return self._run(event) if predicate is None else self._run_until(predicate)
        finally:
            self._call_off(event)

    def stop(self) -> None:
        """End the running `run` after the present entry; `run` gives None."""
        if self._stop_event is None:
            self._stop_event = self._ending(self._now)

    def _end_at(self, time: int) -> Event:
        if time <= self._now:
            raise ValueError(f"until ({time}) must be greater than the current simulation time ({self._now})")
        return self._ending(time)

    def _ending(self, time: int) -> Event:
        event = Event(self)
        event._ok, event._value = True, None
        event.callbacks.append(StopSimulation.callback)
        self.push((time, next(self._stop_keys), self._dispatch, event))
        return event

    def _call_off(self, until: Event | None) -> None:
        """Have what would have ended the run, where something else did, end no later one."""
        for event in (until, self._stop_event):
            if event is not None and StopSimulation.callback in (event.callbacks or ()):
                event.callbacks.remove(StopSimulation.callback)
        self._stop_event = None

    def _run(self, until: Event | None) -> Any:
        events = self._events
        limit = self.event_limit
        cancelled = self._cancelled
        thresholds = gc.get_threshold()
        if thresholds[0]:
            gc.set_threshold(COLLECTOR_THRESHOLD, *thresholds[1:])
        try:
            while True:
                for entry in events.cursor:
                    if cancelled and entry[1] in cancelled:
                        cancelled.remove(entry[1])
                        continue
                    self._now = entry[0]
                    entry[2](entry[3])
                if not events.open_next():
                    raise EmptySchedule
                self._instant.check(self._now)
                if self.between_slots is not None:  # after the opening: what it schedules finds a slot that is walked
                    self.between_slots()
                if limit is not None and events.closed + len(events.open) + CAREFUL > limit:
                    self._run_counted(limit)
        except StopSimulation as stop:
            return stop.args[0]
        except EmptySchedule:
            if until is not None and not until.processed:
                raise RuntimeError(f'No scheduled events left but "until" event was not triggered: {until}') from None
        finally:
            gc.set_threshold(*thresholds)
        return None

    def _run_counted(self, limit: int) -> None:
        """Run on with each event counted, to stop at exactly the limit whatever the slots of the queue."""
        while self._events.next_time is not None:
            if self._events.consumed >= limit:
                raise EventLimitReached(
                    f"the limit of {limit:,} events was reached at {self._now} ns of simulated time; "
                    "raise the limit, shorten the run, or look for a message storm"
                )
            self.step()
        raise EmptySchedule

    def _run_until(self, predicate: Callable[[], bool]) -> bool | None:
        """Step until the predicate holds; tells whether it did before the queue ran empty, None when it was stopped."""
        limit = self.event_limit
        while not predicate():
            self._instant.check(self._now)
            if self.between_slots is not None:
                self.between_slots()
            try:
                if limit is not None and self._events.consumed >= limit:
                    self._run_counted(limit)
                self.step()
            except EmptySchedule:
                return False
            except StopSimulation:
                return None
        return True


class _InstantGuard:
    """Finds an endless loop at one instant, whenever it is asked; the loop's next round then waits in the queue."""

    __slots__ = ("_events", "_limit", "_seen", "_time")

    def __init__(self, events: EventQueue, limit: int) -> None:
        self._events = events
        self._limit = limit
        self._time = -1
        self._seen = 0

    def check(self, now: int) -> None:
        if now != self._time:
            self._time, self._seen = now, self._events.consumed
        elif self._events.consumed - self._seen > self._limit:
            names = Counter(_name(entry) for entry in self._events.waiting() if entry[0] == now)
            busiest = ", ".join(name for name, _ in names.most_common(3))
            raise EventLimitReached(
                f"more than {self._limit:,} events at the one instant {now} ns: an endless loop without delay in "
                f"{busiest}; give it a delay, or raise the limit on events at one instant"
            )


def whole_nanoseconds(time: Any) -> int:
    """The time as an int; raises ValueError for a fraction, TypeError for what is no number."""
    if isinstance(time, float):
        if not time.is_integer():
            raise ValueError(f"simulated time is a whole number of nanoseconds, but {time!r} was given; round it first")
        return int(time)
    try:
        return index(time)
    except TypeError:
        raise TypeError(f"simulated time is a whole number of nanoseconds, but {time!r} was given") from None


def shuffled_keys(stream: Stream) -> Iterator[int]:
    """Unique tie-break keys in an order drawn from the stream."""
    for number in count():
        yield (stream.bits(24) << 36) | number


def _spread(call: tuple[Callable[..., object], tuple[Any, ...]]) -> None:
    function, arguments = call
    function(*arguments)


def _rebuilt(error: BaseException) -> BaseException:
    """A copy with a traceback of its own, as SimPy makes it; the error itself where it cannot be made from its args."""
    try:
        return type(error)(*error.args)
    except TypeError:
        return error


def _name(entry: Entry) -> str:
    function, argument = entry[2], entry[3]
    if isinstance(argument, Event):
        return f"a SimPy {type(argument).__name__.lower()}" + _waiting_process(argument)
    if function is _spread:
        function = argument[0]
    return getattr(function, "__qualname__", repr(function))


def _waiting_process(event: Event) -> str:
    """The processes that an event will wake, itself or through a condition."""
    owners = [getattr(callback, "__self__", None) for callback in event.callbacks or ()]
    names = [owner.name for owner in owners if isinstance(owner, Process)]
    conditions = [_waiting_process(owner) for owner in owners if isinstance(owner, Condition)]
    return "".join([*(f" of {name}" for name in names), *conditions])
