"""What every placement does: it says which of its nodes owns a position of the key space."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final, Self

from sim.runtime.sharding.key_space import SPACE, position_of

PROBES: Final = 2000
"""Keys that stand for all where a placement cannot be cut into pieces."""


class Placement:
    """Base of placements; immutable. `nodes` are those that own something, ascending."""

    nodes: tuple[int, ...]

    def owner(self, position: int) -> int:
        """The node that owns a position."""
        raise NotImplementedError

    def joined(self, node: int) -> Self:
        """The placement with one node more."""
        raise NotImplementedError

    def left(self, node: int) -> Self:
        """The placement with one node less."""
        raise NotImplementedError

    def arcs(self) -> list[tuple[int, int]] | None:
        """Pieces of one owner: the last position of each, ascending, and its owner; None where there are none."""
        return None

    def shares(self) -> dict[int, float]:
        """What share of the key space each node owns; without pieces each as much, as their hash has it in the mean."""
        arcs = self.arcs()
        if arcs is None:
            return dict.fromkeys(self.nodes, 1 / len(self.nodes))
        owned = dict.fromkeys(self.nodes, 0)
        for (before, _), (last, node) in pairwise([(-1, -1), *arcs]):
            owned[node] += last - before
        return {node: length / SPACE for node, length in owned.items()}


def moves(before: Placement, after: Placement) -> dict[tuple[int, int], float]:
    """What share of the key space goes from which node to which, where two placements differ.

    It is exact where both are cut into pieces, and the share of `PROBES` keys else.
    """
    moved: dict[tuple[int, int], float] = {}
    for weight, old, new in _compared(before, after):
        if old != new:
            moved[old, new] = moved.get((old, new), 0.0) + weight
    return dict(sorted(moved.items()))


def _compared(before: Placement, after: Placement) -> Iterable[tuple[float, int, int]]:
    """Pieces of the key space with their weight, their old and their new owner."""
    old, new = before.arcs(), after.arcs()
    if old is None or new is None:
        for number in range(PROBES):
            position = position_of(f"probe {number}")
            yield 1 / PROBES, before.owner(position), after.owner(position)
        return
    first = second = 0
    begin = -1
    while begin < SPACE - 1:
        end = min(old[first][0], new[second][0])
        if end > begin:
            yield (end - begin) / SPACE, old[first][1], new[second][1]
            begin = end
        first += old[first][0] == end
        second += new[second][0] == end
