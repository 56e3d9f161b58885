"""Served: peers with random links among them, and servers that everybody is linked to."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from topologies.config import Nodes, TopologyConfig
from topologies.errors import InputError
from topologies.random_regular import RandomRegularConfig, demand_regular
from topologies.topology import MOST_NODES, Topology


class ServedConfig(TopologyConfig):
    """Nodes 0 to `servers` - 1 are linked to every other node; the rest form a connected random regular graph."""

    kind: Literal["served"] = "served"
    nodes: Nodes
    servers: int = Field(default=1, ge=1, le=1_000, description="nodes that every other is linked to, the first ones")
    degree: int = Field(default=8, ge=1, le=MOST_NODES, description="neighbours of each of the others among themselves")

    @model_validator(mode="after")
    def _exists(self) -> Self:
        if self.servers >= self.nodes:
            raise InputError(f"found {self.servers} of {self.nodes} nodes; leave some to be served", ("servers",))
        demand_regular(self.nodes - self.servers, self.degree, connected=True)
        return self

    @property
    def node_count(self) -> int:
        return self.nodes

    @property
    def link_count(self) -> int:
        peers = self.nodes - self.servers
        return peers * self.degree // 2 + self.servers * peers + self.servers * (self.servers - 1) // 2

    def build(self, seed: int) -> Topology:
        """Draw who is linked to whom among the served, as in the random regular graph of the same seed."""
        servers = tuple(range(self.servers))
        everyone = range(self.nodes)
        neighbors = [tuple(other for other in everyone if other != server) for server in servers]
        among = RandomRegularConfig(nodes=self.nodes - self.servers, degree=self.degree).build(seed)
        neighbors += [(*servers, *(peer + self.servers for peer in peers)) for peers in among.neighbors]
        return Topology(self.kind, self.nodes, neighbors)
