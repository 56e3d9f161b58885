"""Clocks whose readings scatter about the true time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from faults.clock.clock_fault import ClockFault
from sim.units import Duration, format_duration

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.clock import Clock


class ClockNoise(ClockFault):
    """Each reading of a clock is off by a normal error of its own while it lasts, so that time may seem to go back.

    `touched` counts the readings. Timers do not feel it.
    """

    kind: Literal["clock-noise"] = "clock-noise"
    deviation: Duration = Field(default=0, description="standard deviation of the error of a reading")

    @property
    def is_off(self) -> bool:
        """Whether no reading would be wrong."""
        return self.deviation == 0 or super().is_off

    def disturb(self, strike: Strike, node: int, clock: Clock) -> Any:
        """Draw an error for each reading, from the fault's own stream for the node."""
        stream, deviation = strike.stream(f"noise/{node}"), float(self.deviation)

        def wavering(now: int) -> int:
            strike.touched += 1
            return round(stream.normal(0.0, deviation))

        clock.waverings = (*clock.waverings, wavering)
        return wavering

    def settle(self, strike: Strike, node: int, clock: Clock, added: Any) -> None:
        """Read the clock as it is."""
        clock.waverings = tuple(wavering for wavering in clock.waverings if wavering is not added)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, off by microseconds or by a second."""
        deviation = drawing.duration(1_000, 1_000_000_000)
        return {"target": drawing.nodes(), "deviation": deviation, "heal_after": drawing.lasting()}

    @property
    def size(self) -> str:
        """How much, for people."""
        return f"of ± {format_duration(self.deviation)}"
