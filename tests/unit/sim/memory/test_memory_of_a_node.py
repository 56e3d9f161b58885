"""The pool of a node: limits, refusals, transfers, eviction, compression."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sim.hardware.memory.config import MemoryConfig
from sim.hardware.memory.memory import Memory
from sim.hardware.memory.state_store import StateStore


class Bench:
    """A memory with a clock that the test sets, and its records."""

    def __init__(self, **options: Any) -> None:
        self.time = 0
        self.records: list[tuple[str, dict[str, Any]]] = []
        self.stops: list[int] = []
        config = MemoryConfig.model_validate({"pool": 4096, "region": 256, "allocator": "first-fit", **options})
        self.memory = Memory(config, lambda: self.time, self._record, self.stops.append)

    def _record(self, kind: str, **fields: Any) -> None:
        self.records.append((kind, fields))

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The fields of all records of a kind."""
        return [fields for found, fields in self.records if found == kind]


def test_what_is_asked_for_and_what_is_taken_differ_by_internal_fragmentation() -> None:
    """A block of 100 bytes takes a region of 256, and what nothing is stored in is told."""
    memory = Bench().memory
    block = memory.place("a", 100)
    assert block is not None
    assert (memory.use.asked, memory.use.reserved, memory.held("a")) == (100, 256, 256)
    assert memory.use.internal_fragmentation == pytest.approx(1 - 100 / 256)
    memory.release(block)
    assert memory.use == (0, 0, 0, 0, 4096, 4096)


def test_an_agent_is_held_to_its_limit_and_is_told_of_it() -> None:
    """The third block of an agent that may hold two regions is refused, others' are not."""
    bench = Bench(per_agent=512)
    assert all([bench.memory.place("a", 256), bench.memory.place("a", 10)])
    assert bench.memory.place("a", 1) is None
    assert bench.memory.place("b", 1) is not None
    (refusal,) = bench.of("out-of-memory")
    assert refusal == {
        "agent": "a", "size": 1, "reason": "limit", "free": 3584, "largest": 3584, "held": 512, "limit": 512
    }  # fmt: skip


def test_a_refusal_says_whether_the_pool_is_full_or_in_pieces() -> None:
    """Half of the pool is free in single regions: two in a row are refused as fragmented, more than is free as full."""
    bench = Bench()
    blocks = [bench.memory.place("a", 256) for _ in range(16)]
    assert bench.memory.place("a", 1) is None
    for block in blocks[::2]:
        assert block is not None
        bench.memory.release(block)
    assert bench.memory.place("a", 512) is None
    assert bench.memory.use.external_fragmentation == 1 - 256 / 2048
    assert [fields["reason"] for fields in bench.of("out-of-memory")] == ["full", "fragmented"]


def test_a_transfer_moves_the_bytes_to_another_account_and_nowhere_else() -> None:
    """Zero-copy: the block stays at its address; a copy takes a second piece, and work by its size."""
    memory = Bench(per_agent=1024, bandwidth="8bit/s").memory
    block = memory.place("a", 700)
    assert block is not None
    start = block.start
    assert memory.transfer(block, "b")
    assert (block.owner, block.start, memory.held("a"), memory.held("b")) == ("b", start, 0, 768)
    copy = memory.copy(block, "c")
    assert copy is not None
    assert copy.start != start
    assert memory.copying(700) == 700_000_000_000
    assert not memory.transfer(copy, "b")
    assert memory.held("c") == 768


def test_agents_evict_their_own_where_their_limit_is_in_the_way() -> None:
    """Beyond its limit an agent loses its own least recently used block; in a full pool the least used of all goes."""
    bench = Bench(per_agent=512, eviction={"kind": "lru"}, pool=1024)
    a, b = StateStore(bench.memory, "a"), StateStore(bench.memory, "b")
    for store, key in ((b, 1), (a, 1), (a, 2)):
        assert store.put(key, key, 256) is not None
    assert a.get(1) == (1, 0)
    assert a.put(3, 3, 256) is not None
    assert [key for key in (1, 2, 3) if a.get(key)] == [1, 3]
    assert b.put(2, 2, 256) is not None
    c = StateStore(bench.memory, "c")
    assert c.put(1, 1, 256) is not None
    assert b.get(1) is None
    assert [(fields["agent"], fields["reason"]) for fields in bench.of("evicted")] == [("a", "limit"), ("b", "room")]


