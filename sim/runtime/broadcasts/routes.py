"""To whom a broadcast is passed on: to all neighbours, to some at random, or to children in a tree."""

from __future__ import annotations

from collections.abc import Sequence

from sim.randomness import Stream


def by_flooding(neighbors: Sequence[int], source: int | None) -> list[int]:
    """All neighbours but the one that it came from."""
    return [neighbor for neighbor in neighbors if neighbor != source]


def by_gossip(neighbors: Sequence[int], fanout: int, stream: Stream) -> list[int]:
    """Some neighbours at random, each time others ("infect and die": each passes it on once)."""
    return stream.sample(neighbors, min(fanout, len(neighbors)))


def by_tree(node: int, origin: int, population: int, fanout: int) -> list[int]:
    """The children of a node in the heap-shaped tree over all nodes of which `origin` is the root."""
    place = (node - origin) % population
    first = place * fanout + 1
    return [(child + origin) % population for child in range(first, min(first + fanout, population))]
