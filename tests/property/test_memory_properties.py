"""What holds of the memory of a node whatever its agents do."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from math import exp
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from sim.hardware.memory.block import Block
from sim.hardware.memory.config import MemoryConfig
from sim.hardware.memory.memory import Memory
from sim.hardware.memory.state_store import StateStore
from sim.randomness import Streams

ALLOCATOR = st.sampled_from(["first-fit", "best-fit", "buddy", "segregated"])
COLLECTION = st.sampled_from(
    [
        None,
        {"minimum": 2000, "growth": 0.5},
        {"kind": "generational", "nursery": 1000, "minimum": 4000, "promote_after": 2},
    ]
)
STEP = st.tuples(
    st.sampled_from(["place", "place", "place", "release", "transfer", "touch", "wait"]),
    st.integers(0, 2),
    st.integers(1, 3000),
)


def _apply(memory: Memory, blocks: list[Block], clock: list[int], step: tuple[str, int, int]) -> None:
    what, agent, number = step
    blocks[:] = [block for block in blocks if block.live]
    if what == "place":
        block = memory.place(f"a{agent}", number, evictable=number % 2 == 0)
        if block is not None:
            blocks.append(block)
    elif what == "wait":
        clock[0] += number
    elif blocks:
        block = blocks[number % len(blocks)]
        if what == "release":
            memory.release(block)
        elif what == "touch":
            memory.touch(block)
        else:
            memory.transfer(block, f"a{agent}")


@given(
    allocator=ALLOCATOR,
    collection=COLLECTION,
    policy=st.sampled_from([None, {"kind": "lru"}, {"kind": "lfu"}, {"kind": "fifo"}, {"kind": "ttl", "after": 2000}]),
    limit=st.sampled_from([None, 4000]),
    ratio=st.sampled_from([None, 0.4]),
    region=st.sampled_from([500, 512]),
    steps=st.lists(STEP, max_size=60),
)
@settings(max_examples=150, deadline=None)
def test_bytes_are_conserved_pieces_never_overlap_and_limits_hold(
    allocator: str,
    collection: Any,
    policy: Any,
    limit: int | None,
    ratio: float | None,
    region: int,
    steps: list[tuple[str, int, int]],
) -> None:
    """After every step: pieces are apart and in the pool, what is taken and free is all, nobody is over the limit."""
    clock, blocks = [0], list[Block]()
    compression = None if ratio is None else {"ratio": ratio}
    options = {"pool": 10_000, "region": region, "allocator": allocator, "per_agent": limit, "compression": compression}
    config = MemoryConfig.model_validate({**options, "collection": collection, "eviction": policy})
    memory = Memory(config, lambda: clock[0])
    for step in steps:
        _apply(memory, blocks, clock, step)
        live = sorted((block for block in blocks if block.live), key=lambda block: block.start)
        ends = [0, *(block.start + block.length for block in live)]
        assert all(end <= block.start for end, block in zip(ends, live, strict=False))
        assert ends[-1] <= memory.allocator.capacity <= 10_000
        use = memory.use
        assert use.asked == sum(block.size for block in live)
        assert use.stored == sum(block.stored for block in live)
        assert use.reserved == sum(block.length for block in live)
        assert use.reserved + use.garbage + use.free == memory.allocator.capacity
        assert 0 <= use.largest <= use.free
        held = Counter[str]()
        for block in live:
            held[block.owner] += block.length
        assert all(memory.held(f"a{agent}") == held[f"a{agent}"] <= (limit or 10_000) for agent in range(3))


class Model:
    """A cache of so many entries, as plainly as can be: keys with when they were put, last used, and how often."""

    def __init__(self, policy: str, capacity: int) -> None:
        self.policy, self.capacity, self.time = policy, capacity, 0
        self.entries: dict[int, dict[str, int]] = {}

    def get(self, key: int) -> bool:
        """Whether a key is there; a use of it."""
        self.time += 1
        if key in self.entries:
            self.entries[key].update(used=self.time, uses=self.entries[key]["uses"] + 1, level=self.time)
        return key in self.entries

    def put(self, key: int) -> None:
        """Write a key, over another one where there is no room."""
        self.time += 1
        self.entries.pop(key, None)
        if len(self.entries) == self.capacity:
            del self.entries[min(self.entries, key=self._order)]
        self.entries[key] = {"put": self.time, "used": self.time, "uses": 0, "level": self.time}

    def _order(self, key: int) -> tuple[int, ...]:
        entry = self.entries[key]
        orders = {"lru": (entry["used"],), "fifo": (entry["put"],), "lfu": (entry["uses"], entry["level"])}
        return orders[self.policy]


@pytest.mark.parametrize("policy", ["lru", "lfu", "fifo"])
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=80))
@settings(max_examples=60, deadline=None)
def test_each_policy_evicts_what_its_definition_says(policy: str, steps: list[tuple[bool, int]]) -> None:
    """Whatever is read and written, the same keys are there as in a model that looks at all entries each time."""
    options = {"pool": 400, "region": 100, "allocator": "first-fit", "eviction": {"kind": policy}}
    store, model = StateStore(Memory(MemoryConfig.model_validate(options), lambda: 0), "a"), Model(policy, 4)
    for writes, key in steps:
        if writes:
            assert store.put(key, key, 100) is not None
            model.put(key)
        else:
            assert (store.get(key) is not None) == model.get(key)
    assert {key for key in range(7) if store.get(key)} == set(model.entries)


def _hit_ratio(policy: str, capacity: int, popularity: list[float], requests: int) -> float:
    options = {"pool": 64 * capacity, "region": 64, "allocator": "first-fit", "eviction": {"kind": policy}}
    store = StateStore(Memory(MemoryConfig.model_validate(options), lambda: 0), "a")
    stream, hits = Streams(3).stream("requests"), 0
    bounds = list(accumulate(popularity))
    for number in range(requests):
        key = min(bisect_right(bounds, stream.random()), len(popularity) - 1)
        if store.get(key) is None:
            store.put(key, key, 64)
        elif number >= requests // 4:
            hits += 1
    return hits / (requests - requests // 4)


def _characteristic(policy: str, capacity: int, popularity: list[float]) -> float:
    """Hit ratio by the characteristic time (Che, Tung and Wang 2002; for FIFO Martina, Garetto and Leonardi 2014)."""

    def there(p: float, time: float) -> float:
        return 1 - exp(-p * time) if policy == "lru" else p * time / (1 + p * time)

    low, high = 0.0, 1e9
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(there(p, middle) for p in popularity) < capacity else (low, middle)
    return sum(p * there(p, low) for p in popularity)


@pytest.mark.parametrize("capacity", [10, 60])
def test_hit_ratios_are_those_of_theory(capacity: int) -> None:
    """Under independent requests by Zipf's law LRU and FIFO hit as Che's approximation says, and LFU beats both."""
    weights = [1 / rank for rank in range(1, 201)]
    popularity = [weight / sum(weights) for weight in weights]
    measured = {policy: _hit_ratio(policy, capacity, popularity, 20_000) for policy in ("lru", "fifo", "lfu")}
    for policy in ("lru", "fifo"):
        assert measured[policy] == pytest.approx(_characteristic(policy, capacity, popularity), abs=0.015)
    assert measured["lfu"] > measured["lru"] > measured["fifo"]
    assert measured["lfu"] <= sum(popularity[:capacity]) + 0.01
