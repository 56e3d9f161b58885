"""Agents that keep what they look up in their node's memory: a cache, as its pool and its eviction policy make it.

Each node has `agents`. Each of them looks up keys at the times of a Poisson process, independent of each other and of
what was looked up before (the independent reference model), by a law of popularity. A key that is there is read; one
that is not is fetched, which takes `fetch`, and put into memory, where it may drive out others. A key that is being
fetched is not fetched a second time: whoever looks it up meanwhile misses, and waits for it with the others.

What is done takes the node's cores: `lookup` for each look at the index, and what its memory says of placing, copying
and compressing.

Records: `looked-up` (agent, key, hit). What there is no room for is not kept, of which its memory makes a record.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.hardware.memory.state_store import StateStore
from sim.network.latency import ConstantLatency, Latency
from sim.protocol import Protocol, ProtocolConfig
from sim.randomness import Stream
from sim.units import MILLISECOND, SECOND, Duration, Rate, Size
from sim.workloads.popularity import Popularity, Zipf
from topologies.errors import InputError


class CacheConfig(ProtocolConfig):
    """Options of caches."""

    kind: Literal["cache"] = "cache"
    agents: int = Field(default=1, ge=1, le=10_000, description="agents of each node, each with keys of its own")
    keys: int = Field(default=1_000, ge=1, le=1_000_000, description="keys of each agent")
    popularity: Popularity = Field(default=Zipf(), description="which keys are looked up how often")
    rate: Annotated[Rate, Field(gt=0, le=1e9)] = Field(default=1000.0, description="look-ups of each agent")
    sizes: tuple[Size, ...] = Field(
        default=(1024,), strict=False, min_length=1, description="sizes of values; each key takes one of them by a draw"
    )
    fetch: Latency = Field(default=ConstantLatency(value=MILLISECOND), description="time that fetching a key takes")
    lookup: Duration = Field(default=100, description="work of looking a key up")

    needs_memory: ClassVar[bool] = True

    @model_validator(mode="after")
    def _values_have_a_size(self) -> Self:
        if 0 in self.sizes:
            raise InputError("found 0; expected a size of at least one byte", ("sizes", self.sizes.index(0)))
        return self


class Cache(Protocol):
    """A node with its agents' stores."""

    Config: ClassVar[type[ProtocolConfig]] = CacheConfig
    payloads = ()
    records: ClassVar[tuple[str, ...] | None] = ("looked-up",)

    def __init__(self) -> None:
        config = self.config
        self._key: Callable[[Stream], int] = config.popularity.drawer(config.keys)
        self._fetch = config.fetch.sampler()
        self._gap = SECOND / config.rate
        self._fetching: dict[tuple[int, int], None] = {}
        self._stores: list[StateStore] = []
        self._sizes: dict[int, int] = {}

    def on_start(self) -> None:
        memory = self.node.memory
        if memory is None:
            raise InputError(
                f"found node {self.node.id} without memory; give its hardware some, as by {{memory: {{}}}}"
            )
        self._stores = [StateStore(memory, f"agent {agent}") for agent in range(self.config.agents)]
        for agent in range(self.config.agents):
            self._next(agent)

    def _next(self, agent: int) -> None:
        self.node.set_timer(("look up", agent), int(self.node.random.exponential(self._gap)))

    def on_timer(self, name: Hashable) -> None:
        assert isinstance(name, tuple)
        if name[0] == "look up":
            self._next(name[1])
            key = self._key(self.node.random)
            self.node.compute(self.config.lookup, self._look_up, (name[1], key))
        else:
            self._fetched(name[1], name[2])

    def _look_up(self, asked: tuple[int, int]) -> None:
        agent, key = asked
        found = self._stores[agent].get(key)
        self.node.record("looked-up", agent=agent, key=key, hit=found is not None)
        if found is not None:
            self.node.compute(found[1], _nothing, None)
        elif asked not in self._fetching:
            self._fetching[asked] = None
            self.node.set_timer(("fetched", agent, key), self._fetch(self.node.random))

    def _fetched(self, agent: int, key: int) -> None:
        del self._fetching[agent, key]
        work = self._stores[agent].put(key, None, self._size(key))
        if work is not None:
            self.node.compute(work, _nothing, None)

    def _size(self, key: int) -> int:
        """The size of a key's value, drawn when it is fetched first."""
        if key not in self._sizes:
            self._sizes[key] = self.node.random.choice(self.config.sizes)
        return self._sizes[key]


def _nothing(_: Any) -> None:
    """What follows the work of reading or writing."""
