"""Latency models: how long a message takes on a link, each a frozen options object that makes a sampler."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from math import cos, exp, gamma, log, pi, sqrt
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.randomness import ACCELERATED, MASK, MULTIPLIER, STATE_BITS, Stream
from sim.units import HOUR, Duration, PositiveDuration

Sampler = Callable[[Stream], int]
"""Draws one delay in nanoseconds from a stream."""


def python_exponential_sampler(mean: float, most: float, /) -> Sampler:
    """Draws `most - mean * log(state)`: inverts the distribution function at the whole state of the stream."""

    def sample(stream: Stream) -> int:
        stream.state = state = stream.state * MULTIPLIER & MASK
        return int(most - mean * log(state))

    return sample


def python_lognormal_sampler(median: float, sigma: float, minimum: int, /) -> Sampler:
    """Draws `minimum` plus a lognormal part, in whole nanoseconds (Box and Muller 1958)."""

    def sample(stream: Stream) -> int:
        radius = sqrt(-2.0 * log(1.0 - stream.random()))
        return minimum + int(median * exp(sigma * radius * cos(2.0 * pi * stream.random())))

    return sample


if TYPE_CHECKING or not ACCELERATED:
    exponential_sampler = python_exponential_sampler
    lognormal_sampler = python_lognormal_sampler
else:
    from sim._accelerator import exponential_sampler, lognormal_sampler


class LatencyModel(BaseModel):
    """Base of the latency models; times are durations with a unit, delays whole nanoseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    def sampler(self) -> Sampler:
        """A function that draws one delay from the stream that it is given."""
        raise NotImplementedError  # pragma: no cover

    @property
    def mean_ns(self) -> float:
        """Mean delay in nanoseconds; infinite where the distribution has none."""
        raise NotImplementedError  # pragma: no cover


class ConstantLatency(LatencyModel):
    """Always the same delay."""

    kind: Literal["constant"] = "constant"
    value: Duration = Field(description="the delay")

    def sampler(self) -> Sampler:
        """Gives the constant; takes no draw."""
        value = self.value
        return lambda stream: value

    @property
    def mean_ns(self) -> float:
        """The constant."""
        return float(self.value)


class UniformLatency(LatencyModel):
    """Uniform between two bounds."""

    kind: Literal["uniform"] = "uniform"
    low: Duration = Field(description="shortest delay")
    high: Duration = Field(description="longest delay")

    @model_validator(mode="after")
    def _ordered(self) -> UniformLatency:
        if self.high < self.low:
            raise ValueError("high must be at least low")
        return self

    def sampler(self) -> Sampler:
        """Uniform over whole nanoseconds, both bounds included."""
        low, span = self.low, self.high - self.low + 1
        return lambda stream: low + stream.below(span)

    @property
    def mean_ns(self) -> float:
        """The middle of the bounds."""
        return (self.low + self.high) / 2


class ExponentialLatency(LatencyModel):
    """Exponential with a mean, on top of a minimum."""

    kind: Literal["exponential"] = "exponential"
    mean: PositiveDuration = Field(description="mean of the exponential part")
    minimum: Duration = Field(default=0, description="added to every draw: the propagation delay")

    def sampler(self) -> Sampler:
        """Inverts the distribution function at the whole state over 2**128, which is never zero: one draw a delay."""
        mean = float(self.mean)
        return exponential_sampler(mean, self.minimum + mean * STATE_BITS * log(2.0))

    @property
    def mean_ns(self) -> float:
        """Minimum and mean together."""
        return float(self.minimum + self.mean)


class LognormalLatency(LatencyModel):
    """Lognormal by its median and the standard deviation of the logarithm: the usual fit of measured round trips."""

    kind: Literal["lognormal"] = "lognormal"
    median: PositiveDuration = Field(description="median of the random part")
    sigma: float = Field(ge=0, le=10, description="standard deviation of the natural logarithm")
    minimum: Duration = Field(default=0, description="added to every draw: the propagation delay")

    def sampler(self) -> Sampler:
        """Two draws a delay (Box and Muller)."""
        return lognormal_sampler(float(self.median), self.sigma, self.minimum)

    @property
    def mean_ns(self) -> float:
        """median * exp(sigma**2 / 2), and the minimum."""
        return self.minimum + self.median * exp(self.sigma**2 / 2)


