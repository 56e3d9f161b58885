"""A core: runs one task at a time, each for the time that it takes at the core's speed.

It may be slowed or stopped at any time; the task in service goes on where it was. What it runs next is up to the
scheduler of its processor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.hardware.task import FULL_SPEED

if TYPE_CHECKING:
    from sim.event_queue import Entry
    from sim.hardware.processor import Processor
    from sim.hardware.task import Task


class Core:
    """One core of a processor.

    `task`, what it runs, None: nothing; `busy`, nanoseconds in which it ran something; `served`, stints of tasks on it;
    `acting`, whether a handler runs at this instant.
    """

    __slots__ = (
        "_began",
        "_bit",
        "_entry",
        "_held",
        "_kernel",
        "_keys",
        "_push",
        "_rate",
        "_since",
        "_speed",
        "_speeds",
        "_stops",
        "_waited",
        "acting",
        "busy",
        "number",
        "processor",
        "served",
        "socket",
        "task",
    )

    def __init__(self, processor: Processor, number: int, socket: int, speed: float = 1.0) -> None:
        self.processor = processor
        self.number = number
        self.socket = socket
        self.task: Task | None = None
        self.busy = 0
        self.served = 0
        self.acting = False
        self._bit = 1 << number
        self._kernel = processor.kernel
        self._keys = processor.kernel.keys
        self._push = processor.kernel.push
        self._entry: Entry | None = None
        self._held = False
        self._since = 0
        self._began = 0
        self._waited = 0
        self._speed = speed
        self._speeds: list[float] = []
        self._rate = max(1, round(FULL_SPEED * speed))
        self._stops = 0

    def __repr__(self) -> str:
        return f"<Core {self.number}: {'idle' if self.task is None else self.task.name}>"

    @property
    def free(self) -> bool:
        """Whether it would take a task now."""
        return self.task is None and not self._stops

    @property
    def is_stopped(self) -> bool:
        """Whether it runs nothing, whatever it has."""
        return self._stops > 0

    @property
    def is_slowed(self) -> bool:
        """Whether it works at another speed than its own."""
        return bool(self._speeds)

    @property
    def speed(self) -> float:
        """The speed of the moment, as a share of full speed; it counts while it is stopped too."""
        return self._rate / FULL_SPEED

    @property
    def rate(self) -> int:
        """The same in billionths of nanoseconds of work that it does in a nanosecond."""
        return self._rate

    @property
    def began(self) -> int:
        """When it began to run what it runs, or ran last."""
        return self._began

    @property
    def waited(self) -> int:
        """How long what it runs, or ran last, had waited for a core."""
        return self._waited

    @property
    def remaining(self) -> int:
        """What is left of the slice that it runs, in billionths of nanoseconds at full speed."""
        if self.task is None or self.task.rest is None:
            return 0
        if self._entry is None:
            return self.task.rest
        return max(0, self.task.rest - (self._kernel._now - self._since) * self._rate)

    @property
    def may_be_preempted(self) -> bool:
        """Whether the task that it runs can be taken off: it is not stopped, and no handler runs at this instant."""
        return self.task is not None and not self.acting and not self._stops

    def busy_until_now(self) -> int:
        """Nanoseconds in which it ran something, the present stint included."""
        return self.busy + (self._kernel._now - self._since if self._entry is not None or self._held else 0)

    # Tasks that share cores.

    def hold(self) -> None:
        """Be busy from now on with tasks that no core has for itself."""
        assert not self._held, "held already"
        self._held = True
        self._since = self._began = self._kernel._now
        if self.processor.scaling is not None:
            self.processor.scaling.started(self)

    def release(self) -> None:
        """Be so no more."""
        assert self._held, "not held"
        self._held = False
        self.busy += self._kernel._now - self._since

    def act(self, task: Task) -> int | None:
        """Let a task act at the end of its slice; gives the nanoseconds of work that it goes on with."""
        processor = self.processor
        before, processor.current = processor.current, self
        self.acting = True
        try:
            return task.slice_over(self)
        finally:
            self.acting = False
            processor.current = before

    def start(self, task: Task, overhead: int = 0) -> None:
        """Run a task from now on, after `overhead` nanoseconds of work for getting to it.

        A task that another core ran last takes further the time that moving it costs.
        """
        assert self.task is None, "a core runs one task at a time"
        processor = self.processor
        self.task = task
        processor.free &= ~self._bit
        now = self._began = self._kernel._now
        self._waited = now - task.ready_at
        home = task.home
        if home is not self:
            if home is not None:
                overhead += processor.transfer(home, self)
            task.home = self
        rest = task.rest
        if rest is None:
            rest = processor.cost(task) * FULL_SPEED
        if overhead:
            rest += overhead * FULL_SPEED
        task.rest = rest
        if processor.scaling is not None:
            processor.scaling.started(self)
        if not self._stops:
            self._since = now
            entry = self._entry = (now - (-rest // self._rate), next(self._keys), self._done, task)
            self._push(entry)

    def run_at_once(self, task: Task) -> None:
        """Run a task that costs nothing, in no time."""
        self.task = task
        self.processor.free &= ~self._bit
        self._began = self._since = self._kernel._now
        self._waited = 0
        task.home = self
        self._done(task)

    def _done(self, task: Task) -> None:
        """A slice of the task is over."""
        processor = self.processor
        now = self._kernel._now
        self._entry = None
        self.busy += now - self._since
        more = self.act(task)
        if self.task is not task:  # its node has crashed meanwhile
            return
        if more is not None:
            task.rest = more * FULL_SPEED
            self._go_on()
            return
        if processor.record is not None:
            self._trace(task)
        self.task = None
        self.served += 1
        processor.served += 1
        if not self._stops:
            processor.free |= self._bit
            following = processor.scheduler.next(self)
            if following is not None:
                self.start(following)
        if processor.when_idle is not None:
            processor.settle()

    def _trace(self, task: Task) -> None:
        record = self.processor.record
        assert record is not None
        since = self._began
        ran = self._kernel._now - since
        record("ran", core=self.number, task=task.name, since=since, waited=self._waited, ran=ran)

    def _go_on(self) -> None:
        """Serve what is left of the present slice, unless it is stopped."""
        task = self.task
        if task is not None and self._entry is None and not self._stops and not self.acting:
            assert task.rest is not None
            now = self._since = self._kernel._now
            entry = self._entry = (now - (-task.rest // self._rate), next(self._keys), self._done, task)
            self._push(entry)

    def _suspend(self) -> None:
        """Interrupt the service, and note how much of the slice is left."""
        if self._entry is None:
            return
        self._kernel.cancel(self._entry)
        self._entry = None
        task = self.task
        assert task is not None
        assert task.rest is not None
        ran = self._kernel._now - self._since
        self.busy += ran
        task.rest = max(0, task.rest - ran * self._rate)

    def preempt(self) -> Task:
        """Take the running task off; its `rest` says what is left. The core does not ask for another."""
        task = self.task
        assert task is not None, "nothing to preempt"
        assert not self.acting, "a handler cannot be interrupted"
        self._suspend()
        if self.processor.record is not None:
            self._trace(task)
        self.task = None
        self.served += 1
        if not self._stops:
            self.processor.free |= self._bit
        return task

    def clear(self) -> Task | None:
        """Forget what it runs; gives the task, unless its handler runs at this instant."""
        self._suspend()
        task, self.task = self.task, None
        if not self._stops:
            self.processor.free |= self._bit
        return None if self.acting else task

    # What faults do.

    def stop(self) -> None:
        """Run nothing, until as many calls of `go` as of `stop`."""
        self._suspend()
        self._stops += 1
        self.processor.free &= ~self._bit
        if self._stops == 1:
            if self.processor.record is not None:
                self.processor.record("core-stopped", core=self.number)
            self.processor.scheduler.changed(self)

    def go(self) -> None:
        """Take back one `stop`."""
        assert self._stops > 0, "a core goes on that was not stopped"
        self._stops -= 1
        if self._stops:
            return
        if self.processor.record is not None:
            self.processor.record("core-went-on", core=self.number)
        if self.task is None:
            self.processor.free |= self._bit
        self.processor.scheduler.changed(self)
        if self.task is not None:
            self._go_on()
        elif self.processor.free & self._bit:
            following = self.processor.scheduler.next(self)
            if following is not None:
                self.start(following)

    def slow(self, share: float) -> None:
        """Work at a share of the speed; such shares multiply."""
        assert share > 0.0
        self._speeds.append(share)
        self._change_rate()

    def unslow(self, share: float) -> None:
        """Take back one such share."""
        self._speeds.remove(share)
        self._change_rate()

    def _change_rate(self) -> None:
        self._suspend()
        rate = float(FULL_SPEED) * self._speed
        for share in sorted(self._speeds):
            rate *= share
        self._rate = max(1, round(rate))
        self._go_on()
        self.processor.scheduler.changed(self)
