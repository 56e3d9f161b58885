"""Tasks: what a core runs. A piece of work that ends in a call, or a thread that computes, waits and goes on."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.units import shown

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.hardware.processor import Processor

FULL_SPEED: Final = 1_000_000_000
"""Billionths of a nanosecond of work that a core does in a nanosecond."""


class _Wait:
    """What a thread yields to leave its core until it is woken."""

    def __repr__(self) -> str:
        return "WAIT"


WAIT: Final = _Wait()
"""Yielded by a thread that leaves its core until `wake`."""


class SystemCall(NamedTuple):
    """What a thread yields to be in a call of the operating system for so many nanoseconds, off its core."""

    duration: int


def wrong_step(step: object) -> str:
    """Say what is wrong with what a thread has yielded, which is no work."""
    if isinstance(step, Generator):
        return "found a `yield` of what goes on by itself, such as an effect; expected `yield from`"
    found = (
        shown(step)
        if step is None or isinstance(step, float | str)
        else f"an object of the class {type(step).__name__}"
    )
    return f"found a `yield` of {found}; expected work in whole nanoseconds"


class Task:
    """A piece of work: `run(argument)` is called at the end of its service.

    `rest`, what is left of its present slice, in billionths of nanoseconds at full speed, None until its cost is drawn;
    `priority`, smaller first, where the scheduler looks at it; `sort`, what the node's costs go by (`message`, `timer`,
    `request`, `work`); `home`, the core that ran it last; `ready_at`, when it last began to wait for a core.
    """

    __slots__ = ("argument", "home", "priority", "ready_at", "rest", "run", "sort")

    def __init__(
        self,
        run: Callable[[Any], object],
        argument: Any,
        work: int | None = None,
        priority: int = 0,
        sort: str = "work",
    ) -> None:
        self.rest = None if work is None else work * FULL_SPEED
        self.run = run
        self.argument = argument
        self.priority = priority
        self.sort = sort
        self.home: Core | None = None
        self.ready_at = 0

    @property
    def name(self) -> str:
        """What people know it by."""
        if self.sort == "message":
            return str(self.argument.kind)
        return self.sort

    def slice_over(self, core: Core) -> int | None:
        """Act at the end of a slice; gives nanoseconds of work to go on with, None: it leaves its core."""
        self.run(self.argument)
        return None

    def lost(self) -> None:
        """Take in that it will never go on: its node has crashed."""


class Thread(Task):
    """A task that lives over time: a generator that yields how many nanoseconds it computes, WAIT, or a SystemCall.

    After WAIT it is off its core until `wake(value)`; the value is what the `yield` gives. A wake before it waits is
    kept for its next WAIT. It is over when the generator returns: then `on_end(result)` is called, where there is one.
    What it does between two yields happens at one instant. Threads die with a crash of their node, and cannot be woken.
    """

    __slots__ = (
        "_generation",
        "_generator",
        "_name",
        "_runs",
        "_token",
        "_woken",
        "core",
        "on_end",
        "over",
        "processor",
        "waits",
    )

    def __init__(
        self, processor: Processor, generator: Generator[Any, Any, Any], name: str = "thread", priority: int = 0
    ) -> None:
        self.rest = 0
        self.priority = priority
        self.sort = "work"
        self.home = None
        self.ready_at = 0
        self.processor = processor
        self.core: Core | None = None
        self.over = False
        self.waits = False
        self.on_end: Callable[[Any], object] | None = None
        self._generator = generator
        self._generation = processor.generation
        self._name = name
        if priority == 0 and processor.priority_of is not None:
            self.priority = processor.priority_of(self)
        self._runs = False
        self._woken = False
        self._token: Any = None

    @property
    def name(self) -> str:
        """What people know it by."""
        return self._name

    def start(self) -> Thread:
        """Begin, as soon as a core takes it."""
        self.processor.ready(self)
        return self

    def slice_over(self, core: Core) -> int | None:
        """Go on to the next yield; one that was cancelled while it was queued, or on its core, does not."""
        if self.over:
            return None
        self.core = core
        send = self._generator.send
        token = None
        if not self._woken:  # what it waited for is over; a wake that came early is kept
            token, self._token = self._token, None
        while True:
            self._runs = True
            try:
                step = send(token)
            except StopIteration as end:
                self.over, self.core = True, None
                if self.on_end is not None:
                    self.on_end(end.value)
                return None
            finally:
                self._runs = False
            if self.over:  # it was cancelled by what it did itself
                self.core = None
                self._generator.close()
                return None
            if step is not WAIT:
                if step.__class__ is SystemCall:
                    self.core = None
                    self.processor.scheduler.system_call(self, core, step.duration)
                    return None
                if not isinstance(step, int):
                    self._generator.throw(TypeError(wrong_step(step)))
                if step:
                    return step  # type: ignore[no-any-return]
                token = None
            elif self._woken:
                self._woken, token, self._token = False, self._token, None
            else:
                self.waits, self.core = True, None
                return None

    def wake(self, value: Any = None) -> bool:
        """Let it go on after its WAIT, which gives `value`. False where it is over, was woken already, or has died."""
        if self.over or self._woken or self._generation != self.processor.generation:
            return False
        self._token = value
        if self.waits:
            self.waits = False
            self.rest = 0
            self.processor.ready(self, self.processor.current)
            return True
        self._woken = True
        return True

    def end_call(self) -> bool:
        """Be ready to go on after a system call. False where it is over, or has died."""
        if self.over or self._generation != self.processor.generation:
            return False
        self.rest = 0
        self.ready_at = self.processor.kernel._now
        return True

    def cancel(self) -> None:
        """End it where it is; what it computes at that time still takes its core until it is computed."""
        if not self.over:
            self.over = True
            if not self._runs:  # a generator that runs cannot be closed
                self._generator.close()

    def lost(self) -> None:
        """Take in that its node has crashed."""
        self.cancel()
