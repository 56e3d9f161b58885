"""Barbell: two complete graphs joined by a path, the hard case for gossip and averaging."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from topologies.config import TopologyConfig, exactly_one
from topologies.errors import InputError
from topologies.topology import MOST_NODES, Topology, tuples_of_neighbors


class BarbellConfig(TopologyConfig):
    """Two complete graphs of `clique` nodes each, joined by a path of `path` nodes between them.

    Nodes are numbered from one end to the other: clique, path, clique. With `nodes`, the cliques share what the path
    leaves over, which must be an even number.
    """

    kind: Literal["barbell"] = "barbell"
    clique: Annotated[int, Field(ge=2, le=MOST_NODES)] | None = Field(
        default=None, description="nodes of each of the two complete graphs; or give nodes"
    )
    nodes: Annotated[int, Field(ge=4, le=MOST_NODES)] | None = Field(
        default=None, description="number of nodes in all; or give clique"
    )
    path: int = Field(default=0, ge=0, le=MOST_NODES, description="nodes between the two complete graphs")

    @model_validator(mode="after")
    def _has_two_equal_cliques(self) -> Self:
        if exactly_one(self, "clique", "nodes") == "nodes" and (self.rest % 2 or self.rest < 4):
            raise InputError(
                f"found {self.nodes} with a path of {self.path}, which leaves {self.rest} for two equal "
                "complete graphs; expected an even number of at least 4: change nodes or path by one, or give clique",
                ("nodes",),
            )
        return self

    @property
    def rest(self) -> int:
        """The number of nodes of both complete graphs together."""
        return 2 * self.clique if self.clique is not None else (self.nodes or 0) - self.path

    @property
    def node_count(self) -> int:
        return self.rest + self.path

    @property
    def link_count(self) -> int:
        clique = self.rest // 2
        return clique * (clique - 1) + self.path + 1

    def build(self, seed: int) -> Topology:
        """Build the barbell; its diameter is path + 3."""
        clique, nodes = self.rest // 2, self.node_count
        bridge = ((node, node + 1) for node in range(clique - 1, clique + self.path))
        ends = combinations(range(clique), 2), combinations(range(clique + self.path, nodes), 2)
        neighbors = tuples_of_neighbors(nodes, chain(*ends, bridge))
        return Topology("barbell", nodes, neighbors, stated_diameter=self.path + 3)
