"""What the cells of a study came to as cells of tables: estimates with their intervals, and bars on one axis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, log, nan
from typing import Any, Final, Literal

from analysis.estimates import Estimate
from analysis.report.blocks import Bar, Cell
from analysis.shown_value import shown_metric

NEVER: Final = "never"
DASH: Final = "–"
RELATIVE: Final = "relative"
"""In place of a unit: of a difference in parts of what it is compared with."""
WIDE: Final = 20
"""Ratio of the largest to the smallest value from which on an axis is logarithmic."""

Statistic = Literal["median", "mean"]


@dataclass(frozen=True, slots=True)
class Axis:
    """Where values lie from 0 to 1."""

    least: float
    most: float
    logarithmic: bool

    def place(self, value: float) -> float:
        """Return where a value lies, those beyond the ends at the ends."""
        if self.most <= self.least:
            return 0.5
        scale = log if self.logarithmic else float
        least, most = scale(self.least), scale(self.most)
        value = min(max(value, self.least), self.most)
        return (scale(value) - least) / (most - least)


def axis_of(values: Iterable[float]) -> Axis:
    """Return the axis that holds values, from 0 where they are close to it."""
    known = [value for value in values if isfinite(value)]
    if not known:
        return Axis(0.0, 0.0, False)
    least, most = min(known), max(known)
    if least > 0 and most / least > WIDE:
        return Axis(least, most, True)
    return Axis(0.0 if 0 < least < 0.5 * most else least, most, False)


def numbers_of(measured: Mapping[str, Any], statistic: Statistic) -> tuple[float, float | None, float | None] | None:
    """Return an estimate of plain data with its bounds; None where there is none."""
    value = measured.get(statistic)
    if value is None:
        return None
    low, high = measured.get(f"{statistic}_interval") or (None, None)
    return _number(value), None if low is None else _number(low), None if high is None else _number(high)


def _number(value: float | str) -> float:
    return inf if value == NEVER else float(value)


def estimate_cell(measured: Mapping[str, Any], statistic: Statistic, axis: Axis | None = None) -> Cell:
    """Return an estimate with its interval, and a bar where there is an axis."""
    found = numbers_of(measured, statistic)
    if found is None:
        return Cell(DASH, nan)
    value, low, high = found
    bar = None
    if axis is not None and isfinite(value):
        bar = Bar(*(axis.place(value if each is None else each) for each in (low, value, high)))
    text, _, interval = interval_words(value, low, high, measured["unit"]).partition(" (")
    return Cell(text, value, bar=bar, detail=interval.removesuffix(")"))


def interval_words(value: float, low: float | None, high: float | None, unit: str) -> str:
    """Return a value with its interval, the unit once where it is the same: `5 s (4 to 7)`."""
    told = value_words(value, unit)
    if low is None or high is None:
        return told
    bounds = [value_words(low, unit), value_words(high, unit)]
    if len({text.partition(" ")[2] for text in (told, *bounds)}) == 1:
        bounds = [text.partition(" ")[0] for text in bounds]
    return f"{told} ({bounds[0]} to {bounds[1]})"


def difference_cell(difference: Estimate, unit: str) -> Cell:
    """Return a difference with its interval, that of shares in percentage points."""
    bounds = (difference.low, difference.high)
    if not isfinite(difference.value) or any(bound is not None and not isfinite(bound) for bound in bounds):
        return Cell("not known", nan)
    if unit.startswith("share"):
        told = [None if each is None else f"{100 * each:.3g}" for each in (difference.value, *bounds)]
        text, interval = f"{told[0]} pp", "" if None in told else f"{told[1]} to {told[2]}"
    else:
        unit = "share" if unit == RELATIVE else unit
        text, _, interval = interval_words(difference.value, *bounds, unit).partition(" (")
    minus = {ord("-"): "−"}
    return Cell(text.translate(minus), difference.value, detail=interval.removesuffix(")").translate(minus))


def value_words(value: float, unit: str) -> str:
    """Return a value in the unit that suits it; one that is not finite is a time that never comes."""
    return shown_metric(value, unit) if isfinite(value) else NEVER


def all_numbers(answers: Sequence[Mapping[str, Any]], metric: str, statistic: Statistic) -> list[float]:
    """Return every value and bound of a metric."""
    found = [numbers_of(answer["metrics"][metric], statistic) for answer in answers]
    return [number for each in found if each is not None for number in each if number is not None]


def p_words(p: float) -> str:
    """Return p for people."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.995 else "1"
