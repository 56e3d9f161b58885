"""Cores that do less than they should: all the time, or in a part of each period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from faults.core.core_fault import ChosenCoresFault
from faults.target import shown_target
from sim.units import Duration, Probability, format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.hardware.processor import Processor, SomeCores

Speed = Annotated[
    float,
    Field(ge=0.000_001, le=1, description="share of its speed at which the core works; 1: as fast as ever"),
]


class SlowCore(ChosenCoresFault):
    """Cores work at a share of their speed, as on a machine that is too hot, or shared with a greedy neighbour.

    Work in service slows down at once. Where several such faults strike a core, their shares multiply.
    """

    kind: Literal["slow-core"] = "slow-core"
    speed: Speed = 1.0

    @property
    def is_off(self) -> bool:
        """Whether no core would be slower."""
        return self.speed == 1.0 or super().is_off

    def disturb(self, strike: Strike, node: int, cores: Processor | SomeCores) -> float:
        """Slow the cores."""
        cores.slow(self.speed)
        return self.speed

    def settle(self, strike: Strike, cores: Processor | SomeCores, added: float) -> None:
        """Have them work as before."""
        cores.unslow(added)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, from half the speed to a hundredth; none in a system without cores."""
        if not drawing.has_cores:
            return None
        speed = round(10 ** drawing.stream.uniform(-2.0, -0.3), 4)
        return {"target": drawing.nodes(), "speed": speed, "heal_after": drawing.lasting()}

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        return f"{self.of_cores} at {self.speed:.3g} of their speed, {shown_target(self.target)}"


class ThrottledCore(ChosenCoresFault):
    """Cores are slow in the last part of each period, as under a quota of processor time that is used up by then.

    Linux gives a control group such a quota in each period, of 100 ms by default (Turner, Rao and Rao, "CPU bandwidth
    control for CFS", Linux Symposium 2010); a `speed` near 0 is a group that has to wait.
    """

    kind: Literal["throttled-core"] = "throttled-core"
    speed: Speed = 1.0
    period: Duration = Field(default=100_000_000, description="time in which the core is fast and slow once")
    share: Probability = Field(
        default=0.5, description="share of each period, its last part, in which the core is slow"
    )

    @model_validator(mode="after")
    def _has_parts(self) -> Self:
        if not 0 < self._slow_time < self.period:
            found = f"found a share of {self.share:g} of a period of {format_duration(self.period)}"
            raise InputError(f"{found}; expected a part of it, as of slow-core for all of the time", ("share",))
        return self

    @property
    def _slow_time(self) -> int:
        return round(self.period * self.share)

    @property
    def is_off(self) -> bool:
        """Whether no core would be slower."""
        return self.speed == 1.0 or super().is_off

    def begin(self, strike: Strike) -> None:
        """Begin with the fast part of a period."""
        super().begin(strike)
        strike.simulation.kernel.call_after(self.period - self._slow_time, self._throttle, strike)

    def disturb(self, strike: Strike, node: int, cores: Processor | SomeCores) -> list[float]:
        """Leave the cores as they are, for now."""
        return []

    def settle(self, strike: Strike, cores: Processor | SomeCores, added: list[float]) -> None:
        """Have them work as before."""
        for speed in added:
            cores.unslow(speed)

    def _throttle(self, strike: Strike) -> None:
        if strike.state:
            for node, (_, added) in strike.state.items():
                self.struck(strike, node).slow(self.speed)
                added.append(self.speed)
            strike.simulation.kernel.call_after(self._slow_time, self._let_go, strike)

    def _let_go(self, strike: Strike) -> None:
        if strike.state:
            for node, (_, added) in strike.state.items():
                self.struck(strike, node).unslow(added.pop())
            strike.simulation.kernel.call_after(self.period - self._slow_time, self._throttle, strike)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, in part or most of periods of a tenth of the time or less; none without cores."""
        if not drawing.has_cores:
            return None
        lasting = drawing.lasting()
        period = drawing.duration(max(100, lasting // 1_000), max(100, lasting // 10))
        speed = round(10 ** drawing.stream.uniform(-3.0, -0.3), 4)
        place = {"target": drawing.nodes(), "heal_after": lasting}
        return {"speed": speed, "period": period, "share": drawing.share(0.1, 0.9), **place}

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        part = f"{self.share:.3g} of each {format_duration(self.period)}"
        return f"{self.of_cores} at {self.speed:.3g} of their speed in {part}, {shown_target(self.target)}"
