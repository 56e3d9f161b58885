"""Where the agents of a program are in memory, and how many bytes each takes.

An agent has its state and a list of its neighbours. The list holds 4-byte indices into the array of agents, or 8-byte
pointers to them; it is part of one pooled buffer, with a 4-byte offset for each agent, or a block of its own, with a
pointer to it, its length and capacity, and what the allocator adds: a header, and rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sim.hardware.shared.cache_line import LINE

BYTES: Final = {"index": 4, "pointer": 8}
"""What a neighbour takes in a list."""
OFFSET: Final = 4
WORD: Final = 8
BLOCK: Final = 16
"""Blocks of memory are whole multiples of this, a header of 8 bytes included, as in common allocators of 64-bit
machines (glibc's malloc)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout of agents in memory.

    `state`, bytes of an agent's own state; `padding`, whether each agent has lines of memory for itself; `line`, bytes
    of a line; `neighbors`, what a list holds; `pooled`, whether all lists are in one buffer.
    """

    state: int = 8
    padding: bool = False
    line: int = LINE
    neighbors: Literal["index", "pointer"] = "index"
    pooled: bool = True

    @property
    def stride(self) -> int:
        """Bytes from one agent's state to the next one's."""
        return -(-self.state // self.line) * self.line if self.padding else self.state

    def address(self, agent: int) -> int:
        """Where the state of an agent begins."""
        return agent * self.stride

    def of_list(self, neighbors: int) -> int:
        """Bytes that a list of so many neighbours takes, with all that leads to it."""
        content = neighbors * BYTES[self.neighbors]
        if self.pooled:
            return content + OFFSET
        block = -(-(content + WORD) // BLOCK) * BLOCK if neighbors else 0
        return block + 3 * WORD

    def of_agent(self, neighbors: int) -> int:
        """Bytes that an agent with so many neighbours takes."""
        return self.stride + self.of_list(neighbors)
