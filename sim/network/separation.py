"""Separations: which pairs of nodes cannot reach each other, as one predicate however a partition came about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Passing = Literal["out", "in"]


@dataclass(slots=True, eq=False)
class GroupSeparation:
    """Nodes reach only nodes of their own group; a node named in no group belongs to one further group, the last.

    Nodes in `shared` reach all and are reached by all. With `passing`, messages still pass out of a group into later
    ones, or in from them, but not the other way. `touched` counts the messages that it has cut.
    """

    name: str
    groups: Sequence[Iterable[int]]
    shared: Collection[int] = frozenset()
    passing: Passing | None = None
    touched: int = 0
    _group_of: dict[int, int] = field(init=False, repr=False)
    _last: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        group_of: dict[int, int] = {}
        for number, group in enumerate(self.groups):
            for node in group:
                assert node not in group_of, f"node {node} is in two groups"
                group_of[node] = number
        self._group_of = group_of
        self._last = len(self.groups)

    def separates(self, source: int, destination: int) -> bool:
        """Whether a message from source cannot reach destination directly."""
        group_of, last = self._group_of, self._last
        sender, receiver = group_of.get(source, last), group_of.get(destination, last)
        if sender == receiver or source in self.shared or destination in self.shared:
            return False
        if self.passing is None:
            return True
        return sender > receiver if self.passing == "out" else sender < receiver

    def parts(self, nodes: Collection[int]) -> bool:
        """Whether it separates any two of these nodes."""
        return len({self._group_of.get(node, self._last) for node in nodes if node not in self.shared}) > 1


@dataclass(slots=True, eq=False)
class RingSeparation:
    """Nodes reach those at most `reach` places away on a ring; `order` gives the nodes around it.

    No two nodes reach the same set of nodes, and no division into groups gives this: a reaches b and b reaches c, but
    not a c. `touched` counts the messages that it has cut.
    """

    name: str
    order: Sequence[int]
    reach: int
    touched: int = 0
    _place: dict[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._place = {node: place for place, node in enumerate(self.order)}
        assert len(self._place) == len(self.order), "a node is twice on the ring"

    def separates(self, source: int, destination: int) -> bool:
        """Whether the two are too far apart on the ring."""
        apart = abs(self._place[source] - self._place[destination])
        return min(apart, len(self.order) - apart) > self.reach

    def parts(self, nodes: Collection[int]) -> bool:
        """Whether it separates any two of these nodes."""
        return any(self.separates(one, other) for one in nodes for other in nodes)


@dataclass(slots=True, eq=False)
class LinkSeparation:
    """Single directed links that are cut; `touched` counts the messages that it has cut."""

    name: str
    links: frozenset[tuple[int, int]]
    touched: int = 0

    def separates(self, source: int, destination: int) -> bool:
        """Whether the link from source to destination is among those cut."""
        return (source, destination) in self.links

    def parts(self, nodes: Collection[int]) -> bool:
        """Whether it separates any two of these nodes."""
        return any(source in nodes and destination in nodes for source, destination in self.links)


Separation = GroupSeparation | RingSeparation | LinkSeparation
