"""Which block is taken back first: least recently used, least frequently used, oldest, or by its time to live."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.hardware.memory.block import Block

Order = OrderedDict[int, "Block"]
"""Blocks by their addresses, the next to go first."""


class FirstIn:
    """The block that was placed first goes first, however it is used."""

    def __init__(self) -> None:
        self._order: Order = OrderedDict()

    def add(self, block: Block) -> None:
        """A block was placed."""
        self._order[block.start] = block

    def touch(self, block: Block) -> None:
        """A block was used."""

    def remove(self, block: Block) -> None:
        """A block is gone."""
        del self._order[block.start]

    def victim(self) -> Block | None:
        """The block that goes first; None where there is none."""
        return next(iter(self._order.values()), None)


class LeastRecentlyUsed(FirstIn):
    """The block whose last use, or placing, is longest ago goes first."""

    def touch(self, block: Block) -> None:
        """Move it to the end."""
        self._order.move_to_end(block.start)


class LeastFrequentlyUsed(FirstIn):
    """The block that was used least since it was placed; of equal ones the one for which that is so the longest.

    As by Shah, Mitra and Matani, "An O(1) algorithm for implementing the LFU cache eviction scheme", 2010.
    """

    def __init__(self) -> None:
        self._levels: dict[int, Order] = {}
        self._level_of: dict[int, int] = {}

    def add(self, block: Block) -> None:
        """Put it with those that were not used yet."""
        self._put(block, 0)

    def _put(self, block: Block, uses: int) -> None:
        self._level_of[block.start] = uses
        self._levels.setdefault(uses, OrderedDict())[block.start] = block

    def touch(self, block: Block) -> None:
        """Move it one level up."""
        uses = self._level_of[block.start]
        self.remove(block)
        self._put(block, uses + 1)

    def remove(self, block: Block) -> None:
        """Take it from its level, which goes when it is empty."""
        uses = self._level_of.pop(block.start)
        level = self._levels[uses]
        del level[block.start]
        if not level:
            del self._levels[uses]

    def victim(self) -> Block | None:
        """The first of the lowest level."""
        return next(iter(self._levels[min(self._levels)].values())) if self._levels else None


ORDERS: Final[dict[str, Callable[[], FirstIn]]] = {
    "lru": LeastRecentlyUsed,
    "lfu": LeastFrequentlyUsed,
    "fifo": FirstIn,
    "ttl": FirstIn,
}
"""What keeps the order of each policy; blocks of one time to live expire in the order in which they were placed."""
