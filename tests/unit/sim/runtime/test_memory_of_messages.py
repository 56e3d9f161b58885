"""Messages take memory of their node from when they arrive until they are received."""

from __future__ import annotations

from typing import Any

import pytest

from sim.hardware.memory.config import MemoryConfig
from sim.runtime import keeping
from sim.runtime.actor import Actor, Effect
from sim.runtime.config import MailboxConfig
from sim.runtime.reference import Reference
from sim.runtime.runtime import Runtime
from tests.actor_systems import MILLISECOND, SECOND, system, told


class Sending(Actor):
    """Sends so many messages of this size to each of these."""

    def __init__(self, number: int, size: int, *to: Reference) -> None:
        self.number, self.size, self.to = number, size, to

    def run(self) -> Effect[None]:
        for number in range(self.number):
            for to in self.to:
                taken = yield from self.send(to, number, self.size)
                self.record("sent-one", number=number, taken=taken, at=self.now)


class Slow(Actor):
    """Takes a message, after a first rest, each millisecond."""

    def run(self) -> Effect[None]:
        yield from self.sleep(20 * MILLISECOND)
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            self.record("took", number=envelope.payload)
            yield from self.sleep(MILLISECOND)


def crowded(
    nodes: int, overflow: str = "back-pressure", size: int = 1000, sinks: int = 1, **memory: Any
) -> tuple[Any, list[Any]]:
    """Ten messages of 1,000 bytes to each slow actor of the last node, whose pool holds four."""

    def begin(runtime: Runtime) -> None:
        if runtime.node.id == nodes - 1:
            for sink in range(sinks):
                runtime.spawn(Slow, name=f"slow-{sink}")
        if runtime.node.id == 0:
            for sink in range(sinks):
                runtime.spawn(Sending, 10, size, Reference(nodes - 1, f"slow-{sink}"), name=f"sending-{sink}")

    options = {"pool": 4096, "region": 1024, "allocator": "first-fit", **memory}
    simulation, records = system(
        begin,
        nodes,
        cores=2,
        mailbox=MailboxConfig.model_validate({"overflow": overflow}),
        memory=MemoryConfig.model_validate(options),
    )
    return simulation, records


@pytest.mark.parametrize("nodes", [1, 2])
@pytest.mark.parametrize("sinks", [1, 3])
@pytest.mark.parametrize("collection", [None, {"minimum": 2048, "base": "1us"}])
def test_a_full_pool_pushes_back_and_loses_nothing(nodes: int, sinks: int, collection: Any) -> None:
    """Senders wait for memory as they do for a mailbox: all arrives, in order, and the pool is never over its size."""
    simulation, records = crowded(nodes, sinks=sinks, collection=collection)
    simulation.run(10 * MILLISECOND)
    memory = simulation.nodes[-1].memory
    assert memory.use.reserved == 4096
    simulation.run(5 * SECOND)
    assert sorted(told(records, "took", "number")) == sorted([*range(10)] * sinks)
    if sinks == 1:
        assert told(records, "took", "number") == [*range(10)]
    assert not told(records, "dropped-message", "reason")
    assert memory.use.reserved == 0
    assert told(records, "out-of-memory", "reason")


def test_where_nobody_waits_a_full_pool_drops() -> None:
    """Under the other policies what finds no memory is dropped, and records say why."""
    for overflow, kept in (("drop-newest", [0, 1, 2, 3]), ("drop-oldest", [6, 7, 8, 9]), ("reject", [0, 1, 2, 3])):
        simulation, records = crowded(1, overflow)
        simulation.run(SECOND)
        assert told(records, "took", "number") == kept
        assert told(records, "dropped-message", "reason") == ["out-of-memory"] * 6
        assert told(records, "sent-one", "taken").count(False) == (6 if overflow == "reject" else 0)


