"""A set of numbers of runs that takes as little memory as there are gaps in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Set
from itertools import chain


class Numbers(Set[int]):
    """Numbers of runs, kept as ranges: those of a study that goes on in order are one for each cell."""

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._firsts: list[int] = []
        self._ends: list[int] = []
        self._size = 0
        for number in numbers:
            self.add(number)

    def add(self, number: int) -> None:
        """Take a number in."""
        place = bisect_right(self._firsts, number)
        if place and number < self._ends[place - 1]:
            return
        self._size += 1
        joins_left = place > 0 and self._ends[place - 1] == number
        joins_right = place < len(self._firsts) and self._firsts[place] == number + 1
        if joins_left and joins_right:
            self._ends[place - 1] = self._ends.pop(place)
            del self._firsts[place]
        elif joins_left:
            self._ends[place - 1] += 1
        elif joins_right:
            self._firsts[place] = number
        else:
            self._firsts.insert(place, number)
            self._ends.insert(place, number + 1)

    def ranges(self) -> Iterator[range]:
        """Yield the numbers as ranges, in order."""
        return (range(first, end) for first, end in zip(self._firsts, self._ends, strict=True))

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        place = bisect_right(self._firsts, number)
        return place > 0 and number < self._ends[place - 1]

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self.ranges())

    def __len__(self) -> int:
        return self._size
