"""The neighbours and links of a complete graph, computed and never stored: n nodes cost no memory, not n² links."""

from collections.abc import Iterator, Sequence
from math import isqrt
from typing import overload


class AllButOne(Sequence[int]):
    """The numbers 0 .. nodes-1 without one of them, ascending: what `tuple(...)` of them would be, in no memory."""

    __slots__ = ("_length", "_missing")

    def __init__(self, nodes: int, missing: int) -> None:
        assert 0 <= missing < nodes, (missing, nodes)
        self._length = nodes - 1
        self._missing = missing

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[int, ...]: ...
    def __getitem__(self, index: int | slice) -> int | tuple[int, ...]:
        if isinstance(index, slice):
            return tuple(self[position] for position in range(self._length)[index])
        position = index + self._length if index < 0 else index
        if not 0 <= position < self._length:
            raise IndexError(f"neighbour {index} of {self._length}")
        return position if position < self._missing else position + 1

    def __iter__(self) -> Iterator[int]:
        yield from range(self._missing)
        yield from range(self._missing + 1, self._length + 1)

    def __contains__(self, value: object) -> bool:
        return value != self._missing and value in range(self._length + 1)

    def index(self, value: int, start: int = 0, stop: int | None = None) -> int:
        """Return the position of a neighbour in [start, stop); ValueError where it is none."""
        if value in self:
            position = value if value < self._missing else value - 1
            if position in range(*slice(start, stop).indices(self._length)):
                return position
        raise ValueError(f"{value!r} is not among these neighbours")

    def count(self, value: int) -> int:
        """Return 1 for a neighbour and 0 for anything else."""
        return int(value in self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, AllButOne):
            return self._length == other._length and self._missing == other._missing
        if isinstance(other, tuple):
            return len(other) == self._length and all(map(int.__eq__, self, other))
        return NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"AllButOne(nodes={self._length + 1}, missing={self._missing})"


class CompleteNeighbors(Sequence[AllButOne]):
    """The neighbours of each node of a complete graph: item i is everyone but i."""

    __slots__ = ("_nodes",)

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes

    def __len__(self) -> int:
        return self._nodes

    @overload
    def __getitem__(self, index: int) -> AllButOne: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[AllButOne, ...]: ...
    def __getitem__(self, index: int | slice) -> AllButOne | tuple[AllButOne, ...]:
        if isinstance(index, slice):
            return tuple(AllButOne(self._nodes, node) for node in range(self._nodes)[index])
        return AllButOne(self._nodes, range(self._nodes)[index])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CompleteNeighbors):
            return self._nodes == other._nodes
        if isinstance(other, tuple):
            return len(other) == self._nodes and all(mine == theirs for mine, theirs in zip(self, other, strict=True))
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equal to a tuple of tuples, whose hash would cost n²

    def __repr__(self) -> str:
        return f"CompleteNeighbors(nodes={self._nodes})"


class CompleteLinks(Sequence[tuple[int, int]]):
    """The links (i, j), i < j, of a complete graph, ascending: what a list of all of them would be, in no memory."""

    __slots__ = ("_nodes",)

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes

    def __len__(self) -> int:
        return self._nodes * (self._nodes - 1) // 2

    @overload
    def __getitem__(self, index: int) -> tuple[int, int]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[int, int], ...]: ...
    def __getitem__(self, index: int | slice) -> tuple[int, int] | tuple[tuple[int, int], ...]:
        places = range(len(self))[index]
        return self._link(places) if isinstance(places, int) else tuple(map(self._link, places))

    def _link(self, place: int) -> tuple[int, int]:
        """The link at a place; counted from the end, the links whose lower end is at least i are a triangle."""
        rest = len(self) - 1 - place
        row = (isqrt(8 * rest + 1) - 1) // 2  # the largest row with row * (row + 1) / 2 <= rest
        return self._nodes - 2 - row, self._nodes - 1 - (rest - row * (row + 1) // 2)
