"""What work stealing knows of a core: its local queue, its slot, and what it is doing when it runs nothing."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from sim.hardware.schedulers.priority_queue import PriorityQueue

if TYPE_CHECKING:
    from sim.event_queue import Entry
    from sim.hardware.core import Core
    from sim.hardware.task import Task

RUNNING: Final = 0
PARKED: Final = 1
STOPPED: Final = 2
PARKING: Final = 3
IN_CALL: Final = 4
WAKING: Final = 5
"""From here on a core counts as one that searches."""
SEARCHING: Final = 6
STEALING: Final = 7
LOOKING: Final = 8

NOWHERE: Final = -1


class Worker:
    """A core, seen by the scheduler (the P of Go's scheduler, with the thread that has it).

    `queue`, its local queue; `slot`, the task that goes first, since `slot_at`; `turns`, tasks in a row that it took
    from the slot; `taken`, how many tasks ever left the head of its queue, by which a thief sees that others were
    there; `locked_until`, when thieves may come again; `entry`, what it waits for; `place`, its place in the search.
    """

    __slots__ = (
        "core",
        "entry",
        "locked_until",
        "place",
        "queue",
        "slot",
        "slot_at",
        "state",
        "taken",
        "ticks",
        "turns",
        "where_loaded",
        "where_slotted",
    )

    def __init__(self, core: Core, priorities: bool) -> None:
        self.core = core
        self.queue: deque[Task] | PriorityQueue = PriorityQueue() if priorities else deque()
        self.slot: Task | None = None
        self.slot_at = 0
        self.turns = 0
        self.ticks = 0
        self.taken = 0
        self.locked_until = 0
        self.state = PARKED
        self.entry: Entry | None = None
        self.place = (0, 0)
        self.where_loaded = NOWHERE
        self.where_slotted = NOWHERE

    def __repr__(self) -> str:
        return f"<Worker {self.core.number}: state {self.state}, {len(self.queue)} in its queue>"


class Loaded:
    """The workers whose queue thieves may go to, and those with a task in their slot: to be drawn from in no time."""

    __slots__ = ("_attribute", "workers")

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute
        self.workers: list[Worker] = []

    def add(self, worker: Worker) -> None:
        """Put in a worker that is not there."""
        setattr(worker, self._attribute, len(self.workers))
        self.workers.append(worker)

    def discard(self, worker: Worker) -> None:
        """Take out a worker; the last one takes its place."""
        where = getattr(worker, self._attribute)
        last = self.workers.pop()
        if last is not worker:
            self.workers[where] = last
            setattr(last, self._attribute, where)
        setattr(worker, self._attribute, NOWHERE)
