"""Jump consistent hash (Lamping and Veach, "A fast, minimal memory, consistent hash algorithm", arXiv:1406.2294)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sim.runtime.sharding.key_space import SPACE
from sim.runtime.sharding.placement import Placement

MULTIPLIER: Final = 2862933555777941757
"""Of the linear congruential generator that the paper draws jumps from."""


def bucket_of(position: int, buckets: int) -> int:
    """The number of the bucket, below `buckets`, that a key is in (figure 1 of the paper)."""
    assert buckets >= 1
    bucket, following = 0, 0
    while following < buckets:
        bucket = following
        position = (position * MULTIPLIER + 1) % SPACE
        following = int((bucket + 1) * (float(1 << 31) / float((position >> 33) + 1)))
    return bucket


class Jump(Placement):
    """Numbered buckets, one for each node in the order in which they came; no memory, and shares that are even.

    Buckets come and go at the end alone. Where another node than the last leaves, the last takes its bucket: the keys
    of both move, those of the one to the other and those of the other to all.
    """

    def __init__(self, nodes: Iterable[int], salt: int = 0) -> None:
        self.buckets = tuple(dict.fromkeys(nodes))
        self.nodes = tuple(sorted(self.buckets))
        self.salt = salt

    def joined(self, node: int) -> Jump:
        """The placement with one node more, the last."""
        assert node not in self.nodes, f"node {node} owns something already"
        return Jump((*self.buckets, node), self.salt)

    def left(self, node: int) -> Jump:
        """The placement with one node less."""
        assert node in self.nodes, f"node {node} owns nothing"
        *others, last = self.buckets
        return Jump([last if other == node else other for other in others], self.salt)

    def owner(self, position: int) -> int:
        """The node that owns a position."""
        return self.buckets[bucket_of(position ^ self.salt % SPACE, len(self.buckets))]
