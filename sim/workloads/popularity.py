"""Which keys are asked for how often."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.randomness import Stream

_OPTIONS = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


class Uniform(BaseModel):
    """Every key is as likely."""

    model_config = _OPTIONS
    kind: Literal["uniform"] = "uniform"

    def drawer(self, keys: int) -> Callable[[Stream], int]:
        """A function that draws the number of a key below `keys`."""
        return lambda stream: stream.below(keys)


class Zipf(BaseModel):
    """The k-th key has a likelihood in proportion to 1 / k to the power of `exponent` (Zipf's law)."""

    model_config = _OPTIONS
    kind: Literal["zipf"] = "zipf"
    exponent: float = Field(default=0.99, gt=0, le=10, description="how much more popular the first keys are")

    def drawer(self, keys: int) -> Callable[[Stream], int]:
        """A function that draws the number of a key below `keys`; 0 is the most popular."""
        sums = list(accumulate((rank + 1) ** -self.exponent for rank in range(keys)))
        total = sums[-1]
        return lambda stream: min(bisect_right(sums, stream.random() * total), keys - 1)


Popularity = Annotated[Uniform | Zipf, Field(discriminator="kind")]
