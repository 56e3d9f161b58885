"""Stars: one hub that every other node is linked to, as an ordinary node or as a coordinator of workers."""

from typing import Annotated, Literal

from pydantic import Field

from topologies.config import TopologyConfig
from topologies.topology import MOST_NODES, Topology, tuples_of_neighbors

COORDINATOR = 0


class StarConfig(TopologyConfig):
    """Node 0 is the hub; every other node is linked to it alone."""

    kind: Literal["star"] = "star"
    nodes: Annotated[int, Field(ge=2, le=MOST_NODES, description="number of nodes, the hub included")]

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return self.nodes - 1

    def build(self, seed: int) -> Topology:
        """Build the star; its diameter is 2, or 1 with a single leaf."""
        return Topology("star", self.nodes, _spokes(self.nodes), stated_diameter=min(self.nodes - 1, 2))


class CentralizedConfig(TopologyConfig):
    """Node 0 is the coordinator and no worker; workers 1 .. nodes-1 reach one another only through it."""

    kind: Literal["centralized"] = "centralized"
    nodes: Annotated[int, Field(ge=2, le=MOST_NODES, description="number of nodes: one coordinator and the workers")]

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return self.nodes - 1

    def build(self, seed: int) -> Topology:
        """Build the star of workers; `coordinator` is node 0 and `names` say who is who."""
        names = ("coordinator", *(f"worker-{number}" for number in range(1, self.nodes)))
        return Topology(
            "centralized",
            self.nodes,
            _spokes(self.nodes),
            stated_diameter=min(self.nodes - 1, 2),
            names=names,
            coordinator=COORDINATOR,
        )


def _spokes(nodes: int) -> tuple[tuple[int, ...], ...]:
    return tuples_of_neighbors(nodes, ((COORDINATOR, leaf) for leaf in range(1, nodes)))
