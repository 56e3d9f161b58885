"""How often something is tried again, and after which rest: exponential back-off with jitter.

The kinds of jitter are those of Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.units import Duration, PositiveDuration

if TYPE_CHECKING:
    from sim.randomness import Stream


class RetryPolicy(BaseModel):
    """Options of trying again; times are nanoseconds. With `retries: 0` nothing is tried again."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    retries: Annotated[int, Field(ge=0, le=1000)] = Field(default=3, description="attempts after the first one")
    rest: Duration = Field(default=100_000_000, description="rest before the first of them, without jitter")
    factor: Annotated[float, Field(ge=1.0, le=100.0)] = Field(
        default=2.0, description="how many times longer each further rest is"
    )
    longest_rest: PositiveDuration = Field(default=10_000_000_000, description="no rest is longer")
    jitter: Literal["none", "full", "equal", "decorrelated"] = Field(
        default="full",
        description="none: the rest as it is; full: uniform from 0 to it; equal: uniform from half of it; "
        "decorrelated: uniform from `rest` to three times the last one",
    )

    def rests(self, stream: Stream) -> Iterator[int]:
        """The rests in ns before each further attempt, drawn one by one."""
        whole, last = float(self.rest), self.rest
        for _ in range(self.retries):
            most = int(min(whole, self.longest_rest))
            if self.jitter == "full":
                last = stream.below(most + 1)
            elif self.jitter == "equal":
                last = most // 2 + stream.below(most - most // 2 + 1)
            elif self.jitter == "decorrelated":
                last = min(self.longest_rest, self.rest + stream.below(max(1, 3 * last - self.rest + 1)))
            else:
                last = most
            yield last
            whole = min(whole * self.factor, float(self.longest_rest))
