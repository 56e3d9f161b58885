"""When jobs come: as a Poisson process, in equal intervals, all at once, or at listed times."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, repeat
from math import log
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.network.latency import exponential_sampler
from sim.randomness import STATE_BITS
from sim.units import SECOND, Duration, Rate

if TYPE_CHECKING:
    from sim.randomness import Stream


class Arrivals(BaseModel):
    """Base of the ways in which jobs come."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    def times(self, stream: Stream) -> Iterator[int]:
        """Yield when one job after another comes: nanoseconds since the workload began, never less than before."""
        raise NotImplementedError  # pragma: no cover


class PoissonArrivals(Arrivals):
    """Independent exponential times between jobs."""

    kind: Literal["poisson"] = "poisson"
    rate: Annotated[Rate, Field(gt=0, le=1e9)] = Field(description="jobs per second, all places together")

    def times(self, stream: Stream) -> Iterator[int]:
        """One draw a job."""
        mean = SECOND / self.rate
        gap = exponential_sampler(mean, mean * STATE_BITS * log(2.0))
        now = 0
        while True:
            now += gap(stream)
            yield now


class ConstantArrivals(Arrivals):
    """Equal times between jobs, the first job one such time after the begin."""

    kind: Literal["constant"] = "constant"
    rate: Annotated[Rate, Field(gt=0, le=1e9)] = Field(description="jobs per second, all places together")

    def times(self, stream: Stream) -> Iterator[int]:
        """Draws nothing; times are rounded, intervals are not summed up."""
        return (round(number * SECOND / self.rate) for number in count(1))


class ArrivalsAtOnce(Arrivals):
    """All jobs at the begin."""

    kind: Literal["at-once"] = "at-once"

    def times(self, stream: Stream) -> Iterator[int]:
        """Draws nothing."""
        return repeat(0)


class ListedArrivals(Arrivals):
    """Jobs at these times after the begin."""

    kind: Literal["listed"] = "listed"
    each: tuple[Duration, ...] = Field(
        min_length=1, max_length=100_000, strict=False, description="time of each job after the begin, in any order"
    )

    def times(self, stream: Stream) -> Iterator[int]:
        """In ascending order; draws nothing."""
        return iter(sorted(self.each))


ArrivalKinds = Annotated[
    PoissonArrivals | ConstantArrivals | ArrivalsAtOnce | ListedArrivals, Field(discriminator="kind")
]
