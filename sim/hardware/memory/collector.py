"""Garbage collection: when what was released is found, and how long the world stops for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from sim.hardware.memory.block import Block
    from sim.hardware.memory.config import Collection

Generation = Literal["young", "all"]
NURSERY: Final = 2**20


class Pause(NamedTuple):
    """A collection: of what, for how long (ns), the bytes that it found held, and the garbage."""

    generation: Generation
    length: int
    live: int
    garbage: tuple[Block, ...]


class Collector:
    """The heap of a pool: what is held, and what was released and not found yet, in bytes as the pool hands them out.

    Blocks of the young generation are kept in the order in which they were placed, so that two runs collect alike.
    """

    def __init__(self, options: Collection) -> None:
        self.options = options
        self.held = self.garbage = 0
        self._placed_young = 0
        self._next = max(options.minimum, 1)
        self._young: dict[int, Block] = {}
        self._old: dict[int, Block] = {}

    @property
    def _has_generations(self) -> bool:
        return self.options.kind == "generational"

    def add(self, block: Block) -> None:
        """A block was placed."""
        self.held += block.length
        self._placed_young += block.length
        self._young[block.start] = block

    def release(self, block: Block) -> None:
        """Nobody holds the block any more, which stays where it is."""
        self.held -= block.length
        self.garbage += block.length

    def remove(self, block: Block) -> None:
        """A block that is held was taken back at once."""
        self.held -= block.length
        (self._young if block.start in self._young else self._old).pop(block.start)

    def due(self, length: int) -> Generation | None:
        """What is to be collected before a block of this length is placed."""
        if self.held + self.garbage + length > self._next:
            return "all"
        if self._has_generations and self._placed_young + length > (self.options.nursery or NURSERY):
            return "young"
        return None

    def collect(self, generation: Generation) -> Pause:
        """Find the garbage, which is gone from the heap then."""
        options, heap = self.options, self.held + self.garbage
        looked_at = list(self._young.values())
        if generation == "all":
            looked_at += self._old.values()
            self._old.clear()
        self._young.clear()
        self._placed_young = 0
        garbage, live = [], 0
        for block in looked_at:
            if block.live:
                live += block.length
                block.age += 1
                survived = not self._has_generations or block.age >= (options.promote_after or 1)
                (self._old if survived else self._young)[block.start] = block
            else:
                garbage.append(block)
        self.garbage -= sum([block.length for block in garbage])
        if generation == "all":
            self._next = max(options.minimum, self.held + int(self.held * options.growth), 1)
            swept = heap
        else:
            swept = 0  # survivors are moved away; what stays in the nursery costs nothing (Appel 1989)
        length = options.base + round(options.per_live * live) + round(options.per_byte * swept)
        return Pause(generation, length, live, tuple(garbage))
