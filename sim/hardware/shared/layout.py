"""Where the agents of a program are in memory, and how many bytes each takes.

An agent has its state and a list of its neighbours. The list holds 4-byte indices into the array of agents, or 8-byte
pointers to them; it is part of one pooled buffer, with a 4-byte offset for each agent, or a block of its own, with a
pointer to it, its length and capacity, and what the allocator adds: a header, and rounding.
"""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.hardware.shared.cache_line import LINE

BYTES: Final = {"index": 4, "pointer": 8}
"""What a neighbour takes in a list."""
OFFSET: Final = 4
WORD: Final = 8
BLOCK: Final = 16
"""Blocks of memory are whole multiples of this, a header of 8 bytes included, as in common allocators of 64-bit
machines (glibc's malloc)."""


class Layout(BaseModel):
    """A layout of agents in memory."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    state: int = Field(default=8, ge=1, le=1_000_000, description="bytes of an agent's own state")
    padding: bool = Field(default=False, description="whether each agent's state has cache lines for itself")
    line: int = Field(default=LINE, ge=8, le=4096, description="bytes of a cache line")
    neighbors: Literal["index", "pointer"] = Field(
        default="index", description="what lists of neighbours hold: 4-byte indices, or 8-byte pointers"
    )
    pooled: bool = Field(default=True, description="whether all lists are in one buffer, or each in a block of its own")

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
