"""The most urgent task first, without or with pre-emption of what is less urgent."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.hardware.scheduler import Scheduler, SchedulerConfig
from sim.hardware.schedulers.priority_queue import PriorityQueue

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.hardware.processor import Processor
    from sim.hardware.task import Task
    from sim.randomness import Stream


class PriorityConfig(SchedulerConfig):
    """One queue for all cores, the smallest priority number first, among equals first in, first out."""

    kind: Literal["priority"] = "priority"
    preemptive: bool = Field(
        default=False,
        description="whether a task takes the core of a less urgent one, which goes on later where it was",
    )


class Priority(Scheduler):
    """Head-of-line priorities (Kleinrock, "Queueing Systems", volume 2, 1976, chapter 3), resumed if pre-empted."""

    Config: ClassVar[type[SchedulerConfig]] = PriorityConfig

    def __init__(self, processor: Processor, config: SchedulerConfig, stream: Stream | None) -> None:
        super().__init__(processor, config, stream)
        assert isinstance(config, PriorityConfig)
        self._preemptive = config.preemptive
        self._queue = PriorityQueue()

    def ready(self, task: Task, maker: Core | None) -> None:
        """Start it on the first core that is free, or in place of the least urgent task, or let it wait."""
        processor = self.processor
        free = processor.free
        if free and not self._queue:
            processor.cores[(free & -free).bit_length() - 1].start(task)
            return
        self._queue.append(task)
        if self._preemptive:
            self._preempt_for(task)

    def _preempt_for(self, task: Task) -> None:
        """Give a task the core of the least urgent one, if that is less urgent; of equals the last that began."""
        running = [core for core in self.processor.cores if core.task is not None and core.may_be_preempted]
        core = max(running, key=_dispensability, default=None)
        if core is None or core.task is None or core.task.priority <= task.priority:
            return
        ousted = core.preempt()
        ousted.ready_at = self.processor.kernel.now
        following = self._queue.popleft()
        self._queue.appendleft(ousted)
        core.start(following)

    def next(self, core: Core) -> Task | None:
        """The most urgent task."""
        return self._queue.popleft() if self._queue else None

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        return len(self._queue)

    def queued(self) -> list[Task]:
        """The tasks that wait, the most urgent first."""
        return list(self._queue)

    def clear(self) -> None:
        """Forget the tasks that wait."""
        self._queue.clear()


def _dispensability(core: Core) -> tuple[int, int, int]:
    assert core.task is not None
    return core.task.priority, core.began, -core.number
