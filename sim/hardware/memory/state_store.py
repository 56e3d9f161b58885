"""Keyed state of one agent in a node's memory, which may be evicted: what a cache is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.hardware.memory.block import Block
    from sim.hardware.memory.memory import Memory


class StateStore:
    """Values by keys, each in a block of the pool; one whose block was evicted, or has expired, is not there."""

    def __init__(self, memory: Memory, owner: str) -> None:
        self.memory = memory
        self.owner = owner
        self._found: dict[Hashable, tuple[Block, Any]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: Hashable) -> tuple[Any, int] | None:
        """The value of a key and the work of reading it (ns), which is a use of it; None where it is not there."""
        self.memory.expire()
        found = self._found.get(key)
        if found is None:
            return None
        block, value = found
        self.memory.touch(block)
        return value, self.memory.expanding(block)

    def put(self, key: Hashable, value: Any, size: int) -> int | None:
        """Keep a value of so many bytes, over the one that is there; gives the work of it (ns), None without room.

        The old value is gone in either case.
        """
        self.remove(key)
        block = self.memory.place(self.owner, size, key=key, evictable=True, dropped=self._dropped)
        if block is None:
            return None
        self._found[key] = (block, value)
        return self.memory.config.placement + self.memory.compressing(size) + self.memory.copying(block.stored)

    def remove(self, key: Hashable) -> bool:
        """Let go of a key; whether it was there."""
        found = self._found.pop(key, None)
        if found is not None:
            self.memory.release(found[0])
        return found is not None

    def clear(self) -> None:
        """Let go of all."""
        for key in tuple(self._found):
            self.remove(key)

    def _dropped(self, block: Block) -> None:
        del self._found[block.key]
