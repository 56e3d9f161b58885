"""Cost profiles: how much work handling is, by size, in cycles, as a distribution or from measured samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sim.network.latency import (
    ConstantLatency,
    EmpiricalLatency,
    ExponentialLatency,
    LatencyModel,
    LognormalLatency,
    ParetoLatency,
    UniformLatency,
    WeibullLatency,
    from_duration,
)
from sim.randomness import Stream
from sim.units import SECOND, Bandwidth, Duration

CostSampler = Callable[[Stream, int], int]
"""Draws nanoseconds at full speed for something of so many bytes."""


class _CostModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


class PerByte(_CostModel):
    """A fixed part, and a part for each byte."""

    kind: Literal["per-byte"] = "per-byte"
    base: Duration = Field(default=0, description="work whatever the size")
    bandwidth: Bandwidth = Field(description="bytes worked through in a time, such as 10GB/s")

    def cost(self, size: int) -> int:
        """Nanoseconds of work for so many bytes."""
        return self.base + -(-size * 8 * SECOND // self.bandwidth)


class Cycles(_CostModel):
    """Cycles of the core, at its frequency."""

    kind: Literal["cycles"] = "cycles"
    cycles: int = Field(ge=0, le=2**53, description="cycles whatever the size")
    per_byte: float = Field(default=0.0, ge=0, le=1e9, description="further cycles for each byte")

    def cost(self, size: int, frequency: int) -> int:
        """Nanoseconds of work for so many bytes at a frequency in cycles per second."""
        return -(-(self.cycles + round(self.per_byte * size)) * SECOND // frequency)


_CostKinds = Annotated[
    ConstantLatency
    | UniformLatency
    | ExponentialLatency
    | LognormalLatency
    | ParetoLatency
    | WeibullLatency
    | EmpiricalLatency
    | PerByte
    | Cycles,
    Field(discriminator="kind"),
]

Cost = Annotated[_CostKinds, BeforeValidator(from_duration, json_schema_input_type=Duration | _CostKinds)]
"""How much work something is: a duration at full speed, a distribution of it, `per-byte` or `cycles`."""


def cost_sampler(cost: LatencyModel | PerByte | Cycles, frequency: int) -> CostSampler:
    """A function that draws the work of something of so many bytes, on cores of so many cycles per second."""
    if isinstance(cost, PerByte):
        return lambda stream, size: cost.cost(size)
    if isinstance(cost, Cycles):
        return lambda stream, size: cost.cost(size, frequency)
    sample = cost.sampler()
    return lambda stream, size: sample(stream)
