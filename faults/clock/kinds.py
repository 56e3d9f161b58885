"""Every fault of this layer by its name."""

from __future__ import annotations

from typing import Final

from faults.clock.drift import ClockDrift, ClockPeriodic
from faults.clock.noise import ClockNoise
from faults.clock.offset import ClockOffset, ClockStep, ClockStrobe
from faults.clock.reset import ClockReset
from faults.kind import FaultKind

KINDS: Final[dict[str, FaultKind]] = {
    "clock-offset": FaultKind(ClockOffset, "clocks are ahead or behind by a fixed time; stepped back when healed"),
    "clock-drift": FaultKind(ClockDrift, "clocks and their timers run too fast or too slow"),
    "clock-step": FaultKind(ClockStep, "clocks jump forward or back, and go on from there"),
    "clock-periodic": FaultKind(ClockPeriodic, "clocks gain and lose in turn"),
    "clock-noise": FaultKind(ClockNoise, "each reading of a clock is off by a random error"),
    "clock-strobe": FaultKind(ClockStrobe, "clocks flip quickly between true time and a time that is off"),
    "clock-reset": FaultKind(ClockReset, "clocks are set to true time, as by NTP"),
}
