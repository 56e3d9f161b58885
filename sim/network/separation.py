"""Separations: which pairs of nodes cannot reach each other, as one predicate however a partition came about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class GroupSeparation:
    """Nodes reach only nodes of their own group; a node named in no group belongs to one further group.

    `touched` counts the messages that it has cut.
    """

    name: str
    groups: Sequence[Iterable[int]]
    touched: int = 0
    _group_of: dict[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        group_of: dict[int, int] = {}
        for number, group in enumerate(self.groups):
            for node in group:
                assert node not in group_of, f"node {node} is in two groups"
                group_of[node] = number
        self._group_of = group_of

    def separates(self, source: int, destination: int) -> bool:
        """Whether a message from source cannot reach destination directly."""
        return self._group_of.get(source, -1) != self._group_of.get(destination, -1)


@dataclass(slots=True, eq=False)
class LinkSeparation:
    """Single directed links that are cut; `touched` counts the messages that it has cut."""

    name: str
    links: frozenset[tuple[int, int]]
    touched: int = 0

    def separates(self, source: int, destination: int) -> bool:
        """Whether the link from source to destination is among those cut."""
        return (source, destination) in self.links


Separation = GroupSeparation | LinkSeparation
