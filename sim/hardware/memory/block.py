"""A block: a stretch of a pool that an agent holds."""

from __future__ import annotations

from collections.abc import Callable, Hashable


class Block:
    """Bytes of one owner, in one piece of the pool.

    `size` is what was asked for and `stored` what that takes after compression; the pool gave `length` bytes from
    address `start`. `evictable` blocks may be taken back, of which `dropped(block)` is told. `used` counts uses,
    `placed_at` is when it was written (ns). A block that is not `live` was released; `age` counts the collections that
    it has survived.
    """

    __slots__ = (
        "age",
        "dropped",
        "evictable",
        "key",
        "length",
        "live",
        "owner",
        "placed_at",
        "size",
        "start",
        "stored",
        "used",
    )

    def __init__(
        self,
        owner: str,
        size: int,
        stored: int,
        start: int,
        length: int,
        placed_at: int,
        *,
        key: Hashable = None,
        evictable: bool = False,
        dropped: Callable[[Block], object] | None = None,
    ) -> None:
        assert 0 < stored <= length, f"{stored} bytes in a piece of {length}"
        self.owner = owner
        self.size = size
        self.stored = stored
        self.start = start
        self.length = length
        self.placed_at = placed_at
        self.key = key
        self.evictable = evictable
        self.dropped = dropped
        self.live = True
        self.used = 0
        self.age = 0

    @property
    def is_compressed(self) -> bool:
        """Whether it has to be expanded before it is read."""
        return self.stored < self.size

    def __repr__(self) -> str:
        return f"<{self.size} bytes of {self.owner} at {self.start}>"
