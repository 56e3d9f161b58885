"""A job: a piece of work that comes from outside, waits for a core of a node, and is carried out once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from typing import Protocol as Interface

from sim.hardware.task import FULL_SPEED, Task
from sim.units import DAY

if TYPE_CHECKING:
    from sim.hardware.core import Core

SLICE: Final = DAY
"""Nanoseconds of work after which a job without end goes on with as much again."""


class Employer(Interface):
    """Who gave out a job, and is told what became of it."""

    def finished(self, job: Job, core: Core) -> None:
        """The job was carried out, on this core last."""

    def lost(self, job: Job) -> None:
        """The node that had the job has crashed."""


class Job(Task):
    """A piece of work of `work` nanoseconds at full speed, None: without end.

    `number`, in the order of coming; `arrived`, when it came (ns); `employer`, who is told when it is over; `target`,
    the number of the place that it was sent to; `recorded`, whether it has a record of its own.
    """

    __slots__ = ("arrived", "employer", "number", "recorded", "target", "work")

    def __init__(self, number: int, work: int | None, arrived: int, employer: Employer) -> None:
        super().__init__(_carried_out, None, SLICE if work is None else work)
        self.number = number
        self.work = work
        self.arrived = arrived
        self.employer = employer
        self.target = 0
        self.recorded = True

    @property
    def name(self) -> str:
        """What people know it by."""
        return f"job {self.number}"

    def slice_over(self, core: Core) -> int | None:
        """Leave the core, unless it is without end."""
        if self.work is None:
            return SLICE
        self.employer.finished(self, core)
        return None

    def lost(self) -> None:
        """Tell that the node has crashed."""
        self.employer.lost(self)

    def begin_anew(self) -> None:
        """Have all of its work before it again, on whatever core."""
        self.rest = (SLICE if self.work is None else self.work) * FULL_SPEED
        self.home = None


def _carried_out(_: Any) -> None:
    """Do nothing: the job itself tells its employer."""
