"""Phases as whole numbers: a turn has 2**96 units, so that phases move linearly in time without any rounding.

A speed is whole units a nanosecond; the period that it stands for is right to one part in 10**16 even for cycles of an
hour, and no error gathers, however often an agent looks.
"""

from __future__ import annotations

from math import pi
from typing import Final

from sim.units import SECOND

TURN: Final = 1 << 96
HALF: Final = TURN >> 1
MASK: Final = TURN - 1
RADIANS: Final = 2.0 * pi
"""In a turn."""
TURNS_A_UNIT: Final = 2.0**-96
UNITS_A_RADIAN: Final = TURN / RADIANS
SPEED_OF_RADIAN: Final = UNITS_A_RADIAN / SECOND
"""Units a nanosecond of an angular frequency of one radian a second."""
DECIMALS: Final = 9
"""To which records round phases (radians) and frequencies (radians a second)."""


def speed_of_period(period: int) -> int:
    """Units a nanosecond of a cycle that takes so many nanoseconds."""
    return (2 * TURN + period) // (2 * period)


def speed_of_frequency(radians_a_second: float) -> int:
    """Units a nanosecond of an angular frequency."""
    return round(radians_a_second * SPEED_OF_RADIAN)


def frequency_of(speed: int) -> float:
    """Radians a second of a speed."""
    return speed / SPEED_OF_RADIAN


def units_of(radians: float) -> int:
    """Units of an angle."""
    return round(radians * UNITS_A_RADIAN)


def radians_of(phase: int) -> float:
    """The angle of a phase, from 0 to a turn, in radians."""
    return (phase & MASK) * TURNS_A_UNIT * RADIANS


def between(later: int, earlier: int) -> float:
    """By how much one phase is ahead of another, in turns from minus a half to a half."""
    difference = (later - earlier) & MASK
    return (difference - TURN if difference > HALF else difference) * TURNS_A_UNIT
