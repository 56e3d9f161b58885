"""A job that each agent runs at its tick: one of the tasks of a distributed cron.

Record: `job` (length, in nanoseconds), when it starts. A job ends when its length is over, or with its agent's crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.protocols.attractor.duties.duty import Duty, Work
from sim.units import SECOND, PositiveDuration

if TYPE_CHECKING:
    from sim.node import Node


class JobDuty(Duty):
    """Options of the job; `length` in nanoseconds."""

    records: ClassVar[tuple[str, ...]] = ("job",)

    kind: Literal["job"] = "job"
    length: PositiveDuration = Field(default=30 * SECOND, description="how long the job of an agent runs")

    def begin(self, node: Node) -> Work:
        """Every node has a job."""
        return Job(node, self.length)


class Job(Work):
    """An agent that runs its job at each tick."""

    def __init__(self, node: Node, length: int) -> None:
        super().__init__(node)
        self._length = length

    def on_tick(self) -> None:
        self.node.record("job", length=self._length)
