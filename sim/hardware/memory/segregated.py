"""Size classes: small pieces share regions with others of their class, large ones take regions of their own.

After Bonwick, "The slab allocator", USENIX Summer 1994, with four classes a doubling as jemalloc has (Evans, "A
scalable concurrent malloc(3) implementation for FreeBSD", BSDCan 2006), so that at most a fifth of a piece is lost.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Final

from sim.hardware.memory.allocator import Allocator, FirstFit

SMALLEST: Final = 16
"""Bytes of the smallest class."""


class Segregated(Allocator):
    """Regions that are cut into slots of one class each, and given back whole when the last slot is free."""

    def __init__(self, capacity: int, region: int) -> None:
        super().__init__(capacity, region)
        self._regions = FirstFit(capacity, region)
        self._classes = _classes(region)
        self._slots: dict[int, list[int]] = {}
        """Free slots of each region that is cut, by its address."""
        self._open: dict[int, list[int]] = {length: [] for length in self._classes}
        """Addresses of the regions with free slots, by class."""

    def rounded(self, size: int) -> int:
        """The length of the class, or whole regions."""
        place = bisect_left(self._classes, size)
        return self._classes[place] if place < len(self._classes) else super().rounded(size)

    def take(self, size: int) -> tuple[int, int] | None:
        """Take a slot of the first region of the class that has one, or cut another region."""
        length = self.rounded(size)
        if length not in self._open:
            found = self._regions.take(length)
        else:
            start = self._slot(length)
            found = None if start is None else (start, length)
        if found is not None:
            self.free -= found[1]
        return found

    def _slot(self, length: int) -> int | None:
        regions = self._open[length]
        if not regions:
            cut = self._regions.take(self.region)
            if cut is None:
                return None
            self._slots[cut[0]] = [cut[0] + place * length for place in reversed(range(self.region // length))]
            regions.append(cut[0])
        slots = self._slots[regions[0]]
        start = slots.pop()
        if not slots:
            del regions[0]
        return start

    def give(self, start: int, length: int) -> None:
        """Free a slot, and its region where that was the last one taken."""
        self.free += length
        if length not in self._open:
            self._regions.give(start, length)
            return
        region, regions = start - start % self.region, self._open[length]
        slots = self._slots[region]
        assert len(slots) < self.region // length, "a piece is given back twice"
        if not slots:
            insort(regions, region)
        slots.append(start)
        if len(slots) == self.region // length:
            del self._slots[region]
            regions.remove(region)
            self._regions.give(region, self.region)

    def fits(self, length: int) -> bool:
        """Whether there is a slot of the class, or a region that could be cut, or enough of them in one run."""
        return bool(self._open.get(length)) or self._regions.fits(max(length, self.region))

    @property
    def largest(self) -> int:
        """The longest run of whole regions, or else the longest free slot."""
        slots = (length for length, regions in self._open.items() if regions)
        return self._regions.largest or max(slots, default=0)


def _classes(region: int) -> list[int]:
    """Lengths of the classes, up to half a region, ascending."""
    found, length = [], SMALLEST
    while length <= region // 2:
        found += [length + step * length // 4 for step in range(4)]
        length *= 2
    return [length for length in found if length <= region // 2]
