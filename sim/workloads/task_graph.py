"""A graph of tasks: each is made ready by the last of those that it waits for, on the core that carried it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from sim.protocols.task_server.job import Job
from sim.workloads.graph_shapes import ShapeKinds, roots
from sim.workloads.jobs import NodeNumber
from sim.workloads.ledger import Ledger
from sim.workloads.task_workload import TaskWorkload
from sim.workloads.work import EndlessWork, ListedWork, Work, works_of
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.simulation import Simulation


class TaskGraphWorkload(TaskWorkload):
    """Have a node carry out a graph of tasks, from the time `at` on (ns)."""

    records: ClassVar[tuple[str, ...]] = TaskWorkload.records

    kind: Literal["task-graph"] = "task-graph"
    shape: ShapeKinds = Field(description="which task waits for which")
    work: Work = Field(description="how much work a task is, on a core at full speed")
    node: NodeNumber = Field(default=0, description="the node that carries it out")
    core: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="core at whose queue the first tasks are put; where the scheduler wants when left out"
    )

    def arm(self, simulation: Simulation) -> None:
        """Schedule the begin; raises InputError where there is no such node, core or list of works."""
        self.demand_servers(simulation, (self.node,), "node")
        processor = simulation.nodes[self.node].processor
        assert processor is not None, "was demanded"
        if self.core is not None and self.core >= len(processor.cores):
            raise InputError(f"found core {self.core}; node {self.node} has {len(processor.cores)}", ("core",))
        if isinstance(self.work, EndlessWork):
            raise InputError("found 'endless'; a task that never ends makes no other ready", ("work", "kind"))
        if isinstance(self.work, ListedWork) and len(self.work.each) < self.shape.tasks:
            found = f"found {len(self.work.each)} works of {self.shape.tasks} tasks"
            raise InputError(f"{found}; list one for each", ("work", "each"))
        GraphRun(self, simulation).begin()


class GraphRun:
    """A graph of tasks on its way: which are ready, and what each still waits for."""

    def __init__(self, workload: TaskGraphWorkload, simulation: Simulation) -> None:
        self._workload = workload
        self._simulation = simulation
        self._kernel = simulation.kernel
        self._node = simulation.nodes[workload.node]
        self._ledger = Ledger(simulation, workload.record_share)
        graph = workload.shape.graph(simulation.streams.stream("workload/graph"))
        self._children = graph.children
        self._waits = graph.parents()
        works = works_of(workload.work, simulation.streams.stream("workload/work"))
        self._works = [work for work, _ in zip(works, self._waits, strict=False) if work is not None]
        self._critical_path = graph.critical_path(self._works)

    def begin(self) -> None:
        """Schedule the first tasks, and what is told at the end of the run."""
        self._kernel.call_at(self._workload.at, self._begin)
        self._simulation.at_end.append(self._close)

    def _begin(self) -> None:
        self._ledger.begin(len(self._works), self._workload.warm_up, sum(self._works), self._critical_path)
        for task in roots(self._waits):
            self._make_ready(task, self._first_core())

    def _first_core(self) -> Core | None:
        if self._workload.core is None:
            return None
        assert self._node.processor is not None, "was demanded"
        return self._node.processor.cores[self._workload.core]

    def _make_ready(self, task: int, core: Core | None) -> None:
        job = Job(task, self._works[task], self._kernel._now, self)
        self._ledger.enter(job)
        self._send(job, core)

    def _send(self, job: Job, core: Core | None) -> None:
        if not self._node.protocol.take(job, core):  # type: ignore[attr-defined]
            self._miss(job, "refused")

    def finished(self, job: Job, core: Core) -> None:
        """A task was carried out: those that waited for it alone are ready, on the same core."""
        waits = self._waits
        for child in self._children[job.number]:
            waits[child] -= 1
            if not waits[child]:
                self._make_ready(child, core)
        self._ledger.finish(job, self._workload.node)
        self._end_if_over(None)

    def lost(self, job: Job) -> None:
        """A task was at the node when it crashed."""
        self._miss(job, "crashed")

    def _miss(self, job: Job, cause: str) -> None:
        if self._workload.on_crash == "lose":
            self._ledger.lose(job, self._workload.node, cause)
            self._kernel.post(self._kernel._now, self._end_if_over, None)  # once all that is lost now is counted
            return
        self._ledger.send_again(job, self._workload.node, cause)
        job.begin_anew()
        self._kernel.call_after(self._workload.resubmit_after, self._send, job, self._first_core())

    def _end_if_over(self, _: None = None) -> None:
        if not self._ledger.inside:
            self._ledger.end()

    def _close(self) -> None:
        self._ledger.close([self._ledger.inside], (self._workload.node,))