def test_what_outlives_its_time_is_gone() -> None:
    """A value lives for the time that it was given since it was written, whether or not it is read."""
    bench = Bench(eviction={"kind": "ttl", "after": "1s"})
    store = StateStore(bench.memory, "a")
    store.put(1, "one", 10)
    bench.time = 999_999_999
    assert store.get(1) == ("one", 0)
    bench.time += 1
    assert store.get(1) is None
    assert bench.of("evicted")[0]["reason"] == "expired"
    assert bench.memory.use.reserved == 0


def test_compression_buys_room_for_time() -> None:
    """Blocks of at least the given size take their share, and cost by the speeds of both ways."""
    options = {"ratio": 0.5, "bandwidth": "8Mbit/s", "expansion": "16Mbit/s", "above": 512}
    bench = Bench(compression=options)
    large, small = bench.memory.place("a", 1024), bench.memory.place("a", 256)
    assert large is not None
    assert small is not None
    assert (large.stored, large.length, small.stored) == (512, 512, 256)
    assert (bench.memory.compressing(1024), bench.memory.compressing(256)) == (1_024_000, 0)
    assert (bench.memory.expanding(large), bench.memory.expanding(small)) == (512_000, 0)


def test_peaks_are_recorded_once() -> None:
    """A record tells of each new peak by a hundredth of the pool, and of no second visit to it."""
    bench = Bench()
    for _ in range(3):
        blocks = [bench.memory.place("a", 200) for _ in range(4)]
        for block in blocks:
            assert block is not None
            bench.memory.release(block)
    assert [fields["taken"] for fields in bench.of("memory")] == [256, 512, 768, 1024]


@pytest.mark.parametrize(
    ("options", "place", "words"),
    [
        ({"region": "0B"}, "region", "64KiB"),
        ({"pool": "1KB"}, "pool", "less than a region"),
        ({"per_agent": "1GB"}, "per_agent", "at most the pool"),
        ({"eviction": {"kind": "ttl"}}, "eviction", "no time to live"),
        ({"eviction": {"kind": "lru", "after": "1s"}}, "eviction", "time to live with kind lru"),
        ({"collection": {"nursery": "1MiB"}}, "collection", "kind generational"),
        ({"compression": {"ratio": 0}}, "compression", "above 0"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options: dict[str, Any], place: str, words: str) -> None:
    """Each is refused at its place, with what is expected."""
    with pytest.raises(ValidationError) as refused:
        MemoryConfig.model_validate({"pool": "1MiB", **options})
    assert words in str(refused.value)
    assert place in str(refused.value)


def test_state_is_given_away_uncopied() -> None:
    """What one agent gives, another has, at the same address and for the same work whatever its size."""
    bench = Bench(per_agent=1024, eviction={"kind": "lru"}, hand_over="70ns")
    a, b = StateStore(bench.memory, "a"), StateStore(bench.memory, "b")
    a.put(1, "large", 900)
    assert a.give(1, b) == 70
    assert (a.get(1), b.get(1)) == (None, ("large", 0))
    assert (bench.memory.held("a"), bench.memory.held("b")) == (0, 1024)
    assert a.give(1, b) is None
    a.put(3, "more", 200)
    assert a.give(3, b) == 70
    assert b.get(1) is None, "evicted for the limit of its new owner"
    assert [fields["agent"] for fields in bench.of("evicted")] == ["b"]


def test_state_beyond_the_limit_of_its_new_owner_stays() -> None:
    """Where nothing can be evicted, what would be too much stays with who has it."""
    bench = Bench(per_agent=512)
    a, b = StateStore(bench.memory, "a"), StateStore(bench.memory, "b")
    for store, key in ((a, 1), (b, 2), (b, 3)):
        assert store.put(key, key, 256) is not None
    assert a.give(1, b) is None
    assert a.get(1) == (1, 0)
    assert bench.of("out-of-memory")[0]["reason"] == "limit"
