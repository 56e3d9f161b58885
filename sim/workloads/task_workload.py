"""What workloads have in common that give nodes work to carry out: jobs, and graphs of tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.units import MILLISECOND, Duration, PositiveDuration, Probability
from sim.workloads.workload import Workload
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.simulation import Simulation


class TaskWorkload(Workload):
    """Base of workloads for `task-server`."""

    records: ClassVar[tuple[str, ...]] = (
        "work-begun",
        "finished",
        "finished-jobs",
        "lost-job",
        "resubmitted-job",
        "work-over",
        "work-left",
        "cores-busy",
    )

    at: Duration = Field(default=0, description="simulated time at which it begins")
    on_crash: Literal["lose", "resubmit"] = Field(
        default="lose",
        description="what becomes of jobs at a node that crashes or leaves, and of those sent to one that is not up: "
        "lost, or sent again",
    )
    resubmit_after: PositiveDuration = Field(
        default=100 * MILLISECOND, description="time until they are sent again, and begin anew"
    )
    record_share: Probability = Field(
        default=1.0,
        description="share of finished jobs that have a record of their own; below 1 the times of all are also kept "
        "in records of a thousand",
    )

    warm_up: Duration = Field(
        default=0,
        description="time after the begin whose jobs are carried out, and left out of waits and times in the system",
    )

    def demand_servers(self, simulation: Simulation, nodes: Iterable[int], field: str = "nodes") -> None:
        """Raise InputError unless the protocol carries out jobs, and the nodes of this field exist and have cores."""
        from sim.protocols.task_server.task_server import TaskServer

        if not issubclass(simulation.protocol, TaskServer):
            found = f"found '{self.kind}', and {simulation.protocol.name()} carries out no jobs"
            raise InputError(f"{found}; expected the protocol task-server", ("kind",))
        for node in nodes:
            if node >= simulation.topology.nodes:
                population = simulation.topology.nodes
                found = f"found node {node} in a topology of {population} node{'s' if population != 1 else ''}"
                raise InputError(f"{found}; expected a number from 0 to {population - 1}", (field,))
            if simulation.nodes[node].processor is None:
                found = f"found '{self.kind}' for node {node}, which has no cores"
                raise InputError(f"{found}; give it some, such as hardware: {{cores: 1}}", ("kind",))
