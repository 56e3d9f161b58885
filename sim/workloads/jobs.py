"""Jobs: pieces of work that come to the cores of nodes, from a stream without end or all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.units import Duration, format_duration
from sim.workloads.arrivals import ArrivalKinds, ArrivalsAtOnce, ListedArrivals
from sim.workloads.placement import PlacementKinds, RandomPlacement
from sim.workloads.task_workload import TaskWorkload
from sim.workloads.work import EndlessWork, ListedWork, Work
from topologies.errors import InputError
from topologies.topology import MOST_NODES

if TYPE_CHECKING:
    from sim.simulation import Simulation

Order = Literal["as-drawn", "longest-first", "shortest-first"]
NodeNumber = Annotated[int, Field(ge=0, lt=MOST_NODES)]


def _tuple_of_list(value: Any) -> Any:
    if value in ([], ()):
        raise InputError("found an empty list; expected at least one node's number, or leave it out for all nodes")
    return tuple(value) if isinstance(value, list) else value


class Jobs(TaskWorkload):
    """Submit jobs from the time `at` on, until `count` have come or the time `until`, None: until the end of the run.

    Times, work and places are drawn from streams of their own, so that runs with another placement or another
    scheduler have the same jobs at the same times.
    """

    records: ClassVar[tuple[str, ...]] = TaskWorkload.records

    kind: Literal["jobs"] = "jobs"
    arrivals: ArrivalKinds = Field(description="when jobs come")
    work: Work = Field(description="how much work a job is, on a core at full speed")
    count: Annotated[int, Field(ge=1, le=100_000_000)] | None = Field(
        default=None, description="jobs after which no more come; no limit, or as many as are listed, when left out"
    )
    until: Duration | None = Field(default=None, description="simulated time from which on none come")
    nodes: Annotated[tuple[NodeNumber, ...], BeforeValidator(_tuple_of_list)] | None = Field(
        default=None, description="the nodes that jobs go to, by number; all when left out"
    )
    over: Literal["nodes", "cores"] = Field(
        default="nodes",
        description="places that a job is sent to: nodes, whose scheduler finds it a core, or the queues of cores",
    )
    placement: PlacementKinds = Field(default=RandomPlacement(), description="which place a job is sent to")
    order: Order = Field(
        default="as-drawn", description="order of jobs that come at once: as drawn or listed, or sorted by their work"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.until is not None and self.until <= self.at:
            found = f"found {format_duration(self.until)}, not after at, {format_duration(self.at)}"
            raise InputError(f"{found}; make it later", ("until",))
        if self.planned is None and isinstance(self.arrivals, ArrivalsAtOnce):
            raise InputError("missing; say how many jobs come at once", ("count",))
        for name, listed in (("work", self.work), ("arrivals", self.arrivals)):
            if isinstance(listed, ListedWork | ListedArrivals) and (self.count or 0) > len(listed.each):
                raise InputError(f"found {self.count}; {name} lists {len(listed.each)}: list more", ("count",))
        if self.order != "as-drawn" and not isinstance(self.arrivals, ArrivalsAtOnce):
            raise InputError("jobs are sorted only where all come at once; leave it out", ("order",))
        if self.order != "as-drawn" and isinstance(self.work, EndlessWork):
            raise InputError("jobs without end cannot be sorted by their work; leave it out", ("order",))
        return self

    @property
    def planned(self) -> int | None:
        """How many jobs are to come, None where that is open."""
        listed = [
            len(each.each) for each in (self.work, self.arrivals) if isinstance(each, ListedWork | ListedArrivals)
        ]
        numbers = [*listed, *([] if self.count is None else [self.count])]
        return min(numbers) if numbers else None

    def arm(self, simulation: Simulation) -> None:
        """Schedule the first job; raises InputError where there is nobody, or no core, to carry them out."""
        from sim.workloads.dispatcher import Dispatcher

        nodes = range(simulation.topology.nodes) if self.nodes is None else self.nodes
        self.demand_servers(simulation, nodes)
        Dispatcher(self, simulation, tuple(dict.fromkeys(nodes))).begin()
