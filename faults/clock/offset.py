"""Clocks that are wrong by a fixed time: a fixed offset, steps, and the strobe that flips between two times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from faults.clock.clock_fault import ClockFault, drawn_offset
from sim.signed_duration import SignedDuration
from sim.units import Duration, format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.clock import Clock, ClockError


class ClockOffset(ClockFault):
    """Clocks are ahead of true time, or behind it, by a fixed time while it lasts; healing steps them back.

    Timers run on: they count time that passes, not the time of day.
    """

    ended_by_reset: ClassVar[bool] = True

    kind: Literal["clock-offset"] = "clock-offset"
    offset: SignedDuration = Field(default=0, description="how far ahead of true time, or behind where negative")
    spread: Duration = Field(
        default=0, description="each node's offset is drawn uniformly, up to this much above and below `offset`"
    )

    @property
    def is_off(self) -> bool:
        """Whether no clock would be off."""
        return (self.offset == 0 and self.spread == 0) or super().is_off

    def disturb(self, strike: Strike, node: int, clock: Clock) -> ClockError:
        """Step the clock."""
        strike.touched += 1
        by = drawn_around(strike, node, self.offset, self.spread)
        return clock.add_error(strike.simulation.now, offset=by)

    def settle(self, strike: Strike, node: int, clock: Clock, added: ClockError) -> None:
        """Step it back."""
        strike.touched += 1
        clock.remove_error(strike.simulation.now, added)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, ahead or behind for a while."""
        return {"target": drawing.nodes(), "offset": drawn_offset(drawing), "heal_after": drawing.lasting()}

    @property
    def size(self) -> str:
        """How far, for people."""
        return shown_offset(self.offset, self.spread)


class ClockStep(ClockFault):
    """Clocks jump forward, or back where negative, each time it strikes, and go on from there.

    Jumps add up until a `clock-reset`, a `heal` or the liveness phase takes them back. This is the bump of Jepsen's
    clock nemesis (jepsen.nemesis.time).
    """

    ended_by_reset: ClassVar[bool] = True

    kind: Literal["clock-step"] = "clock-step"
    by: SignedDuration = Field(default=0, description="how far the clock jumps: forward, or back where negative")
    spread: Duration = Field(
        default=0, description="each node's jump is drawn uniformly, up to this much above and below `by`"
    )

    @property
    def is_off(self) -> bool:
        """Whether no clock would jump."""
        return (self.by == 0 and self.spread == 0) or super().is_off

    def disturb(self, strike: Strike, node: int, clock: Clock) -> ClockError:
        """Step the clock."""
        strike.touched += 1
        return clock.add_error(strike.simulation.now, offset=drawn_around(strike, node, self.by, self.spread))

    def settle(self, strike: Strike, node: int, clock: Clock, added: ClockError) -> None:
        """Step it back."""
        strike.touched += 1
        clock.remove_error(strike.simulation.now, added)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, forward or back; some are set right again."""
        fields: dict[str, Any] = {"target": drawing.nodes(), "by": drawn_offset(drawing)}
        if drawing.stream.random() < 0.5:
            fields["heal_after"] = drawing.lasting()
        return fields

    @property
    def size(self) -> str:
        """How far, for people."""
        return shown_offset(self.by, self.spread)


class ClockStrobe(ClockFault):
    """Clocks flip between true time and a time that is off, quickly, while it lasts.

    This is the strobe of Jepsen's clock nemesis (jepsen.nemesis.time).
    """

    kind: Literal["clock-strobe"] = "clock-strobe"
    by: SignedDuration = Field(default=0, description="how far off the clock is every other period")
    period: Duration = Field(default=0, description="time from one flip to the next")

    @model_validator(mode="after")
    def _has_a_period(self) -> Self:
        if self.by and not self.period:
            raise InputError("found no period; expected the time from one flip to the next, such as 10ms", ("period",))
        return self

    @property
    def is_off(self) -> bool:
        """Whether no clock would flip."""
        return self.by == 0 or super().is_off

    def disturb(self, strike: Strike, node: int, clock: Clock) -> Any:
        """Begin to flip; no event is needed, for the time of a reading tells on which side it is."""
        began, by, period = strike.began, self.by, self.period

        def wavering(now: int) -> int:
            return 0 if (now - began) // period & 1 else by

        clock.waverings = (*clock.waverings, wavering)
        return wavering

    def settle(self, strike: Strike, node: int, clock: Clock, added: Any) -> None:
        """Stop to flip."""
        strike.touched += self._flips(strike)
        clock.waverings = tuple(wavering for wavering in clock.waverings if wavering is not added)

    def count(self, strike: Strike) -> None:
        """Take in the flips of the clocks that are still struck."""
        strike.touched += self._flips(strike) * len(strike.state)

    def _flips(self, strike: Strike) -> int:
        return (strike.simulation.now - strike.began) // self.period + 1

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """As Jepsen draws it: any order of magnitude, a flip every millisecond to every second."""
        place = {"target": drawing.nodes(), "heal_after": drawing.lasting()}
        return {"by": drawn_offset(drawing), "period": drawing.duration(1_000_000, 1_000_000_000), **place}

    @property
    def size(self) -> str:
        """How far and how often, for people."""
        return f"by {format_duration(self.by)} every {format_duration(self.period)}"


def drawn_around(strike: Strike, node: int, middle: int, spread: int) -> int:
    """A time for one node, uniform about the middle; from the fault's own stream for the node."""
    if not spread:
        return middle
    return middle + strike.stream(f"spread/{node}").below(2 * spread + 1) - spread


def shown_offset(offset: int, spread: int) -> str:
    """A time and its spread, for people."""
    return f"by {format_duration(offset)}" + (f" ± {format_duration(spread)}" if spread else "")
