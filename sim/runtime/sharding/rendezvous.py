"""Rendezvous hashing, or highest random weight (Thaler and Ravishankar, IEEE/ACM Trans. Networking 6(1), 1998)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from sim.runtime.sharding.key_space import BITS
from sim.runtime.sharding.placement import Placement


class Rendezvous(Placement):
    """A key's owner is the node with the highest hash of both; to find it takes a hash for each node.

    Shares are even without virtual nodes, and only the keys of a node that joins or leaves move.
    """

    def __init__(self, nodes: Iterable[int], salt: int = 0) -> None:
        self.nodes = tuple(sorted(set(nodes)))
        self.salt = salt
        self._keys = [(f"{salt}/{node}".encode(), node) for node in self.nodes]

    def joined(self, node: int) -> Rendezvous:
        """The placement with one node more."""
        assert node not in self.nodes, f"node {node} owns something already"
        return Rendezvous((*self.nodes, node), self.salt)

    def left(self, node: int) -> Rendezvous:
        """The placement with one node less."""
        assert node in self.nodes, f"node {node} owns nothing"
        return Rendezvous([other for other in self.nodes if other != node], self.salt)

    def owner(self, position: int) -> int:
        """The node that owns a position."""
        text = position.to_bytes(BITS // 8, "big")
        return max((blake2b(text, digest_size=8, key=key).digest(), node) for key, node in self._keys)[1]
