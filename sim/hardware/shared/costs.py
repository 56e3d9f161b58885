"""What operations on shared state cost where nobody else is at it; conflicts add to this by themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from sim.network.latency import ConstantLatency, Latency

if TYPE_CHECKING:
    from sim.randomness import Stream

Draw = Callable[[], int]
"""Draws one cost, in nanoseconds of work at full speed."""


def _constant(nanoseconds: int) -> ConstantLatency:
    return ConstantLatency(value=nanoseconds)


class SharedCosts(BaseModel):
    """Costs of operations on shared state, each a duration or a distribution, as work at full speed.

    The defaults of the first four are figures that a published design states of itself (its concurrency model: mutex
    500 ns, compare-and-swap 50 ns, channel 200 ns, reads by read-copy-update 20 ns); the others are set here in
    proportion. `murmur calibrate` measures those of a machine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    mutex: Latency = Field(
        default=_constant(500), description="to lock and unlock a mutex that is free, half of it for each"
    )
    compare_and_swap: Latency = Field(
        default=_constant(50), description="to read a value and to swap it, half of it for each"
    )
    channel: Latency = Field(
        default=_constant(200), description="to put a value into a channel and to take it out, half of it for each"
    )
    read: Latency = Field(
        default=_constant(20), description="to begin and to end a read by read-copy-update, half of it for each"
    )
    update: Latency = Field(
        default=_constant(1_000), description="to copy what is updated by read-copy-update, and to publish the copy"
    )
    barrier: Latency = Field(default=_constant(100), description="to say at a barrier that one has come")
    wake: Latency = Field(
        default=_constant(1_000), description="until a thread that left its core to wait goes on, once it is woken"
    )
    signal: Latency = Field(
        default=_constant(100), description="for a thread to wake another one; several one after the other"
    )
    spin: Latency = Field(default=_constant(50), description="to look once more whether what one waits for has come")
    hit: Latency = Field(default=_constant(1), description="to use a cache line that the core has")
    memory: Latency = Field(default=_constant(80), description="to fetch a cache line that no core has")


def drawn(cost: Latency, stream: Stream) -> Draw:
    """Return what draws the cost from the stream."""
    if isinstance(cost, ConstantLatency):
        value = cost.value
        return lambda: value
    sample = cost.sampler()
    return lambda: sample(stream)


def halves(cost: Latency, stream: Stream) -> tuple[Draw, Draw]:
    """Return what draws the first and the second half of the cost; of a random one each half is half a draw."""
    draw = drawn(cost, stream)
    if isinstance(cost, ConstantLatency):
        first, second = cost.value // 2, cost.value - cost.value // 2
        return lambda: first, lambda: second
    return lambda: draw() // 2, lambda: draw() // 2
