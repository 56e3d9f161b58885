"""Consistent hashing on a ring with virtual nodes (Karger et al., STOC 1997, section 4; virtual nodes as in Stoica et
al., "Chord", SIGCOMM 2001, section 6.1)."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Self

from sim.runtime.sharding.key_space import SPACE, position_of
from sim.runtime.sharding.placement import Placement


class HashRing(Placement):
    """Each node has `virtual_nodes` points on a ring; the owner of a key is that of the first point at or after it.

    A node that joins takes keys from others alone, and gives them back to those when it leaves.
    """

    def __init__(self, nodes: Iterable[int], virtual_nodes: int = 100, salt: int = 0) -> None:
        assert virtual_nodes >= 1
        self.nodes = tuple(sorted(set(nodes)))
        self.virtual_nodes = virtual_nodes
        self.salt = salt
        self._points = sorted(point for node in self.nodes for point in self._points_of(node))

    def _points_of(self, node: int) -> Sequence[tuple[int, int]]:
        return [(position_of(f"{node}#{copy}", self.salt), node) for copy in range(self.virtual_nodes)]

    def joined(self, node: int) -> Self:
        """The ring with one node more."""
        assert node not in self.nodes, f"node {node} is on the ring already"
        points = list(self._points)
        for point in self._points_of(node):
            insort(points, point)
        return self._with((*self.nodes, node), points)

    def left(self, node: int) -> Self:
        """The ring with one node less."""
        assert node in self.nodes, f"node {node} is not on the ring"
        return self._with(
            [other for other in self.nodes if other != node], [point for point in self._points if point[1] != node]
        )

    def _with(self, nodes: Iterable[int], points: list[tuple[int, int]]) -> Self:
        ring = self.__class__((), self.virtual_nodes, self.salt)
        ring.nodes = tuple(sorted(nodes))
        ring._points = points
        return ring

    def owner(self, position: int) -> int:
        """The node that owns a position."""
        return self._points[self._index(position)][1]

    def _index(self, position: int) -> int:
        index = bisect_left(self._points, (position, -1))
        return index if index < len(self._points) else 0

    def clockwise(self, position: int) -> Iterable[int]:
        """All nodes, each once, in the order in which the ring comes to them from a position on."""
        first, points = self._index(position), self._points
        return dict.fromkeys(points[(first + step) % len(points)][1] for step in range(len(points)))

    def arcs(self) -> list[tuple[int, int]]:
        """The ring cut into pieces of one owner: the last position of each, ascending, and who owns it."""
        return [*self._points, (SPACE - 1, self._points[0][1])]
