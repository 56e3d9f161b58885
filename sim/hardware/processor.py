"""A processor: the cores of a node with their scheduler. All that the node handles is served here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sim.hardware.core import Core
from sim.hardware.scheduler import Fifo, FifoConfig
from sim.hardware.shared.costs import SharedCosts
from sim.hardware.task import FULL_SPEED, Task

if TYPE_CHECKING:
    from sim.event_queue import Entry
    from sim.hardware.scaling import Scaling
    from sim.hardware.scheduler import Scheduler
    from sim.hardware.transfer import Transfer
    from sim.kernel import Kernel


class Processor:
    """The cores of one node.

    `costs` are asked for each message, timer and request: it takes the sum of what they give, in nanoseconds at full
    speed. Without `cost_of` they are asked when its service begins, so that what waits in line costs what holds at its
    turn; with it, the node's own cost of such a task by its sort, all are asked when it comes. Work that costs
    nothing is carried out at once where a core is free.

    `free`, the cores that would take a task, as bits; `served`, tasks that were carried out; `generation`, how often
    all work was lost; `current`, the core whose handler runs; `record`, where traces go, None: nowhere; `lasting`,
    whether the node has it for good; `shared`, what operations of its threads on shared state cost.
    """

    __slots__ = (
        "_entry",
        "_since",
        "_stops",
        "_waits",
        "cores",
        "cost_of",
        "costs",
        "current",
        "free",
        "frequency",
        "generation",
        "kernel",
        "lasting",
        "priority_of",
        "record",
        "scaling",
        "scheduler",
        "served",
        "shared",
        "transfers",
        "when_idle",
    )

    def __init__(self, kernel: Kernel, speeds: Sequence[float] = (1.0,), sockets: int = 1) -> None:
        self.kernel = kernel
        self.free = (1 << len(speeds)) - 1
        self.costs: list[Callable[[], int]] = []
        self.cost_of: Callable[[Task], int] | None = None
        self.priority_of: Callable[[Task], int] | None = None
        self.served = 0
        self.generation = 0
        self.current: Core | None = None
        self.record: Callable[..., None] | None = None
        self.scaling: Scaling | None = None
        self.transfers: Transfer | None = None
        self.shared = SharedCosts()
        self.frequency = 3_000_000_000
        self.lasting = False
        self.when_idle: Callable[[], object] | None = None
        """Called once when the last piece of work is done."""
        self.scheduler: Scheduler = Fifo(self, FifoConfig(), None)
        self.cores = tuple(
            Core(self, number, number * sockets // len(speeds), speed) for number, speed in enumerate(speeds)
        )
        self._stops = 0
        self._waits: deque[_Wait] = deque()
        self._entry: Entry | None = None
        self._since = 0

    # Work.

    def submit(
        self,
        run: Callable[[Any], object],
        argument: Any,
        work: int | None = None,
        priority: int = 0,
        sort: str = "work",
    ) -> Task:
        """Have `run(argument)` called at the end of its service.

        `work` in nanoseconds at full speed, None: what a task of this `sort` costs on this node.
        """
        task = Task(run, argument, work, priority, sort)
        if self.priority_of is not None and sort != "work":
            task.priority = self.priority_of(task)
        if work is None and (self.cost_of is not None or self.is_idle):
            work = self.cost(task)
            task.rest = work * FULL_SPEED
        if work == 0 and self.free and not self.scheduler.waiting:
            free = self.free
            self.cores[(free & -free).bit_length() - 1].run_at_once(task)
        else:
            self.ready(task)
        return task

    def ready(self, task: Task, maker: Core | None = None) -> None:
        """Let a task run, which the task on the core `maker` made ready, None: it comes from outside."""
        task.ready_at = self.kernel._now
        self.scheduler.ready(task, maker)

    def cost(self, task: Task) -> int:
        """What a task of its sort costs, in nanoseconds at full speed; a new draw where it is random."""
        cost = 0 if self.cost_of is None else self.cost_of(task)
        return cost + sum([more() for more in self.costs]) if self.costs else cost

    def transfer(self, home: Core, core: Core) -> int:
        """Nanoseconds that moving a task from one core to another takes."""
        return 0 if self.transfers is None else self.transfers.between(home, core)

    # Waiting for a device.

    def wait(self, duration: int) -> None:
        """Be held up, before anything else is served, for so many nanoseconds, whatever the speed."""
        self._waits.append(_Wait(duration))
        if len(self._waits) == 1:
            for core in self.cores:
                core.stop()
            self._wait_on()

    def put_off(self, call: Callable[[], object]) -> None:
        """Have something done when the last `wait` is over."""
        self._waits[-1].calls.append(call)

    @property
    def is_held_up(self) -> bool:
        """Whether a `wait` is not over yet."""
        return bool(self._waits)

    @property
    def held_up_for(self) -> int:
        """Nanoseconds until the last `wait` is over, if nothing stops the processor."""
        rest = sum([wait.rest for wait in self._waits])
        return rest if self._entry is None else rest - (self.kernel._now - self._since)

    def _wait_on(self) -> None:
        if self._entry is None and self._waits and not self._stops:
            self._since = self.kernel._now
            self._entry = (self._since + self._waits[0].rest, next(self.kernel.keys), self._waited, None)
            self.kernel.push(self._entry)

    def _waited(self, _: None) -> None:
        self._entry = None
        for call in self._waits.popleft().calls:
            call()
        if self._waits:
            self._wait_on()
        else:
            for core in self.cores:
                core.go()
            if self.when_idle is not None:
                self.settle()

    def _suspend_wait(self) -> None:
        if self._entry is not None:
            self.kernel.cancel(self._entry)
            self._waits[0].rest -= self.kernel._now - self._since
            self._entry = None

    # Its state.

    def describe(self) -> None:
        """Say in the trace how many cores it has, and what their scheduler promises."""
        if self.record is not None:
            scheduler = self.scheduler
            self.record("cores", cores=len(self.cores), scheduler=scheduler.config.kind, promise=scheduler.promise)

    def conclude(self) -> None:
        """Say in the trace what runs and which task waits longest when the run is over."""
        if self.record is None:
            return
        for core in self.cores:
            if core.task is not None:
                self.record("runs", core=core.number, task=core.task.name, since=core.began, waited=core.waited)
        waiting = self.scheduler.queued()
        if waiting:
            longest = min(waiting, key=lambda task: task.ready_at)
            self.record("waits", task=longest.name, since=longest.ready_at, tasks=len(waiting))

    @property
    def is_idle(self) -> bool:
        """Whether a task would be taken at once."""
        return bool(self.free) and not self._waits and not self.scheduler.waiting

    @property
    def has_work(self) -> bool:
        """Whether something is served, waits, or holds it up."""
        return bool(self._waits) or any(core.task is not None for core in self.cores) or bool(self.scheduler.waiting)

    @property
    def is_plain(self) -> bool:
        """Whether it has nothing to do, and works as if it were not there."""
        stands = self._stops or any(core.is_stopped or core.is_slowed for core in self.cores)
        return not (self.lasting or self.costs or stands or self.has_work)

    @property
    def is_stopped(self) -> bool:
        """Whether all of it stands still."""
        return self._stops > 0

    @property
    def queued(self) -> tuple[Task, ...]:
        """The tasks that were submitted and not carried out: those in service, then those that wait."""
        served = [core.task for core in self.cores if core.task is not None and not core.acting]
        return (*served, *self.scheduler.queued())

    def settle(self) -> None:
        """Call `when_idle` if there is nothing left to do, and nothing stands still."""
        if self.when_idle is not None and not self._stops and not self.has_work:
            when_idle, self.when_idle = self.when_idle, None
            when_idle()

    # What faults and the life of its node do.

    def stop(self) -> None:
        """Stand still as a whole, until as many calls of `go` as of `stop`."""
        self._suspend_wait()
        self._stops += 1
        for core in self.cores:
            core.stop()

    def go(self) -> None:
        """Take back one `stop`."""
        assert self._stops > 0, "a processor goes on that was not stopped"
        self._stops -= 1
        self._wait_on()
        for core in self.cores:
            core.go()
        if self.when_idle is not None:
            self.settle()

    def slow(self, share: float) -> None:
        """Have all cores work at a share of their speed; such shares multiply."""
        for core in self.cores:
            core.slow(share)

    def unslow(self, share: float) -> None:
        """Take back one such share."""
        for core in self.cores:
            core.unslow(share)

    def some(self, numbers: Sequence[int]) -> SomeCores:
        """These of its cores."""
        return SomeCores(self, numbers)

    def clear(self) -> tuple[Task, ...]:
        """Forget all work, waits too, and give what was submitted and not carried out."""
        lost = self.queued
        self.generation += 1
        self.scheduler.clear()
        for core in self.cores:
            core.clear()
        for task in lost:
            task.lost()
        if self._waits:
            self._suspend_wait()
            self._waits.clear()
            for core in self.cores:
                core.go()
        return lost


class SomeCores:
    """Some cores of a processor, for faults that strike these alone."""

    def __init__(self, processor: Processor, numbers: Sequence[int]) -> None:
        self.processor = processor
        self.cores = [processor.cores[number] for number in numbers]
        self.costs = processor.costs

    @property
    def served(self) -> int:
        """Tasks that these cores have run."""
        return sum([core.served for core in self.cores])

    @property
    def queued(self) -> tuple[Task, ...]:
        """The tasks that stand still on these cores."""
        return tuple([core.task for core in self.cores if core.task is not None and not core.acting])

    def stop(self) -> None:
        """Stop each."""
        for core in self.cores:
            core.stop()

    def go(self) -> None:
        """Let each go on."""
        for core in self.cores:
            core.go()

    def slow(self, share: float) -> None:
        """Have each work at a share of its speed."""
        for core in self.cores:
            core.slow(share)

    def unslow(self, share: float) -> None:
        """Take back one such share."""
        for core in self.cores:
            core.unslow(share)


class _Wait:
    """A time in which the processor is held up: what is left of it, and what is done at its end."""

    __slots__ = ("calls", "rest")

    def __init__(self, rest: int) -> None:
        self.rest = rest
        self.calls: list[Callable[[], object]] = []
