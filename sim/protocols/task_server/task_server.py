"""A server of jobs: every node that has cores carries out what it is given, in the order that its scheduler decides.

With one queue and c cores that is the queue M/G/c of Kendall's notation (D. G. Kendall, Annals of Mathematical
Statistics 24, 1953); what comes, how much work it is, and where it goes, says the workload: `jobs` or `task-graph`.
The node sends nothing. A crash loses what waits and what runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.convergence import Completion
from sim.protocol import Protocol, ProtocolConfig

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.protocols.task_server.job import Job


class TaskServerConfig(ProtocolConfig):
    """Options of the server: none. Its cores and their scheduler are the hardware's."""

    kind: Literal["task-server"] = "task-server"


class TaskServer(Protocol):
    """A node that carries out jobs."""

    Config: ClassVar[type[ProtocolConfig]] = TaskServerConfig
    payloads = ()
    records: ClassVar[tuple[str, ...] | None] = ()
    convergence = Completion(begin="work-begun", end="work-over")

    def take(self, job: Job, core: Core | None = None) -> bool:
        """Let a job wait for a core, at this core's queue where one is named; False while the node is not up.

        Handing it over costs the node nothing; its own work is what takes time.
        """
        node = self.node
        if node.life != "up":
            return False
        assert node.processor is not None, "a job needs cores"
        node.processor.ready(job, core)
        return True
