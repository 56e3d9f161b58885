"""Frequency scaling: cores that are little used work more slowly, and are sped up when there is much to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.units import PositiveDuration, Probability
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.hardware.core import Core
    from sim.hardware.processor import Processor

Level = Annotated[float, Field(gt=0, le=1)]


class ScalingConfig(BaseModel):
    """The on-demand governor (Pallipadi and Starikovskiy, "The ondemand governor", Linux Symposium 2006).

    At the end of each period in which a core had work, it goes to full speed where it was busy for more than `up` of
    it, else to the lowest level at which it would be busy for at most `up`. It begins at the lowest level, and is there
    again after a period without work.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    kind: Literal["on-demand"] = "on-demand"
    levels: tuple[Level, ...] = Field(
        default=(0.4, 0.6, 0.8, 1.0),
        min_length=2,
        strict=False,
        description="shares of full speed that a core can work at, ascending, the last 1",
    )
    period: PositiveDuration = Field(default=10_000_000, description="time after which a core's speed is chosen anew")
    up: Probability = Field(default=0.8, description="share of a period above which a core goes to full speed")

    @model_validator(mode="after")
    def _ascends_to_full_speed(self) -> Self:
        if list(self.levels) != sorted(set(self.levels)) or self.levels[-1] != 1.0:
            raise InputError(f"found {list(self.levels)}; expected ascending shares that end in 1", ("levels",))
        if self.up == 0:
            raise InputError("found 0; expected a share of a period, such as 80%", ("up",))
        return self


class Scaling:
    """The governor of one processor. It looks at a core only while that has work, so that an idle system is at rest."""

    def __init__(self, processor: Processor, config: ScalingConfig) -> None:
        self._kernel = processor.kernel
        self._config = config
        lowest = config.levels[0]
        self._level = [lowest] * len(processor.cores)
        self._watched = [False] * len(processor.cores)
        self._busy = [0] * len(processor.cores)
        for core in processor.cores:
            core.slow(lowest)

    def level(self, core: Core) -> float:
        """The share of full speed at which a core works by its governor."""
        return self._level[core.number]

    def started(self, core: Core) -> None:
        """A core has begun to run a task."""
        if not self._watched[core.number]:
            self._watched[core.number] = True
            self._busy[core.number] = core.busy
            self._kernel.call_after(self._config.period, self._look, core)

    def _look(self, core: Core) -> None:
        number, config = core.number, self._config
        busy = core.busy_until_now()
        used = (busy - self._busy[number]) / config.period
        self._busy[number] = busy
        self._set(core, self._wanted(used, self._level[number]))
        if used > 0 or core.task is not None:
            self._kernel.call_after(config.period, self._look, core)
        else:
            self._watched[number] = False

    def _wanted(self, used: float, level: float) -> float:
        if used > self._config.up:
            return 1.0
        need = used * level / self._config.up
        return next(each for each in self._config.levels if each >= min(need, 1.0))

    def _set(self, core: Core, level: float) -> None:
        before = self._level[core.number]
        if level != before:
            self._level[core.number] = level
            core.slow(level)
            core.unslow(before)
