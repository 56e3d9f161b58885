"""A core: takes pieces of work in order, one at a time, each for the time that it costs at the core's speed.

A single server with a queue, first in, first out (Kleinrock, "Queueing Systems", volume 1, 1975). It may be slowed or
stopped at any time; the piece in service goes on where it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.event_queue import Entry
    from sim.kernel import Kernel

FULL_SPEED: Final = 1_000_000_000
"""Billionths of a nanosecond of work that a core does in a nanosecond."""


class Work:
    """A piece of work: what is called at the end of its service, and what is left to do.

    `rest` in billionths of nanoseconds at full speed, None until its service begins; a piece that `waits` (for a disk)
    takes that time at any speed.
    """

    __slots__ = ("argument", "rest", "run", "waits")

    def __init__(self, cost: int | None, run: Callable[[Any], object], argument: Any, waits: bool = False) -> None:
        self.rest = None if cost is None else cost * FULL_SPEED
        self.run = run
        self.argument = argument
        self.waits = waits


class Core:
    """One core of a node.

    `costs` are asked for each piece when its service begins: it takes the sum of what they give, in nanoseconds at full
    speed; so what waits in line costs what holds at its turn. `served` counts the pieces that were carried out. Work
    that costs nothing is carried out at once where the core is idle.
    """

    __slots__ = (
        "_entry",
        "_kernel",
        "_queue",
        "_rate",
        "_running",
        "_since",
        "_speeds",
        "_stops",
        "_waits",
        "costs",
        "served",
        "when_idle",
    )

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._queue: deque[Work] = deque()
        self._waits: deque[Work] = deque()
        self._entry: Entry | None = None
        self._since = 0
        self._rate = FULL_SPEED
        self._speeds: list[float] = []
        self._stops = 0
        self._running = False
        self.costs: list[Callable[[], int]] = []
        self.served = 0
        self.when_idle: Callable[[], object] | None = None
        """Called once when the last piece of work is done."""

    def submit(self, run: Callable[[Any], object], argument: Any) -> None:
        """Have `run(argument)` called at the end of its service, after all that was submitted before."""
        if self.is_idle:
            cost = self._cost()
            if cost == 0:
                self._carry_out(run, argument)
            else:
                self._queue.append(Work(cost, run, argument))
        else:
            self._queue.append(Work(None, run, argument))
        self._go_on()

    def _cost(self) -> int:
        return sum([cost() for cost in self.costs])

    def wait(self, duration: int) -> None:
        """Be held up, before anything else is served, for so many nanoseconds, whatever the speed."""
        self._suspend()
        self._waits.append(Work(duration, _call_all, [], waits=True))
        self._go_on()

    def put_off(self, call: Callable[[], object]) -> None:
        """Have something done when the last `wait` is over."""
        self._waits[-1].argument.append(call)

    @property
    def is_held_up(self) -> bool:
        """Whether a `wait` is not over yet."""
        return bool(self._waits)

    @property
    def held_up_for(self) -> int:
        """Nanoseconds until the last `wait` is over, if nothing stops the core."""
        rest = sum([work.rest or 0 for work in self._waits])
        if self._entry is not None and self._waits:
            rest -= (self._kernel._now - self._since) * FULL_SPEED
        return -(-rest // FULL_SPEED)

    @property
    def is_idle(self) -> bool:
        """Whether a piece of work would be taken at once."""
        return not (self._running or self._stops or self._queue or self._waits)

    @property
    def is_plain(self) -> bool:
        """Whether it is idle, and works as if it were not there."""
        return self.is_idle and not self.costs and not self._speeds

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is served."""
        return self._stops > 0

    @property
    def queued(self) -> tuple[Work, ...]:
        """The pieces that were submitted and not carried out, in order, with the one in service."""
        return tuple(self._queue)

    def stop(self) -> None:
        """Serve nothing, until as many calls of `go` as of `stop`."""
        self._suspend()
        self._stops += 1

    def go(self) -> None:
        """Take back one `stop`."""
        assert self._stops > 0, "a core goes on that was not stopped"
        self._stops -= 1
        self._go_on()

    def slow(self, speed: float) -> None:
        """Work at a share of the speed; such shares multiply."""
        assert speed > 0.0
        self._speeds.append(speed)
        self._change_rate()

    def unslow(self, speed: float) -> None:
        """Take back one such share."""
        self._speeds.remove(speed)
        self._change_rate()

    def _change_rate(self) -> None:
        self._suspend()
        rate = float(FULL_SPEED)
        for speed in sorted(self._speeds):
            rate *= speed
        self._rate = max(1, round(rate))
        self._go_on()

    def clear(self) -> tuple[Work, ...]:
        """Forget all work, waits too, and give what was submitted and not carried out."""
        self._suspend()
        lost = self.queued
        self._queue.clear()
        self._waits.clear()
        return lost

    def _suspend(self) -> None:
        """Interrupt the service, and note how much of the piece is left."""
        if self._entry is None:
            return
        self._kernel.cancel(self._entry)
        work: Work = self._entry[3]
        done = (self._kernel._now - self._since) * (FULL_SPEED if work.waits else self._rate)
        assert work.rest is not None, "in service"
        work.rest = max(0, work.rest - done)
        self._entry = None

    def _go_on(self) -> None:
        """Serve what is first in line, if nothing is in service."""
        if self._entry is not None or self._stops or self._running:
            return
        line = self._waits or self._queue
        if line:
            work, now = line[0], self._kernel._now
            if work.rest is None:
                work.rest = self._cost() * FULL_SPEED
            due = now - (-work.rest // (FULL_SPEED if work.waits else self._rate))
            self._since = now
            self._entry = (due, next(self._kernel.keys), self._done, work)
            self._kernel.push(self._entry)
        elif self.when_idle is not None:
            when_idle, self.when_idle = self.when_idle, None
            when_idle()

    def _done(self, work: Work) -> None:
        """The service of a piece is over."""
        self._entry = None
        (self._waits if work.waits else self._queue).popleft()
        if work.waits:
            work.run(work.argument)
        else:
            self._carry_out(work.run, work.argument)
        self._go_on()

    def _carry_out(self, run: Callable[[Any], object], argument: Any) -> None:
        self.served += 1
        self._running = True
        try:
            run(argument)
        finally:
            self._running = False


def _call_all(calls: list[Callable[[], object]]) -> None:
    for call in calls:
        call()
