"""Work stealing: a queue for each core, and cores without work that take some from others.

The scheduler of goroutines, threads and processors: Vyukov, "Scalable Go scheduler design doc", 2012, and Go's
`runtime/proc.go`. Random victims: Blumofe and Leiserson, "Scheduling multithreaded computations by work stealing",
Journal of the ACM 46, 1999. A core takes what it runs from its slot, its own queue, the global queue, and then from
others; each so manieth task it takes from the global queue first, so that what waits there is not starved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sim.hardware.scheduler import SchedulerConfig
from sim.hardware.schedulers.thieves import Thieves
from sim.hardware.schedulers.work_stealing_config import WorkStealingConfig
from sim.hardware.schedulers.worker import IN_CALL, LOOKING, PARKED, RUNNING, SEARCHING, STOPPED, WAKING, Worker

if TYPE_CHECKING:
    from sim.event_queue import Entry
    from sim.hardware.core import Core
    from sim.hardware.processor import Processor
    from sim.hardware.task import Task, Thread
    from sim.randomness import Stream


class WorkStealing(Thieves):
    """The scheduler of one processor. `retakes`, processors that were taken from threads in system calls."""

    Config: ClassVar[type[SchedulerConfig]] = WorkStealingConfig

    def __init__(self, processor: Processor, config: SchedulerConfig, stream: Stream | None) -> None:
        super().__init__(processor, config, stream)
        self._ticker: Entry | None = None
        self._served = [0] * len(self.workers)
        self.retakes = 0

    # What becomes ready.

    def ready(self, task: Task, maker: Core | None) -> None:
        """Put it where its maker finds it, or where what comes from outside waits; wake a core if none searches."""
        if maker is not None:
            worker = self.workers[maker.number]
            if self.options.slot:
                self._put_first(worker, task)
            else:
                self._push(worker, task)
        elif self._is_for_all(task):
            self._share(task)
            self._notify(for_all=True)
            return
        else:
            worker = self._place_of(task)
            self._push(worker, task)
        if worker.state == RUNNING:
            self._notify()
        else:
            self._alert(worker)

    def _is_for_all(self, task: Task) -> bool:
        """Whether what comes from outside waits in the global queue."""
        return self.options.arrivals == "global"

    def _place_of(self, task: Task) -> Worker:
        """The worker to which what comes from outside goes."""
        home = task.home
        if home is not None and self.options.arrivals == "home":
            return self.workers[home.number]
        return self.workers[self._stream.below(len(self.workers))]

    def _alert(self, worker: Worker) -> None:
        """A worker that runs nothing has work of its own."""
        if worker.core.task is not None:  # a handler that costs nothing runs on it, and it will ask for the next
            return
        if worker.state == PARKED:
            self._parked.remove(worker)
            self._wake(worker)
        elif worker.state in (SEARCHING, LOOKING):
            self._withdraw(worker)
            self._find(worker)
        else:
            self._notify()

    # What a core runs next.

    def next(self, core: Core) -> Task | None:
        """Begin with what comes next for a core, or have it search."""
        worker = self.workers[core.number]
        state = worker.state
        if state in (PARKED, SEARCHING, LOOKING):  # it ran a handler that costs nothing
            if worker.slot is None and not worker.queue:
                return None
            self._withdraw(worker)
        elif state not in (RUNNING, STOPPED) and (state != WAKING or worker.entry is not None):
            return None
        if state == STOPPED:
            self._stopped -= 1
        self._find(worker)
        return None

    def _run(self, worker: Worker, task: Task, overhead: int = 0) -> None:
        """Run a task, and see to it that its time slice is looked at."""
        super()._run(worker, task, overhead)
        if self._ticker is None and self.options.time_slice:
            self._ticker = self._after(self.options.time_slice, self._tick, None)

    def _sleep(self, worker: Worker) -> None:
        super()._sleep(worker)
        if len(self._parked) == len(self.workers):
            self._stop_ticking()

    def _stop_ticking(self) -> None:
        if self._ticker is not None:
            self._kernel.cancel(self._ticker)
            self._ticker = None

    # System calls.

    def system_call(self, thread: Thread, core: Core, duration: int) -> None:
        """Leave the core for a call of the system; where it takes long, another thread gets the processor."""
        worker = self.workers[core.number]
        self._become(worker, IN_CALL)
        generation, patience = self.processor.generation, self.options.hand_off_after
        if duration <= patience:
            worker.entry = self._after(duration, self._returned, (worker, thread))
        else:
            worker.entry = self._after(patience, self._retake, worker)
            self._after(duration, self._came_late, (thread, generation))

    def _returned(self, call: tuple[Worker, Thread]) -> None:
        """A call is over, and its thread still has the processor."""
        worker, thread = call
        worker.entry = None
        if thread.end_call():
            self._become(worker, RUNNING)
            worker.core.start(thread)
        else:
            self._free(worker)

    def _retake(self, worker: Worker) -> None:
        """A call has taken so long that its processor goes to another thread."""
        worker.entry = None
        self.retakes += 1
        self._free(worker, self.options.costs.hand_off)

    def _free(self, worker: Worker, overhead: int = 0) -> None:
        if worker.core.is_stopped:
            self._stop(worker)
        else:
            self._find(worker, overhead)

    def _came_late(self, call: tuple[Thread, int]) -> None:
        """A call is over whose processor was retaken: its thread takes one that sleeps, or waits for one."""
        thread, generation = call
        if generation != self.processor.generation or not thread.end_call():
            return
        home = None if thread.home is None else self.workers[thread.home.number]
        if home is not None and home.state == PARKED:
            worker = home
        elif self._parked:
            worker = self._parked[-1]
        else:
            self._share(thread)
            self._notify()
            return
        self._withdraw(worker)
        self._run(worker, thread)

    # What befalls cores.

    def _tick(self, _: None) -> None:
        """Take tasks off that have run for a whole time slice while others wait."""
        self._ticker = self._after(self.options.time_slice, self._tick, None)
        for worker in self.workers:
            core = worker.core
            lasts = self._served[core.number] == core.served
            self._served[core.number] = core.served
            waits = worker.queue or worker.slot is not None or self._shared
            if lasts and waits and worker.state == RUNNING and core.may_be_preempted:
                task = core.preempt()
                task.ready_at = self._kernel._now
                self._share(task)
                self._find(worker)
                self._notify()

    def changed(self, core: Core) -> None:
        """Have a core that was stopped search no more; others are woken for what it had."""
        worker = self.workers[core.number]
        if not core.is_stopped or worker.state in (IN_CALL, STOPPED):
            return
        if worker.state != RUNNING:
            self._stop(worker)
        self._notify()

    def _stop(self, worker: Worker) -> None:
        self._withdraw(worker, STOPPED)
        self._stopped += 1

    @property
    def promise(self) -> int | None:
        """Nanoseconds for which a core may be idle while a task waits, None: it promises nothing."""
        return self.options.grace(len(self.workers))

    def counts(self) -> dict[str, int]:
        """What it has counted so far of its own acts, by name."""
        return {**super().counts(), "overflows": self.overflows, "retakes": self.retakes}

    def clear(self) -> None:
        """Forget the tasks that wait, and what cores were doing."""
        self._stop_ticking()
        self._parked.clear()
        self._forget_tasks()
        for worker in reversed(self.workers):
            if worker.state != STOPPED:
                if worker.state != PARKED:
                    self._withdraw(worker, PARKED)
                self._parked.append(worker)
        self._begin_to_search()
