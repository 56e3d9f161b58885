"""What decides where in a pool a piece goes: first fit, best fit, buddies, or size classes.

After Wilson, Johnstone, Neely and Boles, "Dynamic storage allocation: a survey and critical review", IWMM 1995. What a
piece has over its size is internal fragmentation; free bytes that are in too small pieces are external fragmentation.
"""

from __future__ import annotations

from bisect import bisect_left, insort


class Allocator:
    """Base: hands out pieces of addresses 0 to `capacity` - 1, in whole regions of `region` bytes."""

    def __init__(self, capacity: int, region: int) -> None:
        assert 0 < region <= capacity
        self.region = region
        self.capacity = capacity - capacity % region
        self.free = self.capacity
        """Bytes that no piece has."""
        self.longest = self.capacity
        """The longest piece that could be handed out of an empty pool."""

    def take(self, size: int) -> tuple[int, int] | None:
        """Return address and length of a new piece of at least `size` bytes; None where there is no room in one."""
        raise NotImplementedError

    def give(self, start: int, length: int) -> None:
        """Take a piece back."""
        raise NotImplementedError

    @property
    def largest(self) -> int:
        """The longest piece that could be handed out, in bytes."""
        raise NotImplementedError

    def fits(self, length: int) -> bool:
        """Whether a piece of this length, one that `rounded` gives, could be handed out."""
        return length <= self.largest

    def rounded(self, size: int) -> int:
        """The length of a piece for so many bytes."""
        return -(-size // self.region) * self.region


class FirstFit(Allocator):
    """The first hole that is long enough, in the order of addresses; neighbouring holes are joined at once."""

    def __init__(self, capacity: int, region: int) -> None:
        super().__init__(capacity, region)
        self._starts = [0]
        self._lengths = [self.capacity]

    def take(self, size: int) -> tuple[int, int] | None:
        """Cut the piece from the front of a hole."""
        length = self.rounded(size)
        place = self._place(length)
        if place is None:
            return None
        start = self._starts[place]
        if self._lengths[place] == length:
            del self._starts[place], self._lengths[place]
        else:
            self._starts[place] += length
            self._lengths[place] -= length
        self.free -= length
        return start, length

    def _place(self, length: int) -> int | None:
        return next((place for place, found in enumerate(self._lengths) if found >= length), None)

    def give(self, start: int, length: int) -> None:
        """Make a hole, joined with those that it touches."""
        starts, lengths = self._starts, self._lengths
        place = bisect_left(starts, start)
        assert place == len(starts) or start + length <= starts[place], "a piece is given back twice"
        assert place == 0 or starts[place - 1] + lengths[place - 1] <= start, "a piece is given back twice"
        self.free += length
        if place < len(starts) and start + length == starts[place]:
            length += lengths[place]
            del starts[place], lengths[place]
        if place and starts[place - 1] + lengths[place - 1] == start:
            lengths[place - 1] += length
        else:
            starts.insert(place, start)
            lengths.insert(place, length)

    @property
    def largest(self) -> int:
        """The longest hole."""
        return max(self._lengths, default=0)


class BestFit(FirstFit):
    """The shortest hole that is long enough; of equal ones the first."""

    def _place(self, length: int) -> int | None:
        fitting = [(found, place) for place, found in enumerate(self._lengths) if found >= length]
        return min(fitting)[1] if fitting else None


class Buddy(Allocator):
    """Pieces of a power of two of regions; a free piece is joined with its buddy, with which it was one.

    Knowlton, "A fast storage allocator", CACM 8(10), 1965. A pool that is no power of two is several side by side.
    """

    def __init__(self, capacity: int, region: int) -> None:
        super().__init__(capacity, region)
        self._holes: dict[int, list[int]] = {}
        start = 0
        while start < self.capacity:
            length = region << ((self.capacity - start) // region).bit_length() - 1
            self._holes.setdefault(length, []).append(start)
            start += length
        self.longest = max(self._holes)

    def rounded(self, size: int) -> int:
        """The next power of two of regions."""
        return self.region << (-(-size // self.region) - 1).bit_length()

    def take(self, size: int) -> tuple[int, int] | None:
        """Halve the smallest piece that is long enough until it fits."""
        length = self.rounded(size)
        found = min((longer for longer, starts in self._holes.items() if starts and longer >= length), default=None)
        if found is None:
            return None
        start = self._holes[found].pop(0)
        while found > length:
            found //= 2
            insort(self._holes.setdefault(found, []), start + found)
        self.free -= length
        return start, length

    def give(self, start: int, length: int) -> None:
        """Join it with its buddy as often as that is free."""
        self.free += length
        while True:
            starts = self._holes.setdefault(length, [])
            buddy = (start // self.region ^ length // self.region) * self.region
            place = bisect_left(starts, buddy)
            if place == len(starts) or starts[place] != buddy:
                break
            del starts[place]
            start, length = min(start, buddy), 2 * length
        assert start not in starts, "a piece is given back twice"
        insort(starts, start)

    @property
    def largest(self) -> int:
        """The longest free piece."""
        return max((length for length, starts in self._holes.items() if starts), default=0)
