"""Rings and lines: nodes in a row, closed or open, or linked with several on each side."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from topologies.config import Nodes, TopologyConfig
from topologies.errors import InputError
from topologies.topology import MOST_NODES, Topology, tuples_of_neighbors

RingNodes = Annotated[int, Field(ge=3, le=MOST_NODES, description="number of nodes, at least 3")]


class RingConfig(TopologyConfig):
    """Each node is linked to the next, and the last to the first."""

    kind: Literal["ring"] = "ring"
    nodes: RingNodes

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return self.nodes

    def build(self, seed: int) -> Topology:
        """Build the cycle; its diameter is ⌊n/2⌋."""
        edges = ((node, (node + 1) % self.nodes) for node in range(self.nodes))
        return Topology("ring", self.nodes, tuples_of_neighbors(self.nodes, edges), stated_diameter=self.nodes // 2)


class LineConfig(TopologyConfig):
    """Each node is linked to the next; node 0 and the last are the ends."""

    kind: Literal["line"] = "line"
    nodes: Nodes

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return self.nodes - 1

    def build(self, seed: int) -> Topology:
        """Build the path; its diameter is n - 1."""
        edges = ((node, node + 1) for node in range(self.nodes - 1))
        return Topology("line", self.nodes, tuples_of_neighbors(self.nodes, edges), stated_diameter=self.nodes - 1)


class CirculantConfig(TopologyConfig):
    """A ring in which each node is linked to the nearest `each_side` nodes on either side."""

    kind: Literal["circulant"] = "circulant"
    nodes: RingNodes
    each_side: int = Field(default=2, ge=1, le=MOST_NODES, description="neighbours on each side: half the degree")

    @model_validator(mode="after")
    def _sides_do_not_meet(self) -> Self:
        if 2 * self.each_side >= self.nodes:
            raise InputError(
                f"found {self.each_side} in a ring of {self.nodes} nodes; expected at most "
                f"{(self.nodes - 1) // 2}, so that no node is met from both sides: lower each_side or raise nodes",
                ("each_side",),
            )
        return self

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return self.nodes * self.each_side

    def build(self, seed: int) -> Topology:
        """Build the circulant graph; its diameter is ⌈⌊n/2⌋ / each_side⌉."""
        steps = range(1, self.each_side + 1)
        edges = ((node, (node + step) % self.nodes) for node in range(self.nodes) for step in steps)
        diameter = -(-(self.nodes // 2) // self.each_side)
        return Topology("circulant", self.nodes, tuples_of_neighbors(self.nodes, edges), stated_diameter=diameter)
