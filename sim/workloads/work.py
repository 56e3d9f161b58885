"""How much work a job is: nanoseconds on a core at full speed, drawn from a distribution, listed, or without end."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import repeat
from math import sqrt
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sim.network.latency import (
    ConstantLatency,
    EmpiricalLatency,
    ExponentialLatency,
    LatencyModel,
    LognormalLatency,
    ParetoLatency,
    Sampler,
    UniformLatency,
    WeibullLatency,
    from_duration,
)
from sim.units import Duration, PositiveDuration

if TYPE_CHECKING:
    from sim.randomness import Stream


class _WorkModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


class HyperexponentialWork(_WorkModel):
    """A mixture of two exponentials with balanced means: many short jobs and few long ones.

    `cv2` is the squared coefficient of variation, variance over squared mean: 1 is exponential, more varies more
    (W. Whitt, Operations Research 30(1), 1982, balanced means).
    """

    kind: Literal["hyperexponential"] = "hyperexponential"
    mean: PositiveDuration = Field(description="mean work of a job")
    cv2: float = Field(ge=1, le=10_000, description="squared coefficient of variation: 1 is exponential")

    def sampler(self) -> Sampler:
        """Two draws a job: which exponential, and how long."""
        share = (1 + sqrt((self.cv2 - 1) / (self.cv2 + 1))) / 2
        short, long = self.mean / (2 * share), self.mean / (2 * (1 - share))
        return lambda stream: int(stream.exponential(short if stream.random() < share else long))


class ListedWork(_WorkModel):
    """The work of each job, in the order in which they come."""

    kind: Literal["listed"] = "listed"
    each: tuple[Duration, ...] = Field(
        min_length=1, max_length=100_000, strict=False, description="work of the first job, of the second, and so on"
    )


class EndlessWork(_WorkModel):
    """Jobs that are never finished: balls that stay in their bins."""

    kind: Literal["endless"] = "endless"


_WorkKinds = Annotated[
    ConstantLatency
    | UniformLatency
    | ExponentialLatency
    | LognormalLatency
    | ParetoLatency
    | WeibullLatency
    | EmpiricalLatency
    | HyperexponentialWork
    | ListedWork
    | EndlessWork,
    Field(discriminator="kind"),
]

Work = Annotated[_WorkKinds, BeforeValidator(from_duration, json_schema_input_type=Duration | _WorkKinds)]
"""How much work jobs are, by `kind`, or a bare duration for constant work."""


def works_of(
    work: LatencyModel | HyperexponentialWork | ListedWork | EndlessWork, stream: Stream
) -> Iterator[int | None]:
    """Yield the work of one job after another, in nanoseconds, None: without end; drawn from the stream."""
    if isinstance(work, ListedWork):
        return iter(work.each)
    if isinstance(work, EndlessWork):
        return repeat(None)
    return iter(partial(work.sampler(), stream), None)
