"""Consistent hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, SODA 2018)."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from sim.runtime.sharding.hash_ring import HashRing
from sim.runtime.sharding.key_space import SPACE, position_of
from sim.runtime.sharding.placement import Placement


class BoundedLoads(Placement):
    """The key space is cut into `slots`, which are placed on a ring one after the other: each goes to the first node
    from its point on that has fewer than (1 + `slack`) times the mean.

    So no node owns more than that, rounded up; for it, more than the slots of the node that came or went move: in the
    mean a number that depends on the slack alone for each slot that must (theorem 4 of the paper).
    """

    def __init__(
        self, nodes: Iterable[int], slack: float = 0.25, slots: int = 1024, virtual_nodes: int = 100, salt: int = 0
    ) -> None:
        self._place(HashRing(nodes, virtual_nodes, salt), slack, slots)

    def _place(self, ring: HashRing, slack: float, slots: int) -> None:
        assert slack > 0
        assert slots >= 1
        self.ring, self.slack, self.slots, self.nodes = ring, slack, slots, ring.nodes
        self.capacity = ceil((1 + slack) * slots / len(ring.nodes))
        loads = dict.fromkeys(ring.nodes, 0)
        self.owners: list[int] = []
        for slot in range(slots):
            point = position_of(f"slot {slot}", ring.salt)
            node = ring.owner(point)
            if loads[node] >= self.capacity:
                node = next(other for other in ring.clockwise(point) if loads[other] < self.capacity)
            loads[node] += 1
            self.owners.append(node)

    def _on(self, ring: HashRing) -> BoundedLoads:
        placement = BoundedLoads.__new__(BoundedLoads)
        placement._place(ring, self.slack, self.slots)
        return placement

    def joined(self, node: int) -> BoundedLoads:
        """The placement with one node more."""
        return self._on(self.ring.joined(node))

    def left(self, node: int) -> BoundedLoads:
        """The placement with one node less."""
        return self._on(self.ring.left(node))

    def owner(self, position: int) -> int:
        """The node that owns a position."""
        return self.owners[position * self.slots // SPACE]

    def arcs(self) -> list[tuple[int, int]]:
        """One piece for each slot."""
        return [(-(-(slot + 1) * SPACE // self.slots) - 1, node) for slot, node in enumerate(self.owners)]
