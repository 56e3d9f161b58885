"""The options of threads that share a structure."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.network.latency import ConstantLatency, Latency
from sim.protocol import ProtocolConfig
from sim.units import Duration, PositiveDuration, Probability
from topologies.errors import InputError

Structure = Literal["mutex", "compare-and-swap", "channel", "read-copy-update", "cache-lines"]
Safeguard = Literal["exclusion", "compare", "grace-period"]

GUARDS: Final[dict[str, str]] = {
    "exclusion": "mutex",
    "compare": "compare-and-swap",
    "grace-period": "read-copy-update",
}
"""The structure that a safeguard belongs to."""


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class SharedStateConfig(ProtocolConfig):
    """Options of threads that share a structure; costs are work at full speed, in nanoseconds."""

    needs_cores: ClassVar[bool] = True

    kind: Literal["shared-state"] = "shared-state"
    structure: Structure = Field(
        default="mutex",
        description="what is shared: words under a mutex, by compare-and-swap, of a thread that is asked by a channel, "
        "by read-copy-update; or nothing but cache lines, where each thread has a counter of its own",
    )
    threads: int = Field(default=4, ge=1, le=4096, description="threads of each node")
    operations: int = Field(
        default=1000, ge=1, le=1_000_000_000, description="operations that the threads of a node begin in all"
    )
    lasts: PositiveDuration | None = Field(
        default=None, description="time after which none is begun any more; only their number ends them when left out"
    )
    reads: Probability = Field(default=0.0, description="chance that an operation reads; the others update")
    inside: Latency = Field(
        default=ConstantLatency(value=100),
        description="work while the mutex is held, between read and swap, of the thread that is asked, in a read-side "
        "section or on a copy",
    )
    outside: Latency = Field(default=ConstantLatency(value=1_000), description="work between two operations")
    words: int = Field(default=4, ge=1, le=1024, description="words that are read and written together")
    spin: Duration = Field(default=0, description="for how long a thread looks again before it waits for a mutex")
    hand_off: bool = Field(
        default=True, description="whether a mutex goes to the first in the queue, or to whoever comes first"
    )
    capacity: int = Field(default=16, ge=0, le=1_000_000, description="values that the channel holds")
    padding: bool = Field(default=True, description="whether each counter has a cache line for itself")
    line: int = Field(default=64, ge=8, le=4096, description="bytes of a cache line")
    sample_every: int = Field(
        default=10, ge=0, description="operations of a thread of which one is recorded with its time; 0: none is"
    )
    ablate: Annotated[tuple[Safeguard, ...], BeforeValidator(_tuple_of_list)] = Field(
        default=(), description="safeguards that are left out, to see what they are good for"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for place, name in enumerate(self.ablate):
            needed = GUARDS[name]
            if self.structure != needed:
                message = (
                    f"{name}: only {needed} has it, and the structure is {self.structure}; set structure: {needed}"
                )
                raise InputError(message, ("ablate", place))
        return self
