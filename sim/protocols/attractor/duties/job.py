"""A job that each agent runs at its tick: one of the tasks of a distributed cron.

Record: `job` (length, in nanoseconds), when it starts. A job ends when its length is over, or with its agent's crash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.protocols.attractor.duties.duty import Duty, NodeNumber, Work
from sim.units import SECOND, PositiveDuration

if TYPE_CHECKING:
    from sim.node import Node


class JobDuty(Duty):
    """Runs a job at its tick; `length` in nanoseconds."""

    records: ClassVar[tuple[str, ...]] = ("job",)

    kind: Literal["job"] = "job"
    length: PositiveDuration = Field(default=30 * SECOND, description="how long the job of an agent runs")

    server: NodeNumber | None = Field(
        default=None, description="a node that has no job, such as that of a scheduler; all have one by default"
    )

    @property
    def servers(self) -> dict[str, int]:
        """The node without a job, if there is one."""
        return {} if self.server is None else {"server": self.server}

    def begin(self, node: Node) -> Work:
        """Every other node has a job."""
        return Work(node) if node.id == self.server else Job(node, self.length)


class Job(Work):
    """An agent that runs its job at each tick."""

    def __init__(self, node: Node, length: int) -> None:
        super().__init__(node)
        self._length = length

    def on_tick(self) -> None:
        self.node.record("job", length=self._length)
