"""Clocks that run at a wrong rate: a fixed drift, and a periodic one that gains and loses in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from faults.clock.clock_fault import PARTS_PER_BILLION, ClockFault, drawn_ppm, with_timers
from sim.units import Duration, format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.clock import Clock, ClockError

PartsPerMillion = Annotated[float, Field(ge=-900_000, le=10_000_000)]
Heals = Annotated[
    Literal["time", "rate"],
    Field(description="what healing makes right: the time too, by a step as of NTP, or the rate alone"),
]


class DriftingFault(ClockFault):
    """Base of faults of the rate. Pending timers follow the clock: they are moved when its rate changes."""

    heals: Heals = "time"

    def settle(self, strike: Strike, node: int, clock: Clock, added: ClockError) -> None:
        """Let the clock run at its own rate again, and step it back if wanted."""
        now, keep = strike.simulation.now, self.heals == "rate"
        with_timers(strike, node, lambda: clock.remove_error(now, added, keep_amount=keep))
        strike.touched += not keep


class ClockDrift(DriftingFault):
    """Clocks gain, or lose where negative, so many millionths of the time that passes, while it lasts."""

    kind: Literal["clock-drift"] = "clock-drift"
    drift_ppm: PartsPerMillion = Field(default=0.0, description="parts per million gained, or lost where negative")
    spread_ppm: Annotated[float, Field(ge=0, le=900_000)] = Field(
        default=0.0, description="each node's drift is drawn uniformly, up to this much above and below `drift_ppm`"
    )

    @model_validator(mode="after")
    def _runs_forwards(self) -> Self:
        if self.drift_ppm - self.spread_ppm < -900_000:
            found = f"found a drift of {self.drift_ppm:g} ± {self.spread_ppm:g} ppm"
            raise InputError(f"{found}; expected no clock to lose more than 900000: make it smaller", ("spread_ppm",))
        return self

    @property
    def is_off(self) -> bool:
        """Whether no clock would drift."""
        return (self.drift_ppm == 0.0 and self.spread_ppm == 0.0) or super().is_off

    def disturb(self, strike: Strike, node: int, clock: Clock) -> ClockError:
        """Let the clock drift."""
        ppm = self.drift_ppm
        if self.spread_ppm:
            ppm += strike.stream(f"spread/{node}").uniform(-self.spread_ppm, self.spread_ppm)
        drift, now = round(ppm * PARTS_PER_BILLION), strike.simulation.now
        added: ClockError = with_timers(strike, node, lambda: clock.add_error(now, drift=drift))
        return added

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, too fast or too slow; what they are off by stays with half of the faults."""
        place = {"target": drawing.nodes(), "heal_after": drawing.lasting()}
        heals = drawing.stream.choice(("time", "rate"))
        return {"drift_ppm": drawn_ppm(drawing), "heals": heals, **place}

    @property
    def size(self) -> str:
        """How much, for people."""
        return f"of {self.drift_ppm:g}" + (f" ± {self.spread_ppm:g}" if self.spread_ppm else "") + " ppm"


class ClockPeriodic(DriftingFault):
    """Clocks gain for half of each period what they lose in the other, as with the temperature of a day.

    The error goes up to `drift_ppm` of half a period and back to nothing. With a negative drift it begins with a loss.
    """

    kind: Literal["clock-periodic"] = "clock-periodic"
    drift_ppm: Annotated[float, Field(ge=-900_000, le=900_000)] = Field(
        default=0.0, description="parts per million gained in the first half of a period, and lost in the second"
    )
    period: Duration = Field(default=0, description="time in which the clock gains and loses once")

    @model_validator(mode="after")
    def _has_a_period(self) -> Self:
        if self.drift_ppm and self.period < 2:
            found = f"found a period of {format_duration(self.period)}"
            raise InputError(f"{found}; expected the time of a gain and a loss together, such as 10s", ("period",))
        return self

    @property
    def is_off(self) -> bool:
        """Whether no clock would drift."""
        return self.drift_ppm == 0.0 or super().is_off

    def begin(self, strike: Strike) -> None:
        """Begin to gain."""
        super().begin(strike)
        strike.simulation.kernel.call_after(self.period // 2, self._turn, strike, -1)

    def disturb(self, strike: Strike, node: int, clock: Clock) -> ClockError:
        """Let the clock gain."""
        now = strike.simulation.now
        added: ClockError = with_timers(strike, node, lambda: clock.add_error(now, drift=self._drift))
        return added

    @property
    def _drift(self) -> int:
        return round(self.drift_ppm * PARTS_PER_BILLION)

    def _turn(self, strike: Strike, direction: int) -> None:
        """Let the clocks that are still struck lose what they have gained, or gain again."""
        if not strike.state:
            return
        now = strike.simulation.now
        for node, added in strike.state.items():
            self._turn_one(strike, node, now, added, direction * self._drift)
        lasting = self.period // 2 if direction > 0 else self.period - self.period // 2
        strike.simulation.kernel.call_after(lasting, self._turn, strike, -direction)

    def _turn_one(self, strike: Strike, node: int, now: int, added: ClockError, drift: int) -> None:
        clock = strike.simulation.nodes[node].own_clock()
        with_timers(strike, node, lambda: clock.change_drift(now, added, drift))

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, several periods."""
        lasting = drawing.lasting()
        period = max(2, drawing.duration(max(2, lasting // 10), max(2, lasting)))
        return {"target": drawing.nodes(), "drift_ppm": drawn_ppm(drawing), "period": period, "heal_after": lasting}

    @property
    def size(self) -> str:
        """How much, for people."""
        return f"of {self.drift_ppm:g} ppm, there and back in {format_duration(self.period)},"