class ParetoLatency(LatencyModel):
    """Pareto (type I): heavy tails; the mean is infinite for a shape of at most 1."""

    kind: Literal["pareto"] = "pareto"
    minimum: PositiveDuration = Field(description="shortest delay")
    shape: float = Field(gt=0, le=100, description="tail exponent")
    maximum: PositiveDuration = Field(default=3_600_000_000_000, description="longer draws are cut to this")

    @model_validator(mode="after")
    def _ordered(self) -> ParetoLatency:
        if self.maximum < self.minimum:
            raise ValueError("maximum must be at least minimum; it is 1h where it is left out")
        return self

    def sampler(self) -> Sampler:
        """Inverts the distribution function, one draw a delay."""
        minimum, exponent, maximum = float(self.minimum), -1.0 / self.shape, self.maximum
        cut = (minimum / maximum) ** self.shape  # below it all is cut, and powers may overflow

        def sample(stream: Stream) -> int:
            rest = 1.0 - stream.random()
            return int(min(minimum * rest**exponent, maximum)) if rest > cut else maximum

        return sample

    @property
    def mean_ns(self) -> float:
        """Mean without the cut."""
        return self.shape * self.minimum / (self.shape - 1) if self.shape > 1 else float("inf")


class WeibullLatency(LatencyModel):
    """Weibull by its scale, which 63.2 % of the draws stay below, and its shape: below 1 the tail is a heavy one."""

    kind: Literal["weibull"] = "weibull"
    scale: PositiveDuration = Field(description="what 63.2 % of the draws stay below")
    shape: float = Field(ge=0.1, le=100, description="below 1 a heavier tail than exponential, above 1 a lighter one")
    minimum: Duration = Field(default=0, description="added to every draw: the propagation delay")
    maximum: PositiveDuration = Field(default=365 * 24 * HOUR, description="longer draws are cut to this")

    def sampler(self) -> Sampler:
        """Inverts the distribution function, one draw a delay."""
        scale, exponent, minimum, maximum = float(self.scale), 1.0 / self.shape, self.minimum, self.maximum
        return lambda stream: min(minimum + int(scale * (-log(1.0 - stream.random())) ** exponent), maximum)

    @property
    def mean_ns(self) -> float:
        """scale * gamma(1 + 1 / shape), and the minimum, without the cut."""
        return self.minimum + self.scale * gamma(1 + 1 / self.shape)


class EmpiricalLatency(LatencyModel):
    """Measured samples, each drawn with its weight (equal by default)."""

    kind: Literal["empirical"] = "empirical"
    samples: tuple[Duration, ...] = Field(min_length=1, max_length=100_000, description="measured delays", strict=False)
    weights: tuple[Annotated[float, Field(gt=0)], ...] | None = Field(
        default=None, description="one weight a sample", strict=False
    )

    @model_validator(mode="after")
    def _matched(self) -> EmpiricalLatency:
        if self.weights is not None and len(self.weights) != len(self.samples):
            raise ValueError(f"{len(self.weights)} weights for {len(self.samples)} samples; give one weight a sample")
        return self

    def sampler(self) -> Sampler:
        """One draw a delay."""
        samples = self.samples
        if self.weights is None:
            return lambda stream: samples[stream.below(len(samples))]
        cumulative = list(accumulate(self.weights))
        total, last = cumulative[-1], len(samples) - 1
        return lambda stream: samples[min(last, bisect_right(cumulative, stream.random() * total))]

    @property
    def mean_ns(self) -> float:
        """Weighted mean of the samples."""
        weights = self.weights or (1.0,) * len(self.samples)
        return sum(w * s for w, s in zip(weights, self.samples, strict=True)) / sum(weights)


def from_duration(value: Any) -> Any:
    """A bare duration stands for a constant one: of latencies, costs and work alike."""
    return {"kind": "constant", "value": value} if isinstance(value, (str, int)) else value


_LatencyKinds = Annotated[
    ConstantLatency
    | UniformLatency
    | ExponentialLatency
    | LognormalLatency
    | ParetoLatency
    | WeibullLatency
    | EmpiricalLatency,
    Field(discriminator="kind"),
]

Latency = Annotated[_LatencyKinds, BeforeValidator(from_duration, json_schema_input_type=Duration | _LatencyKinds)]
"""A latency model by its `kind`, or a bare duration for a constant one."""