@pytest.mark.parametrize("nodes", [1, 2])
def test_what_fits_nowhere_is_lost_at_once(nodes: int) -> None:
    """A message larger than the pool blocks nobody: it is dropped, and the record says that it is too large."""
    simulation, records = crowded(nodes, size=5000)
    simulation.run(SECOND)
    assert told(records, "dropped-message", "reason") == ["too-large"] * 10
    assert told(records, "took", "number") == []


def test_a_crash_frees_what_messages_took() -> None:
    """After the node of the mailboxes has crashed and started again, its memory is empty."""
    simulation, _ = crowded(2)
    simulation.run(10 * MILLISECOND)
    node = simulation.nodes[1]
    assert node.memory.use.reserved == 4096
    node.crash()
    assert node.memory.use.reserved == 0


class Keeping(Actor):
    """Keeps ten values of 1,000 bytes, says which are there, and ends, or waits for a message that never comes."""

    def __init__(self, ends: bool = False) -> None:
        self.ends = ends

    def run(self) -> Effect[None]:
        for key in range(10):
            kept = yield from keeping.keep(self, key, key * key, 1000)
            self.record("kept", key=key, kept=kept)
        assert not keeping.forget(self, "nothing")
        for key in range(10):
            value = yield from keeping.kept(self, key)
            self.record("there", value=value)
        if not self.ends:
            yield from self.receive()


def keeper(ends: bool = False, **memory: Any) -> tuple[Any, list[Any]]:
    """One such actor on a node with a core, and with a pool of four values where `memory` says anything."""
    options = {"pool": 4096, "region": 1024, "allocator": "first-fit", **memory}
    config = MemoryConfig.model_validate(options) if memory else None
    simulation, records = system(lambda runtime: runtime.spawn(Keeping, ends, name="keeper"), cores=1, memory=config)
    simulation.run(SECOND)
    return simulation, records


def test_actors_keep_state_in_memory_until_it_is_evicted() -> None:
    """Of ten values a pool of four keeps the last, or without eviction the first; without a pool all are there."""
    squares = [key * key for key in range(10)]
    _, records = keeper(eviction={"kind": "lru"})
    assert told(records, "there", "value") == [None] * 6 + squares[6:]
    _, records = keeper(bandwidth="1GB/s")
    assert told(records, "there", "value") == squares[:4] + [None] * 6
    assert told(records, "kept", "kept") == [True] * 4 + [False] * 6
    _, records = keeper()
    assert told(records, "there", "value") == squares


@pytest.mark.parametrize("ends", [False, True])
def test_state_goes_with_its_actor(ends: bool) -> None:
    """What an actor kept takes memory while it lives, and none when it has ended."""
    simulation, _ = keeper(ends, per_agent=4096)
    assert simulation.nodes[0].memory.use.reserved == (0 if ends else 4096)


def test_actors_give_state_to_each_other() -> None:
    """What one keeps, another actor of the node has after it was given, for the time of handing it over."""

    class Giving(Actor):
        def run(self) -> Effect[None]:
            yield from keeping.keep(self, "book", "pages", 3000)
            began = self.now
            gave = yield from keeping.give(self, "book", Reference(0, "taking"))
            again = yield from keeping.give(self, "book", Reference(0, "taking"))
            nowhere = yield from keeping.give(self, "book", Reference(0, "nobody"))
            self.record("gave", gave=(gave, again, nowhere), took=self.now - began)

    class Taking(Actor):
        def run(self) -> Effect[None]:
            yield from self.sleep(MILLISECOND)
            book = yield from keeping.kept(self, "book")
            self.record("took", book=book)
            yield from self.receive()

    def begin(runtime: Runtime) -> None:
        runtime.spawn(Taking, name="taking")
        runtime.spawn(Giving, name="giving")

    memory = MemoryConfig.model_validate({"pool": 4096, "region": 1024, "hand_over": "120ns"})
    simulation, records = system(begin, cores=2, memory=memory)
    simulation.run(SECOND)
    assert told(records, "gave", "gave") == [(True, False, False)]
    assert told(records, "gave", "took") == [120]
    assert told(records, "took", "book") == ["pages"]
    assert simulation.nodes[0].memory.held("taking") == 3072
