"""Cache lines with ownership: what makes state that is shared slow, and state that only seems not to be shared.

Memory is divided into lines. A core that reads a line holds a copy; one that writes holds the only one: all other
copies are invalidated first (the states modified, shared and invalid of Papamarcos and Patel, "A low-overhead coherence
solution for multiprocessors with private cache memories", ISCA 1984). A line moves between cores in the time that the
processor says for their distance, one move of a line after the other. So threads that write different variables on one
line slow one another (false sharing), and padding helps, because addresses say so; there is no factor for it.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from sim.hardware.shared.costs import SharedCosts, drawn

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.hardware.processor import Processor
    from sim.hardware.task import Thread
    from sim.randomness import Stream

LINE: Final = 64
"""Bytes of a line, unless said otherwise."""


class _Line:
    """Who holds a line: cores in the order in which they came by it, one alone where it `is_modified`."""

    __slots__ = ("holders", "is_modified", "moves_until")

    def __init__(self) -> None:
        self.holders: dict[int, Core] = {}
        self.is_modified = False
        self.moves_until = 0


class CacheLines:
    """The cache lines of one processor; those of its cores hold all that is touched, so that none is ever evicted.

    `hits`, uses of a line that a core had; `fetches`, lines that came from memory; `transfers`, moves of a line, or of
    the right to write it, between cores.
    """

    __slots__ = ("_hit", "_lines", "_memory", "_processor", "fetches", "hits", "size", "transfers")

    def __init__(self, processor: Processor, costs: SharedCosts, stream: Stream, size: int = LINE) -> None:
        assert size > 0
        self.size = size
        self.hits = self.fetches = self.transfers = 0
        self._processor = processor
        self._lines: dict[int, _Line] = {}
        self._hit = drawn(costs.hit, stream)
        self._memory = drawn(costs.memory, stream)

    def read(self, thread: Thread, address: int) -> Generator[int, None, None]:
        """Read what is at an address, from the thread that runs."""
        yield self.cost(thread.core, address, writes=False)

    def write(self, thread: Thread, address: int) -> Generator[int, None, None]:
        """Write what is at an address, from the thread that runs."""
        yield self.cost(thread.core, address, writes=True)

    def cost(self, core: Core | None, address: int, writes: bool) -> int:
        """Have a core use an address; gives the nanoseconds that it takes, with waiting for moves before it."""
        move = self.move(core, address, writes)
        if move is None:
            self.hits += 1
            return self._hit()
        return move

    def move(self, core: Core | None, address: int, writes: bool) -> int | None:
        """Have a core use an address; gives the nanoseconds until the line is there, None where the core has it."""
        assert core is not None, "only what runs on a core uses memory"
        line = self._lines.setdefault(address // self.size, _Line())
        number = core.number
        has = number in line.holders
        if has and (line.is_modified or not writes or len(line.holders) == 1):
            line.is_modified |= writes
            return None
        now = self._processor.kernel._now
        line.moves_until = max(now, line.moves_until) + self._move(line, core, writes)
        if writes:
            line.holders.clear()
        line.is_modified = writes
        line.holders[number] = core
        return line.moves_until - now

    def _move(self, line: _Line, core: Core, writes: bool) -> int:
        """Nanoseconds that the line takes to a core: from the nearest; to write, until the farthest has given it up."""
        distances = [self._processor.transfer(other, core) for other in line.holders.values() if other is not core]
        if not distances:
            self.fetches += 1
            return self._memory()
        self.transfers += 1
        return max(distances) if writes else min(distances)
