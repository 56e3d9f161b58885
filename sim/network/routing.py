"""Routes over several hops: the next node on a shortest path, for every destination that someone asks for."""

from __future__ import annotations

from collections import deque

from topologies.topology import Topology

UNREACHABLE = -1


class Routes:
    """Shortest paths of the intact topology; among equally short ones, the one through the lowest next node."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._toward: dict[int, list[int]] = {}

    def next_hop(self, node: int, destination: int) -> int:
        """The neighbour of `node` that is next on the way to `destination`; UNREACHABLE where there is no way."""
        toward = self._toward.get(destination)
        if toward is None:
            toward = self._toward[destination] = self._search(destination)
        return toward[node]

    def _search(self, destination: int) -> list[int]:
        """Breadth first from the destination: each node found leads to the one that found it."""
        toward = [UNREACHABLE] * self._topology.nodes
        toward[destination] = destination
        waiting = deque([destination])
        while waiting:
            node = waiting.popleft()
            for neighbor in self._topology.neighbors[node]:
                if toward[neighbor] == UNREACHABLE:
                    toward[neighbor] = node
                    waiting.append(neighbor)
        return toward
