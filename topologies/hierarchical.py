"""Hierarchical: a tree of managers and reports, whose siblings may also be linked with one another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from topologies.config import TopologyConfig, exactly_one
from topologies.topology import MOST_NODES, Topology, tuples_of_neighbors


class HierarchicalConfig(TopologyConfig):
    """A tree filled level by level: node 0 is the root, the children of node i are branching·i + 1 and on.

    Its size is given in `levels`, all of them full, or in `nodes`, of which the lowest level gets what is left.
    """

    kind: Literal["hierarchical"] = "hierarchical"
    branching: Annotated[int, Field(ge=1, le=MOST_NODES)] = Field(default=2, description="children of each node")
    levels: Annotated[int, Field(ge=1, le=MOST_NODES)] | None = Field(
        default=None, description="number of full levels, the root's included; or give nodes"
    )
    nodes: Annotated[int, Field(ge=1, le=MOST_NODES)] | None = Field(
        default=None, description="number of nodes; or give levels"
    )
    sibling_links: bool = Field(default=False, description="whether all children of one parent are linked together")

    @model_validator(mode="after")
    def _has_one_size(self) -> Self:
        exactly_one(self, "levels", "nodes")
        return self

    @property
    def node_count(self) -> int:
        if self.nodes is not None:
            return self.nodes
        total, width = 1, 1
        for _ in range(1, self.levels or 1):
            width *= self.branching
            total += width
            if total > MOST_NODES:  # too many already: the sum itself could have a million digits
                break
        return total

    @property
    def link_count(self) -> int:
        full_families, last_family = divmod(self.node_count - 1, self.branching)
        if not self.sibling_links:
            return self.node_count - 1
        pairs = full_families * self.branching * (self.branching - 1) // 2 + last_family * (last_family - 1) // 2
        return self.node_count - 1 + pairs

    def build(self, seed: int) -> Topology:
        """Build the tree; its diameter is twice its depth, less one for each reason not to go so far."""
        neighbors = tuples_of_neighbors(self.node_count, self._edges())
        return Topology("hierarchical", self.node_count, neighbors, stated_diameter=self._diameter())

    def _edges(self) -> Iterator[tuple[int, int]]:
        nodes = self.node_count
        for node in range(1, nodes):
            yield (node - 1) // self.branching, node
        if self.sibling_links:
            for first in range(1, nodes, self.branching):
                yield from combinations(range(first, min(first + self.branching, nodes)), 2)

    def _diameter(self) -> int:
        """The longest path climbs from the deepest leaf and descends into another branch of the root.

        One hop shorter where the lowest level does not reach beyond the root's first branch, and one hop shorter
        where a link between siblings spares the visit of the root; but never shorter than the depth itself.
        """
        depth, width, above = 0, 1, 1  # of the lowest level: its number, its full width, the nodes above it and on it
        while above < self.node_count:
            depth, width = depth + 1, width * self.branching
            above += width
        if self.branching == 1 or depth == 0:
            return depth
        lowest = self.node_count - (above - width)
        only_first_branch = lowest <= width // self.branching
        return max(depth, 2 * depth - only_first_branch - self.sibling_links)
