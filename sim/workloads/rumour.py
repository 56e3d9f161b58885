"""One rumour: some nodes learn an update at the same time, and it is for the protocol to spread it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from sim.units import Duration
from sim.workloads.update import Update
from sim.workloads.workload import Workload, submit
from topologies.errors import InputError
from topologies.topology import MOST_NODES

if TYPE_CHECKING:
    from sim.simulation import Simulation


def _form(value: Any) -> str:
    """Return which form a value of `nodes` has, as a tag that no field is called."""
    return "#list" if isinstance(value, tuple) else "#count"


def _tuple_of_list(value: Any) -> Any:
    if value in ([], ()):
        raise InputError("found an empty list; expected at least one node's number, or how many nodes")
    return tuple(value) if isinstance(value, list) else value


Count = Annotated[int, Field(ge=1, le=MOST_NODES), Tag("#count")]
Numbers = Annotated[tuple[Annotated[int, Field(ge=0, lt=MOST_NODES)], ...], Tag("#list")]


class Rumour(Workload):
    """Hand one update to some nodes at the time `at`, in nanoseconds."""

    kind: Literal["rumour"] = "rumour"
    nodes: Annotated[Count | Numbers, Discriminator(_form), BeforeValidator(_tuple_of_list)] = Field(
        default=1, description="who knows it first: how many nodes, drawn by the seed, or a list of numbers"
    )
    at: Duration = Field(default=0, description="simulated time at which they learn it")
    key: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        default="rumour", description="what the update is called"
    )
    important: bool = Field(default=False, description="whether the protocol should push it at once")

    def arm(self, simulation: Simulation) -> None:
        """Draw the first nodes and schedule the update; raises InputError where a node does not exist."""
        population = simulation.topology.nodes
        highest = self.nodes if isinstance(self.nodes, int) else max(self.nodes) + 1
        if highest > population:
            found = f"found {self.nodes} nodes" if isinstance(self.nodes, int) else f"found node {highest - 1}"
            raise InputError(f"{found}; the topology has {population}, numbered from 0", ("nodes",))
        if isinstance(self.nodes, int):
            chosen = tuple(simulation.streams.stream("workload").sample(range(population), self.nodes))
        else:
            chosen = self.nodes
        simulation.kernel.call_at(self.at, self._tell, simulation, chosen)

    def _tell(self, simulation: Simulation, nodes: tuple[int, ...]) -> None:
        update = Update(self.key, 1, important=self.important, version=(self.at, nodes[0]))
        for node in nodes:
            submit(simulation, node, update)
