"""A factor of a study along an axis: as numbers where its values are some, otherwise as places in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Number
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from analysis.plots.metric_axis import set_logarithmic
from analysis.plots.study_values import shortened
from analysis.plots.sweep import SIZES, words_of
from analysis.plots.theme import width_mm
from analysis.plots.time_axis import best_unit
from analysis.study_view import StudyView
from sim.units import parse_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LETTER_MM: Final = 1.5
_BESIDE_MM: Final = 14.0
_MOST_TICKS: Final = 9
_GEOMETRIC_FROM: Final = 6.0
"""How often the least number has to fit into the largest for a logarithmic axis, where the steps between grow."""
_UPRIGHT_LETTERS: Final = 14


@dataclass(frozen=True)
class FactorAxis:
    """How the levels of a factor lie along an axis: where each is, and what the axis is called.

    `numbers` are False where levels are no numbers: then they lie at 0, 1, 2 and so on.
    """

    levels: tuple[Any, ...]
    places: tuple[float, ...]
    words: str
    numbers: bool

    @property
    def logarithmic(self) -> bool:
        """Whether the levels grow geometrically rather than by equal steps."""
        found = np.unique(self.places)
        if not self.numbers or len(found) < 2 or found[0] <= 0 or found[-1] < _GEOMETRIC_FROM * found[0]:
            return False
        return len(found) == 2 or _unevenness(np.log(found)) < _unevenness(found)


def _unevenness(values: Any) -> float:
    steps = np.diff(values)
    return float(steps.std() / steps.mean())


def factor_axis(factor: str, levels: Sequence[Any]) -> FactorAxis:
    """Return where the levels of a factor lie: numbers, shares such as `5%` and times such as `20ms` by their size."""
    words = axis_words(factor)
    shares = [_share(level) for level in levels]
    if levels and None not in shares:
        return FactorAxis(tuple(levels), tuple(float(share or 0) for share in shares), words, True)
    times = [_time(level) for level in levels]
    known = [time for time in times if time is not None]
    if levels and len(known) == len(levels):
        unit = best_unit(max(known))
        return FactorAxis(
            tuple(levels), tuple(time / unit.nanoseconds for time in known), f"{words} ({unit.symbol})", True
        )
    return side_by_side(factor, levels)


def side_by_side(factor: str, levels: Sequence[Any]) -> FactorAxis:
    """Return levels in their order, each as far from the next, whatever they are."""
    return FactorAxis(tuple(levels), tuple(map(float, range(len(levels)))), axis_words(factor), False)


def axis_words(factor: str, letters: int = 40) -> str:
    """Return what an axis is called along which a factor goes, with nothing in it that would be a formula."""
    return shortened(words_of(factor), letters)


def time_levels(times: Sequence[int]) -> FactorAxis:
    """Return where moments of simulated time lie, in nanoseconds."""
    unit = best_unit(max(times, default=0))
    return FactorAxis(
        tuple(times), tuple(time / unit.nanoseconds for time in times), f"Simulated time ({unit.symbol})", True
    )


def _share(level: Any) -> float | None:
    """Return a level as a number; a share may be written with a percent sign."""
    if isinstance(level, bool):
        return None
    if isinstance(level, Number):
        return float(level)  # type: ignore[arg-type]
    try:
        return float(level[:-1]) / 100 if str(level).endswith("%") else float(level)
    except ValueError:
        return None


def _time(level: Any) -> int | None:
    try:
        return parse_duration(str(level))
    except InputError:
        return None


def factor_along(study: StudyView) -> str | None:
    """Return the factor that one looks along first: a number of nodes and the like, any number, or the first factor.

    None where nothing varies.
    """
    varied = study.varied()
    numbers = [name for name in varied if factor_axis(name, list(dict.fromkeys(study.frame[name]))).numbers]
    sizes = [name for size in SIZES for name in numbers if name.rpartition(".")[2] == size]
    return next(iter([*sizes, *numbers, *varied]), None)


def set_factor_axis(axes: Axes, axis: FactorAxis) -> None:
    """Have the x axis show the levels: ticks at each where they have room, logarithmic where they grow so."""
    axes.set_xlabel(axis.words)
    if not axis.numbers:
        _set_names(axes, axis)
        return
    found = np.unique(axis.places)
    if axis.logarithmic:
        set_logarithmic(axes, "x", found[0], found[-1])
        axes.set_xlim(found[0] / (found[-1] / found[0]) ** 0.06, found[-1] * (found[-1] / found[0]) ** 0.06)
    else:
        room = 0.06 * (found[-1] - found[0]) or 0.5
        axes.set_xlim(found[0] - room, found[-1] + room)
    if len(found) <= _MOST_TICKS and _apart(axes, found, axis.logarithmic):
        axes.xaxis.set_major_locator(FixedLocator(found.tolist()))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: told_number(value)))


def told_number(value: float) -> str:
    """Return a number as short as it can be told without loss to the eye."""
    return f"{value:,g}" if abs(value) < 1e6 else f"{value:.3g}"


def _apart(axes: Axes, found: Any, logarithmic: bool) -> bool:
    """Whether the numbers at all levels would not touch one another."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    room = (width_mm(figure) - _BESIDE_MM) * axes.get_position().width / 0.775
    scaled = np.log(found) if logarithmic else found
    letters = np.array([len(told_number(value)) for value in found])
    steps = np.diff(scaled) / max(scaled[-1] - scaled[0], 1e-300) * room * 0.89
    return bool(np.all(steps > (letters[1:] + letters[:-1]) / 2 * _LETTER_MM + 1))


def _on_two_lines(level: Any) -> str:
    """Return a long level broken at a blank into two lines that are both short, or cut where that is not possible."""
    words = shortened(level, 40)
    if len(words) <= _UPRIGHT_LETTERS:
        return words
    blanks = [place for place, letter in enumerate(words) if letter == " "]
    best = min(blanks, key=lambda place: max(place, len(words) - place - 1), default=0)
    lines = words[:best], words[best + 1 :]
    return "\n".join(lines) if best and max(map(len, lines)) <= _UPRIGHT_LETTERS else shortened(level, _UPRIGHT_LETTERS)


def _set_names(axes: Axes, axis: FactorAxis) -> None:
    """Name the levels, on two lines or upright where they have no room beside one another."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    room = (width_mm(figure) - _BESIDE_MM) / max(len(axis.levels), 1) / _LETTER_MM
    names = [shortened(level, 40) for level in axis.levels]
    if max(map(len, names), default=0) > room:
        names = [_on_two_lines(level) for level in axis.levels]
    upright = max((len(line) for name in names for line in name.splitlines()), default=0) > room
    axes.set_xticks(list(axis.places), names)
    axes.tick_params(axis="x", length=0)
    if upright:
        axes.tick_params(axis="x", rotation=35)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.set_xlim(-0.6, len(axis.levels) - 0.4)
