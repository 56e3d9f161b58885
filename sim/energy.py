"""Energy of agents: a store that actions draw on and that fills again with time."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.units import SECOND, Rate
from topologies.errors import InputError


class Energy(BaseModel):
    """A store of energy, full at the start; an agent that has less than `minimum`, or than `cost`, does not act."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    capacity: Annotated[float, Field(gt=0)] = Field(default=100.0, description="energy of a full store")
    cost: Annotated[float, Field(ge=0)] = Field(default=1.0, description="energy that an action takes")
    recovery: Rate = Field(default=1.0, description="energy that comes back, such as 1/s, up to the capacity")
    minimum: Annotated[float, Field(ge=0)] = Field(default=0.0, description="energy below which an agent does not act")

    @model_validator(mode="after")
    def _within(self) -> Self:
        for name in ("cost", "minimum"):
            if getattr(self, name) > self.capacity:
                found = f"found {getattr(self, name):g}, more than the capacity, {self.capacity:g}"
                raise InputError(f"{found}: no agent would ever act; make it smaller", (name,))
        return self


class EnergyStore:
    """What an agent has, brought up to date when it is asked for; times in nanoseconds of the agent's clock."""

    __slots__ = ("_counted_at", "_level", "options")

    def __init__(self, options: Energy, now: int) -> None:
        self.options = options
        self._level = options.capacity
        self._counted_at = now

    def level(self, now: int) -> float:
        """What there is, with what has come back since it was counted last."""
        back = max(0, now - self._counted_at) / SECOND * self.options.recovery
        self._level, self._counted_at = min(self.options.capacity, self._level + back), now
        return self._level

    def suffices(self, now: int) -> bool:
        """Whether the agent can act."""
        level = self.level(now)
        return level >= self.options.cost and level >= self.options.minimum

    def spend(self, amount: float) -> None:
        """Take an amount, of what was counted last; no more than there is."""
        self._level = max(0.0, self._level - amount)

    def drain(self, share: float, now: int) -> bool:
        """Lose a share; whether there was any."""
        had = self.level(now)
        self._level = had * (1.0 - share)
        return self._level < had
