"""A scheduler: decides which of the tasks that are ready a core runs; and the simplest one, first in, first out."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.hardware.processor import Processor
    from sim.hardware.task import Task, Thread
    from sim.randomness import Stream


class SchedulerConfig(BaseModel):
    """Base of the options of schedulers."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    kind: str


class Scheduler:
    """Base of schedulers: one for each processor, with a random stream of its own."""

    Config: ClassVar[type[SchedulerConfig]]

    def __init__(self, processor: Processor, config: SchedulerConfig, stream: Stream | None) -> None:
        self.processor = processor
        self.config = config
        self.stream = stream

    def ready(self, task: Task, maker: Core | None) -> None:
        """A task can run; `maker`, the core whose task made it so, None: it came from outside.

        Where a core is free that may run it, it is to be started there.
        """
        raise NotImplementedError

    def next(self, core: Core) -> Task | None:
        """What a core that became free runs next, None: nothing, or it was started already."""
        raise NotImplementedError

    def system_call(self, thread: Thread, core: Core, duration: int) -> None:
        """The thread on a core, which leaves it, is in a call of the system for so many nanoseconds."""
        self.processor.kernel.call_after(duration, self._call_over, thread)

    def _call_over(self, thread: Thread) -> None:
        if thread.end_call():
            self.processor.ready(thread)

    def changed(self, core: Core) -> None:
        """A core was stopped, goes on, or works at another speed."""

    @property
    def waiting(self) -> int:
        """How many tasks wait for a core."""
        return len(self.queued())

    @property
    def promise(self) -> int | None:
        """Nanoseconds for which a core may be idle while a task waits, None: it promises nothing."""
        return 0

    def queued(self) -> list[Task]:
        """The tasks that wait for a core, in the order in which they came, as far as there is one."""
        raise NotImplementedError

    def clear(self) -> None:
        """Forget the tasks that wait."""
        raise NotImplementedError

    def counts(self) -> dict[str, int]:
        """What it has counted so far of its own acts, by name; nothing where it counts none."""
        return {}


class FifoConfig(SchedulerConfig):
    """One queue for all cores, first in, first out; of several free cores the one with the lowest number takes it."""

    kind: Literal["fifo"] = "fifo"


class Fifo(Scheduler):
    """One queue for all cores, first in, first out (Kleinrock, "Queueing Systems", volume 1, 1975)."""

    Config: ClassVar[type[SchedulerConfig]] = FifoConfig

    def __init__(self, processor: Processor, config: SchedulerConfig, stream: Stream | None) -> None:
        super().__init__(processor, config, stream)
        self._queue: deque[Task] = deque()

    def ready(self, task: Task, maker: Core | None) -> None:
        """Start it on the first core that is free, or let it wait."""
        processor = self.processor
        free = processor.free
        if free and not self._queue:
            processor.cores[(free & -free).bit_length() - 1].start(task)
        else:
            self._queue.append(task)

    def next(self, core: Core) -> Task | None:
        """The task that waits longest."""
        return self._queue.popleft() if self._queue else None

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        return len(self._queue)

    def queued(self) -> list[Task]:
        """The tasks that wait, in order."""
        return list(self._queue)

    def clear(self) -> None:
        """Forget the tasks that wait."""
        self._queue.clear()
