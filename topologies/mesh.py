"""Mesh: every node is linked to every other (the complete graph)."""

from typing import Literal

from topologies.config import Nodes, TopologyConfig
from topologies.topology import MOST_STORED_MESH_NODES, Topology, complete_neighbors


class MeshConfig(TopologyConfig):
    """Every node is linked to every other; beyond 256 nodes the links are computed and not stored."""

    kind: Literal["mesh"] = "mesh"
    nodes: Nodes

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        return self.nodes * (self.nodes - 1) // 2 if self.nodes <= MOST_STORED_MESH_NODES else 0

    def build(self, seed: int) -> Topology:
        """Build the complete graph; its diameter is 1."""
        neighbors, implicit = complete_neighbors(self.nodes)
        return Topology("mesh", self.nodes, neighbors, stated_diameter=min(self.nodes - 1, 1), implicit=implicit)
