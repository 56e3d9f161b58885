"""All tasks at once: each gets an equal share of the cores, as if they took turns that last no time."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from sim.hardware.scheduler import Scheduler, SchedulerConfig
from sim.hardware.task import FULL_SPEED

if TYPE_CHECKING:
    from sim.event_queue import Entry
    from sim.hardware.core import Core
    from sim.hardware.processor import Processor
    from sim.hardware.task import Task
    from sim.randomness import Stream


class ProcessorSharingConfig(SchedulerConfig):
    """All tasks at once, each with an equal share of the cores, and never more than one core."""

    kind: Literal["processor-sharing"] = "processor-sharing"


class _Served(NamedTuple):
    """A task in service: the attained service at which its slice is over, and when it came."""

    due: int
    number: int
    task: Task
    since: int


class ProcessorSharing(Scheduler):
    """Egalitarian processor sharing over several cores (Kleinrock, "Time-shared systems", Journal of the ACM 14, 1967).

    n tasks share the n fastest cores that are not stopped, all of them where there are fewer cores than tasks. The
    attained service, which all tasks in service gain alike, is kept in billionths of nanoseconds of work, so that
    rounding stays below a billionth; an arrival or a departure costs O(log n). Moving between cores is free.
    """

    Config: ClassVar[type[SchedulerConfig]] = ProcessorSharingConfig

    def __init__(self, processor: Processor, config: SchedulerConfig, stream: Stream | None) -> None:
        super().__init__(processor, config, stream)
        self._tasks: list[_Served] = []
        self._numbers = count()
        self._attained = 0
        self._since = 0
        self._entry: Entry | None = None
        self._ranked: list[Core] = []
        self._capacity = [0]
        self._held = 0
        self._rank()

    def _rank(self) -> None:
        """Order the cores that are not stopped from the fastest to the slowest, and add up their speeds."""
        cores = [core for core in self.processor.cores if not core.is_stopped]
        self._ranked = sorted(cores, key=lambda core: (-core.rate, core.number))
        self._capacity = [0]
        for core in self._ranked:
            self._capacity.append(self._capacity[-1] + core.rate)

    # What comes and what is over.

    def ready(self, task: Task, maker: Core | None) -> None:
        """Serve it from now on."""
        if task.rest is None:
            task.rest = self.processor.cost(task) * FULL_SPEED
        self._advance()
        self._serve(task, self.processor.kernel.now)
        self._plan()

    def _serve(self, task: Task, since: int) -> None:
        assert task.rest is not None
        heappush(self._tasks, _Served(self._attained + task.rest, next(self._numbers), task, since))

    def _advance(self) -> None:
        """Give all tasks the service of the time since the last change."""
        now = self.processor.kernel.now
        share = len(self._tasks)
        if share and now > self._since:
            self._attained += (now - self._since) * self._capacity[min(share, len(self._ranked))] // share
        self._since = now

    def _plan(self) -> None:
        """Hold as many cores as there are tasks for, and be called when the first slice is over."""
        kernel = self.processor.kernel
        if self._entry is not None:
            kernel.cancel(self._entry)
            self._entry = None
        self._hold(min(len(self._tasks), len(self._ranked)))
        if self._tasks and self._ranked:
            capacity = self._capacity[self._held]
            left = max(0, self._tasks[0].due - self._attained) * len(self._tasks)
            self._entry = kernel.call_at(kernel.now - (-left // capacity), self._over, None)

    def _hold(self, wanted: int) -> None:
        while self._held < wanted:
            self._ranked[self._held].hold()
            self._held += 1
        while self._held > wanted:
            self._held -= 1
            self._ranked[self._held].release()

    def _over(self, _: None) -> None:
        """The slice of the first task is over."""
        self._entry = None
        self._advance()
        processor = self.processor
        generation = processor.generation
        served = heappop(self._tasks)
        task, core = served.task, self._ranked[0]
        task.home = core
        more = core.act(task)
        if processor.generation != generation:  # its node has crashed meanwhile
            return
        if more is not None:
            task.rest = more * FULL_SPEED
            self._serve(task, served.since)
        else:
            processor.served += 1
            if processor.record is not None:
                ran = processor.kernel.now - served.since
                processor.record("ran", core=core.number, task=task.name, since=served.since, waited=0, ran=ran)
        self._advance()
        self._plan()
        if processor.when_idle is not None:
            processor.settle()

    # What the processor asks.

    def next(self, core: Core) -> Task | None:
        """Nothing: tasks are not for a core of their own."""
        return None

    def changed(self, core: Core) -> None:
        """Share what capacity there is from now on."""
        self._advance()
        self._hold(0)
        self._rank()
        self._plan()

    @property
    def promise(self) -> int | None:
        """Nothing: no task waits, all are served."""
        return None

    @property
    def waiting(self) -> int:
        """How many tasks are in service, for they are all both served and waiting."""
        return len(self._tasks)

    def queued(self) -> list[Task]:
        """The tasks in service, in the order in which they came."""
        return [served.task for served in sorted(self._tasks, key=lambda served: served.number)]

    def clear(self) -> None:
        """Forget all tasks."""
        self._tasks.clear()
        self._plan()
