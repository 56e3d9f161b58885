"""Where tasks wait under work stealing: a slot and a local queue for each core, and a global queue."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from sim.hardware.scheduler import Scheduler, SchedulerConfig
from sim.hardware.schedulers.priority_queue import NEVER, PriorityQueue
from sim.hardware.schedulers.work_stealing_config import StealingOptions
from sim.hardware.schedulers.worker import NOWHERE, Loaded, Worker

if TYPE_CHECKING:
    from sim.hardware.processor import Processor
    from sim.hardware.task import Task
    from sim.randomness import Stream


class RunQueues(Scheduler):
    """The queues of a processor, and the order in which a core takes from those at hand.

    `overflows`, how often a local queue was full.
    """

    def __init__(self, processor: Processor, config: SchedulerConfig, stream: Stream | None) -> None:
        super().__init__(processor, config, stream)
        assert isinstance(config, StealingOptions)
        self.options = config
        self._kernel = processor.kernel
        self._shared: deque[Task] | PriorityQueue = PriorityQueue() if config.priorities else deque()
        self.workers = tuple(Worker(core, config.priorities) for core in processor.cores)
        self._loaded = Loaded("where_loaded")
        self._slotted = Loaded("where_slotted")
        self.overflows = 0

    def _chance_changed(self) -> None:
        """The global queue, or the number of queues to steal from, has come to hold something, or holds nothing."""
        raise NotImplementedError

    # What comes in.

    def _put_first(self, worker: Worker, task: Task) -> None:
        """Put a task into the slot; what was there goes to the end of the queue."""
        earlier, worker.slot = worker.slot, task
        worker.slot_at = self._kernel._now
        if earlier is None:
            self._slotted.add(worker)
        else:
            self._push(worker, earlier)

    def _push(self, worker: Worker, task: Task) -> None:
        queue, options = worker.queue, self.options
        if options.capacity is not None and len(queue) >= options.capacity:
            self._overflow(worker, task)
            return
        queue.append(task)
        if worker.where_loaded == NOWHERE and len(queue) >= options.least:
            self._loaded.add(worker)
            self._chance_changed()

    def _overflow(self, worker: Worker, task: Task) -> None:
        """Give half of a full queue, the oldest tasks, and the new one to the global queue."""
        self.overflows += 1
        for _ in range(len(worker.queue) // 2):
            self._shared.append(self._take_oldest(worker))
        self._share(task)

    def _share(self, task: Task) -> None:
        self._shared.append(task)
        if len(self._shared) == 1:
            self._chance_changed()

    # What a core takes.

    def _at_hand(self, worker: Worker) -> Task | None:
        """The next task of the worker's own, or of the global queue."""
        worker.ticks += 1
        options, shared, queue = self.options, self._shared, worker.queue
        if shared and worker.ticks % options.global_every == 0:
            return self._take_shared()
        if worker.slot is not None and (worker.turns < options.slot_turns or not queue) and self._slot_leads(worker):
            worker.turns += 1
            return self._take_slot(worker)
        worker.turns = 0
        if queue and not self._shared_leads(worker):
            return self._take_oldest(worker) if options.order == "fifo" else self._take_newest(worker)
        if shared:
            return self._take_batch(worker)
        return None

    def _slot_leads(self, worker: Worker) -> bool:
        """Whether nothing that is more urgent than the task in the slot waits."""
        if not self.options.priorities:
            return True
        assert worker.slot is not None
        return worker.slot.priority <= min(_urgency(worker.queue), _urgency(self._shared))

    def _shared_leads(self, worker: Worker) -> bool:
        return self.options.priorities and _urgency(self._shared) < _urgency(worker.queue)

    def _take_slot(self, worker: Worker) -> Task:
        task = worker.slot
        assert task is not None
        worker.slot = None
        self._slotted.discard(worker)
        return task

    def _take_oldest(self, worker: Worker) -> Task:
        task = worker.queue.popleft()
        worker.taken += 1
        self._left(worker)
        return task

    def _take_newest(self, worker: Worker) -> Task:
        task = worker.queue.pop()
        if not worker.queue:
            worker.taken += 1  # the last task is contended between owner and thief
        self._left(worker)
        return task

    def _left(self, worker: Worker) -> None:
        if worker.where_loaded != NOWHERE and len(worker.queue) < self.options.least:
            self._loaded.discard(worker)
            self._chance_changed()

    def _take_shared(self) -> Task:
        task = self._shared.popleft()
        if not self._shared:
            self._chance_changed()
        return task

    def _take_batch(self, worker: Worker) -> Task:
        """Take a fair share of the global queue: one task to run, the others for the local queue."""
        share = len(self._shared) // len(self.workers)
        if self.options.capacity is not None:
            share = min(share, self.options.capacity // 2 - 1)
        first = self._take_shared()
        for _ in range(min(share, len(self._shared))):
            self._push(worker, self._take_shared())
        return first

    # All of it.

    def _visible(self) -> bool:
        """Whether there is work that a core could take from elsewhere."""
        return bool(self._shared or self._loaded.workers or self._slotted.workers)

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        loaded = self._loaded.workers if self.options.least == 1 else self.workers
        return len(self._shared) + len(self._slotted.workers) + sum([len(worker.queue) for worker in loaded])

    def queued(self) -> list[Task]:
        """The tasks that wait: in the global queue, then by core, the slot first."""
        tasks = list(self._shared)
        for worker in self.workers:
            if worker.slot is not None:
                tasks.append(worker.slot)
            tasks.extend(worker.queue)
        return tasks

    def _forget_tasks(self) -> None:
        self._shared.clear()
        for worker in self.workers:
            if worker.slot is not None:
                self._take_slot(worker)
            worker.queue.clear()
            self._left(worker)


def _urgency(queue: deque[Task] | PriorityQueue) -> int:
    return queue.urgency if isinstance(queue, PriorityQueue) else NEVER
