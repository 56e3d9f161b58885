"""Garbage: when it is found, what it costs, and that the theory of its cost holds."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from sim.hardware.memory.config import MemoryConfig
from sim.hardware.memory.memory import Memory

REGION = 1000


def memory_with(stops: list[int], **collection: Any) -> Memory:
    """A pool of 1,000 regions, which notes for how long collections stop the cores."""
    options = {"pool": 1000 * REGION, "region": REGION, "allocator": "first-fit", "collection": collection}
    return Memory(MemoryConfig.model_validate(options), lambda: 0, None, stops.append)


def test_what_is_released_comes_back_at_a_collection_only() -> None:
    """Garbage takes room until the heap has grown to its threshold, and then all of it is free again."""
    stops: list[int] = []
    memory = memory_with(stops, minimum=10 * REGION, base=7, per_live=0.001, per_byte=0.0001)
    for _ in range(10):
        block = memory.place("a", REGION)
        assert block is not None
        memory.release(block)
    assert (memory.use.garbage, memory.held("a")) == (10 * REGION, 0)
    assert memory.place("a", REGION) is not None
    assert (memory.use.garbage, memory.collections) == (0, 1)
    assert stops == [7 + 0 + 1]


def test_want_of_room_collects_too() -> None:
    """A block for which there is no room but for garbage is placed after a collection, whatever the threshold says."""
    memory = memory_with([], growth=1000.0)
    for _ in range(1000):
        block = memory.place("a", REGION)
        assert block is not None
        memory.release(block)
    assert memory.place("a", REGION) is not None
    assert memory.collections == 1


@pytest.mark.parametrize("growth", [0.5, 1.0, 3.0])
def test_marking_and_sweeping_cost_what_theory_says(growth: float) -> None:
    """In steady state with L held and a heap of H, a byte costs (m L + s H) / (H - L) (Appel 1987)."""
    live, stops = 50, list[int]()
    memory = memory_with(stops, growth=growth, minimum=REGION, base=0, per_live=1.0, per_byte=0.5)
    held: deque[Any] = deque()

    def churn(times: int) -> None:
        for _ in range(times):
            held.append(memory.place("a", REGION))
            if len(held) > live:
                memory.release(held.popleft())

    churn(2000)
    stops.clear()
    churn(20_000)
    expected = (1.0 * live + 0.5 * live * (1 + growth)) / (live * growth)
    assert sum(stops) / (20_000 * REGION) == pytest.approx(expected, rel=0.06)


def test_the_young_die_cheaply() -> None:
    """Where what is placed is soon released, collections of the young stop the cores for far less in all."""
    totals = {}
    for kind in ("mark-sweep", "generational"):
        stops: list[int] = []
        memory = memory_with(stops, kind=kind, minimum=REGION, base=0, **_nursery(kind))
        for _ in range(300):
            memory.place("old", REGION)
        for _ in range(5000):
            block = memory.place("a", REGION)
            assert block is not None
            memory.release(block)
        totals[kind] = sum(stops[20:])
    assert totals["generational"] < totals["mark-sweep"] / 3


def _nursery(kind: str) -> dict[str, Any]:
    return {"nursery": 20 * REGION} if kind == "generational" else {}


def test_survivors_grow_old() -> None:
    """A block is looked at with the young as often as it takes to become old, and from then on with all only."""
    stops: list[int] = []
    options = {"nursery": 10 * REGION, "promote_after": 2, "base": 0, "per_live": 1.0}
    memory = memory_with(stops, kind="generational", growth=1000.0, minimum=900 * REGION, **options)
    memory.place("old", REGION)
    for _ in range(40):
        block = memory.place("a", REGION)
        assert block is not None
        memory.release(block)
    assert stops == [REGION, REGION]
    assert memory.collections == 4
