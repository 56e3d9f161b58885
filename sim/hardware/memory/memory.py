"""A node's memory: agents place blocks in a pool, give them to each other, and are held to their limits."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.hardware.memory.allocator import Allocator, BestFit, Buddy, FirstFit
from sim.hardware.memory.block import Block
from sim.hardware.memory.collector import Collector, Generation
from sim.hardware.memory.eviction import ORDERS
from sim.hardware.memory.segregated import Segregated

if TYPE_CHECKING:
    from sim.hardware.memory.config import MemoryConfig
    from sim.hardware.memory.eviction import FirstIn

ALLOCATORS: Final[dict[str, type[Allocator]]] = {
    "first-fit": FirstFit,
    "best-fit": BestFit,
    "buddy": Buddy,
    "segregated": Segregated,
}
STEPS: Final = 100
"""Parts of the pool by which a peak has to rise to be recorded again."""
BITS: Final = 8 * 1_000_000_000

Record = Callable[..., None]
Stop = Callable[[int], None]


class MemoryUse(NamedTuple):
    """What a pool holds, in bytes: asked for, stored (compressed), reserved for it, garbage, free, in one piece."""

    asked: int
    stored: int
    reserved: int
    garbage: int
    free: int
    largest: int

    @property
    def internal_fragmentation(self) -> float:
        """Share of the reserved bytes that nothing is stored in."""
        return 1 - self.stored / self.reserved if self.reserved else 0.0

    @property
    def external_fragmentation(self) -> float:
        """Share of the free bytes that are not in the largest free piece."""
        return 1 - self.largest / self.free if self.free else 0.0


class Memory:
    """The pool of one node. `now()` is the simulated time (ns); `record(kind, **fields)` makes a record of the node.

    `stop(ns)` holds up all cores of the node for a garbage collection, None: collections cost no time. Sizes are bytes.
    The methods take no time themselves: what they cost in work, in nanoseconds at full speed, is told by `copying`,
    `compressing` and `expanding`, and by the options `placement` and `hand_over`.
    """

    def __init__(
        self, config: MemoryConfig, now: Callable[[], int], record: Record | None = None, stop: Stop | None = None
    ) -> None:
        self.config = config
        self.allocator = ALLOCATORS[config.allocator](config.pool, config.region)
        self.collector = None if config.collection is None else Collector(config.collection)
        self.evictions = self.collections = self.refusals = 0
        self._now, self._record, self._stop = now, record, stop
        self._asked = self._stored = self._reserved = self._peak = 0
        self._held: dict[str, int] = {}
        self._order = None if config.eviction is None else ORDERS[config.eviction.kind]()
        self._orders: dict[str, FirstIn] = {}

    def anew(self) -> Memory:
        """The same memory with nothing in it: as after a crash."""
        return Memory(self.config, self._now, self._record, self._stop)

    # Places.

    def place(
        self,
        owner: str,
        size: int,
        *,
        key: Hashable = None,
        evictable: bool = False,
        dropped: Callable[[Block], object] | None = None,
        told: bool = True,
    ) -> Block | None:
        """Place a block of so many bytes for an agent; None where there is no room, and a record of that where `told`.

        Before that, what has expired goes, garbage is collected, and what is evictable is evicted: the agent's own
        where it is the agent's limit that stands in the way, else anyone's. `dropped(block)` is called when it is.
        """
        assert size > 0, f"{owner} asks for {size} bytes"
        stored = self.stored(size)
        length = self.allocator.rounded(stored)
        self.expire()
        if not self._within_limit(owner, length):
            self._refuse(owner, size, "limit", told)
            return None
        found = self._piece(stored, length)
        if found is None:
            self._refuse(owner, size, "fragmented" if self.allocator.free >= length else "full", told)
            return None
        block = Block(owner, size, stored, *found, self._now(), key=key, evictable=evictable, dropped=dropped)
        self._take_up(block)
        if self.collector is not None:
            self.collector.add(block)
        self._note_peak()
        return block

    def _within_limit(self, owner: str, length: int) -> bool:
        """Whether the agent may hold so much more, once what it holds has made room where it can."""
        limit = self.config.per_agent
        if limit is None:
            return True
        while length <= limit < self.held(owner) + length:
            victim = self._orders[owner].victim() if owner in self._orders else None
            if victim is None:
                return False
            self._evict(victim, "limit")
        return length <= limit

    def _piece(self, stored: int, length: int) -> tuple[int, int] | None:
        """A piece of the pool, with room made for it."""
        self._collect_if_due(length)
        found = self.allocator.take(stored)
        if found is None and self.collector is not None and self.collector.garbage:
            self.collect("all")
            found = self.allocator.take(stored)
        while found is None and self._order is not None and length <= self.allocator.capacity:
            victim = self._order.victim()
            if victim is None:
                break
            self._evict(victim, "room")
            found = self.allocator.take(stored)
        return found

    def release(self, block: Block) -> None:
        """Let go of a block; where garbage is collected its bytes come back only then."""
        self._let_go(block)
        if self.collector is None:
            self.allocator.give(block.start, block.length)
        else:
            self.collector.release(block)

    def touch(self, block: Block) -> None:
        """Use a block, which eviction may go by."""
        assert block.live, f"{block!r} is used after its release"
        block.used += 1
        if block.evictable and self._order is not None:
            self._order.touch(block)
            self._orders[block.owner].touch(block)

    def expire(self) -> None:
        """Drop what has outlived its time to live."""
        eviction = self.config.eviction
        if eviction is None or eviction.after is None or self._order is None:
            return
        latest = self._now() - eviction.after
        while (block := self._order.victim()) is not None and block.placed_at <= latest:
            self._evict(block, "expired")

    def _evict(self, block: Block, reason: str) -> None:
        assert self.config.eviction is not None
        self._let_go(block)
        if self.collector is not None:
            self.collector.remove(block)
        self.allocator.give(block.start, block.length)
        self.evictions += 1
        self._tell("evicted", agent=block.owner, size=block.size, reason=reason, age=self._now() - block.placed_at)
        if block.dropped is not None:
            block.dropped(block)

    # From agent to agent.

    def transfer(self, block: Block, owner: str) -> bool:
        """Give a block to another agent as it is; False, and a record, where that is beyond the other's limit.

        It costs the work `hand_over`, whatever its size.
        """
        assert block.live, f"{block!r} is given away after its release"
        if owner == block.owner:
            return True
        if not self._within_limit(owner, block.length):
            self._refuse(owner, block.size, "limit")
            return False
        self._let_go(block)
        block.owner, block.placed_at = owner, self._now()
        self._take_up(block)
        return True

    def copy(self, block: Block, owner: str) -> Block | None:
        """Place a copy for an agent; costs the work `copying(block.stored)`. None where there is no room."""
        assert block.live, f"{block!r} is copied after its release"
        return self.place(owner, block.size, key=block.key)

    def release_all(self, owner: str) -> None:
        """Nothing is held by an agent any more: its blocks are to be released by whoever placed them."""
        assert not self._held.get(owner), f"{owner} holds {self._held[owner]} bytes"
        self._held.pop(owner, None)
        self._orders.pop(owner, None)

    # Work, in nanoseconds at full speed.

    def copying(self, size: int) -> int:
        """The work of copying so many bytes."""
        return -(-size * BITS // self.config.bandwidth)

    def stored(self, size: int) -> int:
        """Bytes that a block of this size takes, compressed where that is asked for."""
        compression = self.config.compression
        if compression is None or size < compression.above:
            return size
        return max(1, min(size, round(size * compression.ratio)))

    def compressing(self, size: int) -> int:
        """The work of compressing a block of so many bytes; 0 where it is kept as it is."""
        compression = self.config.compression
        if compression is None or size < compression.above:
            return 0
        return -(-size * BITS // compression.bandwidth)

    def expanding(self, block: Block) -> int:
        """The work of reading a block that is held compressed; 0 where it is not."""
        compression = self.config.compression
        return 0 if compression is None or not block.is_compressed else -(-block.size * BITS // compression.expansion)

    # Garbage.

    def prepare(self, size: int) -> int:
        """Collect garbage where a block of this size would have it collected; the work of placing the block then (ns).

        For who computes for that long before it places the block, so that the pause comes in that time.
        """
        self._collect_if_due(self.allocator.rounded(self.stored(size)))
        return self.config.placement + self.compressing(size)

    def _collect_if_due(self, length: int) -> None:
        due = None if self.collector is None else self.collector.due(length)
        if due is not None:
            self.collect(due)

    def collect(self, generation: Generation) -> int:
        """Collect garbage now: the cores of the node stop for the time that this gives, in nanoseconds."""
        assert self.collector is not None, "without garbage collection nothing is collected"
        pause = self.collector.collect(generation)
        for block in pause.garbage:
            self.allocator.give(block.start, block.length)
        freed = sum([block.length for block in pause.garbage])
        self.collections += 1
        self._tell("collected", generation=generation, pause=pause.length, live=pause.live, freed=freed)
        if self._stop is not None and pause.length:
            self._stop(pause.length)
        return pause.length

    # What is held.

    def held(self, owner: str) -> int:
        """Bytes of the pool that an agent holds."""
        return self._held.get(owner, 0)

    @property
    def use(self) -> MemoryUse:
        """What the pool holds now."""
        garbage = 0 if self.collector is None else self.collector.garbage
        allocator = self.allocator
        return MemoryUse(self._asked, self._stored, self._reserved, garbage, allocator.free, allocator.largest)

    def has_room(self, owner: str, size: int) -> bool:
        """Whether a block of this size could be placed now, with nothing evicted and nothing collected."""
        length = self.allocator.rounded(self.stored(size))
        limit = self.config.per_agent
        return self.allocator.fits(length) and (limit is None or self.held(owner) + length <= limit)

    def could_hold(self, size: int) -> bool:
        """Whether an agent could have a block of this size if nobody held anything."""
        length = self.allocator.rounded(self.stored(size))
        limit = self.config.per_agent
        return length <= self.allocator.longest and (limit is None or length <= limit)

    def _take_up(self, block: Block) -> None:
        block.live = True
        self._held[block.owner] = self.held(block.owner) + block.length
        self._asked += block.size
        self._stored += block.stored
        self._reserved += block.length
        if block.evictable and self._order is not None:
            self._order.add(block)
            if block.owner not in self._orders:
                self._orders[block.owner] = type(self._order)()
            self._orders[block.owner].add(block)

    def _let_go(self, block: Block) -> None:
        assert block.live, f"{block!r} is released twice"
        block.live = False
        self._held[block.owner] -= block.length
        self._asked -= block.size
        self._stored -= block.stored
        self._reserved -= block.length
        if block.evictable and self._order is not None:
            self._order.remove(block)
            self._orders[block.owner].remove(block)

    def _note_peak(self) -> None:
        capacity = self.allocator.capacity
        taken = capacity - self.allocator.free
        if not self._peak or taken - self._peak >= capacity // STEPS or taken == capacity > self._peak:
            self._peak = taken
            use = self.use
            external, internal = use.external_fragmentation, use.internal_fragmentation
            self._tell(
                "memory", taken=taken, asked=use.asked, garbage=use.garbage, external=external, internal=internal
            )

    def _refuse(self, owner: str, size: int, reason: str, told: bool = True) -> None:
        if not told:
            return
        self.refusals += 1
        use, limit = self.use, self.config.per_agent
        room = {"free": use.free, "largest": use.largest, "held": self.held(owner), "limit": limit}
        self._tell("out-of-memory", agent=owner, size=size, reason=reason, **room)

    def _tell(self, kind: str, **fields: Any) -> None:
        if self._record is not None:
            self._record(kind, **fields)
