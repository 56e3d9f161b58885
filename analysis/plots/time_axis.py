"""Simulated time on an axis: in the unit in which its numbers are easiest to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from analysis.plots.theme import width_mm
from sim.units import DAY, HOUR, MICROSECOND, MILLISECOND, MINUTE, NANOSECOND, SECOND


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """A unit of time: its symbol, and its size in nanoseconds."""

    symbol: str
    nanoseconds: int


_UNITS: Final = tuple(
    TimeUnit(symbol, size)
    for symbol, size in (
        ("d", DAY),
        ("h", HOUR),
        ("min", MINUTE),
        ("s", SECOND),
        ("ms", MILLISECOND),
        ("µs", MICROSECOND),
        ("ns", NANOSECOND),
    )
)
_LEAST_OF_UNIT: Final = {"d": 3, "h": 3, "min": 3}
"""People read 90 s more easily than 1.5 min: how many of a unit it takes before it is used; 1 of the others."""

_LETTER_MM: Final = 1.45
_GAP_MM: Final = 2.5
_BESIDE_MM: Final = 12.0
"""Room along an axis of a digit, between two numbers, and beside all of them."""


def best_unit(longest: int) -> TimeUnit:
    """Return the unit for times up to `longest`, in nanoseconds: the largest of which it is enough."""
    for unit in _UNITS:
        if longest >= _LEAST_OF_UNIT.get(unit.symbol, 1) * unit.nanoseconds:
            return unit
    return _UNITS[-1] if longest else TimeUnit("s", SECOND)


def told_time(nanoseconds: int, digits: int = 3) -> str:
    """Return a time in words, rounded to so many digits, such as `5.15 s`."""
    unit = best_unit(nanoseconds)
    return f"{nanoseconds / unit.nanoseconds:.{digits}g} {unit.symbol}"


def set_time_axis(axes: Axes, end: int, unit: TimeUnit, begin: int = 0) -> None:
    """Have the x axis run from `begin` to `end`, in nanoseconds, labelled in the unit.

    Where it begins late its numbers are long, and there are only as many as have room.
    """
    axes.set_xlim(begin / unit.nanoseconds, max(end, begin + 1) / unit.nanoseconds)
    axes.set_xlabel(f"Simulated time ({unit.symbol})")
    axes.ticklabel_format(axis="x", style="plain", useOffset=False)
    if begin:
        longest = len(f"{end / unit.nanoseconds:.1f}")
        figure = axes.get_figure(root=True)
        assert figure is not None
        room = width_mm(figure) - _BESIDE_MM
        axes.locator_params(axis="x", nbins=max(2, int(room / (_LETTER_MM * longest + _GAP_MM))))
