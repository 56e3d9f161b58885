"""A metric of a study on an axis: what it is called, its unit, its scale, and labels that fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Final

from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from analysis.metrics import METRICS
from analysis.plots.study_values import shortened
from analysis.plots.time_axis import best_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOGARITHMIC_FROM: Final = 20
"""How often the least positive value has to fit into the largest for a logarithmic axis."""
_LONGEST: Final = 400
_SHORTEST: Final = 5
"""Letters that are looked at of a label, and to which a part of it is cut at least."""
_SIZES: Final[tuple[tuple[float, tuple[float, ...]], ...]] = (
    (8, (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)),
    (100, (1.0, 2.0, 5.0)),
)
"""Steps between the numbers of a logarithmic axis, by how often its least one fits into its largest at most."""


@dataclass(frozen=True, slots=True)
class MetricScale:
    """How values of a metric are drawn: `words` with the unit for the axis, and by what they are divided."""

    words: str
    symbol: str
    divisor: float

    def told(self, value: float, digits: int = 3) -> str:
        """Return a value in words, in this unit, such as `5.15 s`."""
        number = f"{value / self.divisor:,.{digits}g}" if abs(value / self.divisor) < 1e6 else f"{value:.{digits}g}"
        return f"{number} {self.symbol}".strip()


def scale_of(metric: str, values: Iterable[float]) -> MetricScale:
    """Return how values of a metric are drawn: times in the unit that suits the largest, others in their own."""
    name = words_of_metric(metric)
    known = METRICS.get(metric.partition(".")[0])
    unit = "" if known is None else known.unit
    if unit != "ns":
        said = unit.replace("/", " per ").lower() == name.lower()
        return MetricScale(f"{name} ({unit})" if unit and not said else name, unit, 1.0)
    chosen = best_unit(int(max((abs(value) for value in values if isfinite(value)), default=0.0)))
    return MetricScale(f"{name} ({chosen.symbol})", chosen.symbol, float(chosen.nanoseconds))


def words_of_metric(metric: str) -> str:
    """Return the name of a metric in words, such as `Messages per node`."""
    words = metric.replace("_", " ").replace(".", " ")
    return words[:1].upper() + words[1:]


def ellipsised(words: object, letters: int) -> str:
    """Return words on one line, cut to so many letters with an ellipsis where they are longer, and never a formula.

    Of words that commas part, the longest ones are cut, so that what tells them from others is likely to stay.
    """
    parts = shortened(words, _LONGEST).replace(r"\$", "$").split(", ")
    while len(", ".join(parts)) > letters and max(map(len, parts)) > _SHORTEST:
        longest = max(range(len(parts)), key=lambda place: len(parts[place]))
        parts[longest] = f"{parts[longest].removesuffix('…')[:-1].rstrip()}…"
    line = ", ".join(parts)
    line = line if len(line) <= letters + 1 else f"{line[: max(1, letters - 1)].rstrip()}…"
    line = f" {line}" if line.startswith("_") else line  # which would keep it out of a legend
    return line.replace("$", r"\$")


def spans_many_sizes(values: Iterable[float]) -> bool:
    """Whether values are all positive, and the largest is at least twenty times the least."""
    finite = [value for value in values if isfinite(value)]
    return bool(finite) and min(finite) > 0 and max(finite) >= LOGARITHMIC_FROM * min(finite)


def set_logarithmic(axes: Axes, along: str, least: float, largest: float) -> None:
    """Give an axis, `x` or `y`, a logarithmic scale with plain numbers on it, as many as are easily read."""
    getattr(axes, f"set_{along}scale")("log")
    axis = axes.xaxis if along == "x" else axes.yaxis
    steps = next((steps for most, steps in _SIZES if largest < most * least), (1.0,))
    axis.set_major_locator(LogLocator(subs=steps, numticks=9))
    axis.set_major_formatter(FuncFormatter(_plain_number))
    axis.set_minor_formatter(NullFormatter())


def keep_ticks_below(axes: Axes, along: str, largest: float) -> None:
    """Keep only those numbers of an axis, `x` or `y`, that are at most `largest`, and its other ticks likewise."""
    axis = axes.xaxis if along == "x" else axes.yaxis
    low, _ = axis.get_view_interval()
    for minor in (False, True):
        places = [place for place in axis.get_ticklocs(minor=minor) if low <= place <= largest]
        axis.set_ticks(places, minor=minor)
    if axis.get_scale() == "log":
        axis.set_major_formatter(FuncFormatter(_plain_number))
        axis.set_minor_formatter(NullFormatter())


def _plain_number(value: float, _: int | None = None) -> str:
    return f"{value:,.10g}" if value < 1e6 else f"{value:.0e}"
