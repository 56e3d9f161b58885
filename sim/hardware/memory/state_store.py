"""Keyed state of one agent in a node's memory, which may be evicted: what a cache is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.hardware.memory.block import Block
    from sim.hardware.memory.memory import Memory


class StateStore:
    """Values by keys, each in a block of the pool; one whose block was evicted, or has expired, is not there.

    Without a memory there is room for all, and nothing costs anything.
    """

    def __init__(self, memory: Memory | None, owner: str) -> None:
        self.memory = memory
        self.owner = owner
        self._found: dict[Hashable, tuple[Block | None, Any]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: Hashable) -> tuple[Any, int] | None:
        """The value of a key and the work of reading it (ns), which is a use of it; None where it is not there."""
        memory = self.memory
        if memory is not None:
            memory.expire()
        found = self._found.get(key)
        if found is None:
            return None
        block, value = found
        if memory is None or block is None:
            return value, 0
        memory.touch(block)
        return value, memory.expanding(block)

    def put(self, key: Hashable, value: Any, size: int) -> int | None:
        """Keep a value of so many bytes, over the one that is there; gives the work of it (ns), None without room.

        The old value is gone in either case.
        """
        self.remove(key)
        memory = self.memory
        if memory is None or size == 0:
            self._found[key] = (None, value)
            return 0
        block = memory.place(self.owner, size, key=key, evictable=True, dropped=self._dropped)
        if block is None:
            return None
        self._found[key] = (block, value)
        return memory.config.placement + memory.compressing(size) + memory.copying(block.stored)

    def remove(self, key: Hashable) -> bool:
        """Let go of a key; whether it was there."""
        if key not in self._found:
            return False
        block, _ = self._found.pop(key)
        if self.memory is not None and block is not None:
            self.memory.release(block)
        return True

    def give(self, key: Hashable, other: StateStore) -> int | None:
        """Give what is kept under a key to another agent of the node as it is, over what that one has there.

        Gives the work of it (ns), whatever the size; None where there is nothing, or it is beyond the other's limit.
        """
        assert other.memory is self.memory, "memory of two nodes"
        found = self._found.get(key)
        if found is None:
            return None
        other.remove(key)
        block, memory = found[0], self.memory
        if block is not None and memory is not None:
            if not memory.transfer(block, other.owner):
                return None
            block.dropped = other._dropped
        del self._found[key]
        other._found[key] = found
        return 0 if memory is None else memory.config.hand_over

    def clear(self) -> None:
        """Let go of all."""
        for key in tuple(self._found):
            self.remove(key)

    def _dropped(self, block: Block) -> None:
        del self._found[block.key]
