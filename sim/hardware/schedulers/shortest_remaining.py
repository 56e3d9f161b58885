"""The task with the least work left first, taking the core of a longer one."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, ClassVar, Literal

from sim.hardware.scheduler import Scheduler, SchedulerConfig
from sim.hardware.task import FULL_SPEED

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.hardware.processor import Processor
    from sim.hardware.task import Task
    from sim.randomness import Stream


class ShortestRemainingConfig(SchedulerConfig):
    """The task with the least work left in its slice runs; among equals the one that came first."""

    kind: Literal["shortest-remaining"] = "shortest-remaining"


class ShortestRemaining(Scheduler):
    """Shortest remaining processing time, pre-emptive (Schrage and Miller, "The queue M/G/1 with the SRPT discipline",
    Operations Research 14, 1966).

    What a task costs is known when it comes. Work counts, not time: slow cores and fast ones are taken as they are, and
    a task on a core that was stopped stays there. A task that has begun is not ousted by one with as much left.
    """

    Config: ClassVar[type[SchedulerConfig]] = ShortestRemainingConfig

    def __init__(self, processor: Processor, config: SchedulerConfig, stream: Stream | None) -> None:
        super().__init__(processor, config, stream)
        self._heap: list[tuple[int, int, Task]] = []
        self._numbers = count()

    def ready(self, task: Task, maker: Core | None) -> None:
        """Start it on the first core that is free, or in place of the task with the most left, or let it wait."""
        processor = self.processor
        if task.rest is None:
            task.rest = processor.cost(task) * FULL_SPEED
        free = processor.free
        if free and not self._heap:
            processor.cores[(free & -free).bit_length() - 1].start(task)
            return
        core = self._longest()
        if core is not None and core.remaining > task.rest:
            ousted = core.preempt()
            ousted.ready_at = processor.kernel.now
            self._wait(ousted)
            core.start(task)
        else:
            self._wait(task)

    def _longest(self) -> Core | None:
        """The core whose task has the most left; of equals the one with the lowest number."""
        running = [core for core in self.processor.cores if core.task is not None and core.may_be_preempted]
        return max(running, key=lambda core: core.remaining, default=None)

    def _wait(self, task: Task) -> None:
        assert task.rest is not None
        heappush(self._heap, (task.rest, next(self._numbers), task))

    def next(self, core: Core) -> Task | None:
        """The task with the least left."""
        return heappop(self._heap)[2] if self._heap else None

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        return len(self._heap)

    def queued(self) -> list[Task]:
        """The tasks that wait, the one with the least left first."""
        return [entry[2] for entry in sorted(self._heap)]

    def clear(self) -> None:
        """Forget the tasks that wait."""
        self._heap.clear()
