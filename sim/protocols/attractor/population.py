"""What a population of oscillators is made of: natural frequencies, first phases, and what it is to come to.

Both protocols of the package draw from these in the same order from each node's own stream, the frequency first, so
that one seed gives the same swarm to both.
"""

from __future__ import annotations

from math import pi, tan
from statistics import NormalDist
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.units import Duration, PositiveDuration, Probability
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.randomness import Stream

_OPTIONS = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

NORMAL: Final = NormalDist()
DIGITS: Final = 12
"""To which drawn frequencies and phases are rounded, so that no last bit of a library's functions lives on in them."""


class Frequencies(BaseModel):
    """How natural frequencies are spread around that of the period.

    `width` is half the width at half of the maximum (gamma) of a Lorentzian, the standard deviation of a Gaussian, half
    the range of a uniform distribution. At quantiles, node i of n has the quantile (i + 1/2) / n: a sample without the
    chance of one, for small populations near the onset of synchrony.
    """

    model_config = _OPTIONS
    kind: Literal["fixed", "lorentzian", "gaussian", "uniform"] = Field(
        default="fixed", description="all alike, or drawn from a distribution"
    )
    width: Annotated[float, Field(ge=0)] = Field(default=0.0, description="how wide it is, in radians per second")
    draw: Literal["quantiles", "random"] = Field(
        default="random", description="at quantiles, in the order of the nodes, or each at random"
    )

    @model_validator(mode="after")
    def _has_a_distribution(self) -> Self:
        if self.width and self.kind == "fixed":
            found = f"found {self.width:g} for frequencies that are fixed, all alike"
            raise InputError(f"{found}; name their distribution by kind: lorentzian, gaussian or uniform", ("width",))
        return self

    def offset(self, node: int, population: int, stream: Stream) -> float:
        """How far the natural frequency of a node is from the middle, in radians per second."""
        if self.kind == "fixed":
            return 0.0
        share = (node + 0.5) / population if self.draw == "quantiles" else _inside(stream.random())
        if self.kind == "lorentzian":
            return round(self.width * tan(pi * (share - 0.5)), DIGITS)
        if self.kind == "gaussian":
            return round(self.width * NORMAL.inv_cdf(share), DIGITS)
        return round(self.width * (2.0 * share - 1.0), DIGITS)


def _inside(share: float) -> float:
    """A draw from [0, 1), moved off zero, where distributions without bounds have no quantile."""
    return share + 2.0**-54


class InitialPhases(BaseModel):
    """Where agents begin, and where one that begins anew does."""

    model_config = _OPTIONS
    kind: Literal["uniform", "normal", "aligned", "splay", "twisted"] = Field(
        default="uniform",
        description="anywhere; around zero with a spread; all at zero; evenly spaced in the order of the nodes; "
        "or that with several turns",
    )
    spread: Annotated[float, Field(ge=0)] = Field(
        default=0.0, description="standard deviation around that, in radians; `normal` needs one"
    )
    winding: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] = Field(
        default=1, description="turns that `twisted` takes over all nodes"
    )

    @model_validator(mode="after")
    def _spread_out(self) -> Self:
        if self.kind == "normal" and not self.spread:
            raise InputError(
                "missing field 'spread'; expected a standard deviation in radians, such as 0.1", ("spread",)
            )
        return self

    def turns(self, node: int, population: int, stream: Stream) -> float:
        """The first phase of a node in turns, which may be outside of one turn."""
        if self.kind == "uniform":
            return stream.random()
        if self.kind == "aligned":
            return 0.0
        place = 0.0
        if self.kind != "normal":
            place = (self.winding if self.kind == "twisted" else 1) * node / population
        if self.spread:
            place += round(stream.normal(0.0, self.spread) / (2.0 * pi), DIGITS)
        return place


class Goal(BaseModel):
    """What the swarm is to come to: a coherence, and maybe a phase and a period for all.

    A phase or period of the goal is one that every agent knows by its own clock: at local time zero the goal's phase is
    `phase`, and it moves on with the goal's period.
    """

    model_config = _OPTIONS
    coherence: Probability = Field(
        default=1.0, description="order parameter R that is aimed at: 1 all together, 0 spread out evenly"
    )
    tolerance: Annotated[Probability, Field(gt=0)] = Field(
        default=0.05, description="how far from it the coherence may be"
    )
    dwell: PositiveDuration | None = Field(
        default=None, description="how long it has to stay there to count as converged; one period by default"
    )
    phase: Annotated[float, Field(ge=0, lt=2 * pi)] | None = Field(
        default=None, description="phase of the goal at local time zero, in radians; any by default"
    )
    period: PositiveDuration | None = Field(
        default=None, description="period of the goal; that of the swarm by default"
    )
    pull: Annotated[float, Field(ge=0)] | None = Field(
        default=None,
        description="how strongly each agent is pulled to the goal's phase, in radians per second; 5 in a period by "
        "default",
    )


class Preferences(BaseModel):
    """Local goals: each agent has a phase of its own that it would rather be at, relative to the others' mean."""

    model_config = _OPTIONS
    weight: Probability = Field(default=0.1, description="share of an agent's adjustment that its own goal has")
    spread: Annotated[float, Field(ge=0)] = Field(
        default=1.0, description="standard deviation of the phases preferred, in radians"
    )


class Detector(BaseModel):
    """When an agent believes that the swarm has converged.

    It does while its own neighbourhood, itself included, has had the goal's coherence within the tolerance for `dwell`.
    """

    model_config = _OPTIONS
    tolerance: Annotated[Probability, Field(gt=0)] | None = Field(
        default=None, description="how far from the goal's coherence it may be; the goal's tolerance by default"
    )
    dwell: Duration | None = Field(default=None, description="for how long; the goal's dwell by default")
