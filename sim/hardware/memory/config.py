"""The options of a node's memory."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.units import Bandwidth, Duration, PositiveDuration, Probability, Size, format_size
from topologies.errors import InputError

KIB = 2**10
MIB = 2**20


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


class Eviction(_Options):
    """What is taken back to make room, of what may be."""

    kind: Literal["lru", "lfu", "fifo", "ttl"] = Field(
        default="lru", description="least recently used, least frequently used, first in, or by time to live"
    )
    after: PositiveDuration | None = Field(
        default=None,
        description="time to live of what was written, with kind ttl; where there is no room before, "
        "what would expire first goes first",
    )

    @model_validator(mode="after")
    def _has_its_time(self) -> Self:
        if (self.kind == "ttl") != (self.after is not None):
            found = "found no time to live" if self.kind == "ttl" else f"found a time to live with kind {self.kind}"
            raise InputError(f"{found}; expected one with kind ttl, such as {{kind: ttl, after: 10s}}", ("after",))
        return self


class Collection(_Options):
    """Garbage collection: what is released stays in the pool until a pause of all cores finds it.

    A collection of everything takes `base`, `per_live` for each byte that is still held (marking) and `per_byte` for
    each byte of the heap (sweeping); Jones, Hosking and Moss, "The Garbage Collection Handbook", 2011, chapters 2, 9.
    """

    kind: Literal["mark-sweep", "generational"] = Field(
        default="mark-sweep", description="all at once, or young blocks more often than old ones"
    )
    growth: Annotated[float, Field(gt=0)] = Field(
        default=1.0,
        description="all is collected once the heap has grown by this share of what was held after the last collection",
    )
    minimum: Size = Field(default=4 * MIB, description="heap below which nothing is collected but for want of room")
    base: Duration = Field(default=20_000, description="length of any pause")
    per_live: Annotated[float, Field(ge=0)] = Field(
        default=1.0, description="nanoseconds for each byte that is held, of those looked at"
    )
    per_byte: Annotated[float, Field(ge=0)] = Field(default=0.05, description="nanoseconds for each byte of the heap")
    nursery: Size | None = Field(
        default=None, description="bytes that are placed between two collections of the young; 1MiB where generational"
    )
    promote_after: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="collections of the young that a block survives until it is old; 1 where generational"
    )

    @model_validator(mode="after")
    def _has_generations(self) -> Self:
        for name in ("nursery", "promote_after"):
            if self.kind == "mark-sweep" and getattr(self, name) is not None:
                raise InputError("found generations with kind mark-sweep; expected kind generational", (name,))
        if self.nursery == 0:
            raise InputError("found 0; expected a size such as 1MiB", ("nursery",))
        return self


class Compression(_Options):
    """Blocks are held compressed; the defaults are those that lz4.org states for LZ4 r101 on the Silesia corpus."""

    ratio: Probability = Field(default=0.48, description="size after compression over that before, above 0")
    bandwidth: Bandwidth = Field(default=3_376_000_000, description="speed of compression, by bytes before it")
    expansion: Bandwidth = Field(default=14_560_000_000, description="speed of expansion, by bytes after it")
    above: Size = Field(default=1024, description="smallest size that is compressed")

    @model_validator(mode="after")
    def _leaves_something(self) -> Self:
        if self.ratio == 0:
            raise InputError("found 0; expected a ratio above 0, such as 0.5", ("ratio",))
        return self


class MemoryConfig(_Options):
    """The memory of a node: a pool of regions, what each agent may have of it, and what its use costs."""

    pool: Size = Field(default=28 * MIB, description="bytes of all agents together")
    region: Size = Field(default=64 * KIB, description="unit in which the pool is handed out")
    per_agent: Size | None = Field(default=None, description="most bytes that one agent holds; no limit by default")
    allocator: Literal["first-fit", "best-fit", "buddy", "segregated"] = Field(
        default="segregated",
        description="which piece of the pool is taken: the first, the shortest, a power of two of regions, or a slot "
        "in a region that is shared with others of about this size, where it is small",
    )
    eviction: Eviction | None = Field(default=None, description="what makes room for others; nothing by default")
    collection: Collection | None = Field(
        default=None, description="garbage collection; by default what is released is free at once"
    )
    compression: Compression | None = Field(default=None, description="compression of what is held; off by default")
    bandwidth: Bandwidth = Field(default=80_000_000_000, description="speed at which a core copies bytes")
    placement: Duration = Field(default=50, description="work of finding a piece of the pool, such as TCMalloc takes")
    hand_over: Duration = Field(default=100, description="work of giving a block to another agent without a copy")

    @model_validator(mode="after")
    def _has_regions(self) -> Self:
        if self.region == 0:
            raise InputError("found 0; expected a size such as 64KiB", ("region",))
        if self.pool < self.region:
            found = f"found {format_size(self.pool)}, less than a region, {format_size(self.region)}"
            raise InputError(f"{found}; expected several times that", ("pool",))
        if self.per_agent is not None and not 0 < self.per_agent <= self.pool:
            found = f"found {format_size(self.per_agent) if self.per_agent else 0}"
            raise InputError(f"{found}; expected more than 0, and at most the pool", ("per_agent",))
        return self
