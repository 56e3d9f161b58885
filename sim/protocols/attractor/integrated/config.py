"""Options of the Kuramoto equations; times are nanoseconds, angles radians."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.protocol import ProtocolConfig
from sim.protocols.attractor.population import Frequencies, Goal, InitialPhases
from sim.units import SECOND, Duration, PositiveDuration, Rate, format_duration
from topologies.errors import InputError

LONGEST_TURN_OF_A_LAG = 6.3


class Learning(BaseModel):
    """Links whose weights follow how well the phases at their ends agree; these weights come on top of stated ones."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    rate: Rate = Field(default=0.1, description="how quickly they do, such as 0.1/s")
    initial: Annotated[float, Field(ge=-1, le=1)] = Field(default=0.0, description="weight of each link at the start")


class KuramotoConfig(ProtocolConfig):
    """Options of coupling by integration."""

    kind: Literal["kuramoto"] = "kuramoto"
    period: PositiveDuration = Field(default=SECOND, description="natural period, in the middle of them all")
    frequencies: Frequencies = Field(default=Frequencies(), description="how natural frequencies are spread")
    phases: InitialPhases = Field(default=InitialPhases(), description="where agents begin")
    goal: Goal = Field(default=Goal(), description="what counts as converged; nothing pulls agents there")
    strength: Annotated[float, Field(ge=-1e9, le=1e9)] = Field(
        default=1.0, description="coupling strength K, in radians a second"
    )
    normalization: Literal["degree", "population", "none"] = Field(
        default="degree",
        description="what the sum over neighbours is divided by: an agent's links, all agents, or 1",
    )
    lag: Annotated[float, Field(ge=-LONGEST_TURN_OF_A_LAG, le=LONGEST_TURN_OF_A_LAG)] = Field(
        default=0.0, description="phase lag alpha of the coupling, in radians"
    )
    delay: Duration = Field(default=0, description="how late agents hear each other; none, or at least a step")
    noise: Annotated[float, Field(ge=0, le=1e9)] = Field(
        default=0.0, description="noise strength D, in radians squared a second; needs `method: euler`"
    )
    weighted: bool = Field(default=True, description="whether links count by their weights, where the topology has any")
    learning: Learning | None = Field(default=None, description="links that learn; fixed by default")
    method: Literal["rk4", "euler"] = Field(
        default="rk4", description="Runge and Kutta's of order 4, or Euler's (Euler and Maruyama's with noise)"
    )
    step: PositiveDuration = Field(default=SECOND // 100, description="time step of the integration")
    snapshot: PositiveDuration | None = Field(
        default=None, description="time between records of all phases, in whole steps; about a second by default"
    )

    @property
    def steps_a_snapshot(self) -> int:
        """Steps from one record of all phases to the next."""
        return (self.snapshot or max(self.step, SECOND)) // self.step

    @model_validator(mode="after")
    def _fits(self) -> Self:
        step = format_duration(self.step)
        if self.noise and self.method != "euler":
            raise InputError(f"found {self.noise:g}, but {self.method!r} takes none: give method: euler", ("noise",))
        if 0 < self.delay < self.step:
            found = f"found {format_duration(self.delay)}, less than a step of {step}"
            raise InputError(f"{found}: give 0, at least a step, or a shorter step", ("delay",))
        if self.snapshot is not None and self.snapshot % self.step:
            nearest = max(1, round(self.snapshot / self.step)) * self.step
            found = f"found {format_duration(self.snapshot)}, no whole number of steps of {step}"
            raise InputError(f"{found}; the nearest is {format_duration(nearest)}", ("snapshot",))
        if self.learning is not None and self.learning.rate * self.step > SECOND:
            found = f"found {self.learning.rate:g}/s with steps of {step}"
            raise InputError(f"{found}; expected at most 1 in a step: shorten the step", ("learning", "rate"))
        return self
