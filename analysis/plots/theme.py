"""How every plot looks: sizes, type, colours. The one place that knows seaborn's styles and matplotlib's settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from re import sub
from textwrap import wrap
from typing import Any, Final

import matplotlib
import seaborn
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Colormap, ListedColormap
from matplotlib.figure import Figure

COLUMN_MM: Final = 85
"""Width of one column of a two-column page."""
PAGE_MM: Final = 180
"""Width of the text of a page."""

MM_PER_INCH: Final = 25.4
_POINTS: Final = 7.5
_LINE_MM: Final = 4.0
_TIED: Final = "\N{NO-BREAK SPACE}"
_LETTER_MM: Final = 1.45
"""Room that a letter takes in the mean, with some to spare."""

BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY_BLUE: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
"""The eight colours that people with any colour vision tell apart: Okabe and Ito, "Color Universal Design", 2008."""

BROWN: Final = "#7A5230"
GREY: Final = "#8A8A8A"
FAINT: Final = "#C8C8C8"

SERIES: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY_BLUE, BLACK, GREY)
"""Colours of lines, in the order in which they are given out."""


def _settings() -> dict[str, Any]:
    return {
        **seaborn.axes_style("ticks"),
        **seaborn.plotting_context("paper"),
        "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters on every machine
        "font.size": _POINTS,
        "axes.labelsize": _POINTS,
        "axes.titlesize": _POINTS,
        "xtick.labelsize": _POINTS - 0.5,
        "ytick.labelsize": _POINTS - 0.5,
        "legend.fontsize": _POINTS - 0.5,
        "legend.frameon": False,
        "figure.titlesize": _POINTS,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.minor.width": 0.4,
        "ytick.minor.width": 0.4,
        "xtick.major.size": 3,
        "ytick.major.size": 3,
        "xtick.minor.size": 1.8,
        "ytick.minor.size": 1.8,
        "lines.linewidth": 1.2,
        "hatch.linewidth": 0.5,
        "axes.formatter.limits": (-4, 6),
        "axes.formatter.use_mathtext": True,
        "path.simplify": True,
        "svg.fonttype": "path",  # letters as outlines: nothing to be missing where it is opened
        "svg.hashsalt": "murmur",
        "svg.id": None,
        "savefig.dpi": 300,
        "savefig.facecolor": "white",
        "savefig.bbox": None,
    }


@contextmanager
def theme() -> Iterator[None]:
    """Have matplotlib draw in this theme, whatever the user has set, and put the user's settings back afterwards."""
    settings: Any = {name: value for name, value in _settings().items() if name in matplotlib.rcParams}
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # leaves the backend alone
        matplotlib.rcParams.update(settings)
        yield


def new_figure(width_mm: float, height_mm: float) -> tuple[Figure, Axes]:
    """Return an empty figure and its axes; it belongs to no window and no display.

    The size is in millimetres; the height does not count title and legend, which add their own.
    """
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots()


def new_panels(width_mm: float, height_mm: float, columns: int) -> tuple[Figure, list[Axes]]:
    """Return an empty figure like `new_figure`'s with some axes side by side, which share what is on their y axis."""
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(1, columns, sharey=True, squeeze=False)[0])


def new_grid(width_mm: float, height_mm: float, rows: int, columns: int) -> tuple[Figure, list[Axes]]:
    """Return an empty figure like `new_figure`'s with rows of equal axes, row by row."""
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(rows, columns, squeeze=False).flat)


def new_rows_of_two(width_mm: float, height_mm: float, rows: int) -> tuple[Figure, list[tuple[Axes, Axes]]]:
    """Return an empty figure like `new_figure`'s with rows of a wide and a narrow axes, which share their y axis."""
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")
    FigureCanvasAgg(figure)
    options: dict[str, Any] = {"squeeze": False, "sharex": "col", "sharey": "row", "width_ratios": (3, 1)}
    return figure, [(wide, narrow) for wide, narrow in figure.subplots(rows, 2, **options)]


def new_stack(width_mm: float, height_mm: float, rows: int) -> tuple[Figure, list[Axes]]:
    """Return an empty figure like `new_figure`'s with axes above one another, which share their x axis."""
    figure = Figure(figsize=(width_mm / MM_PER_INCH, height_mm / MM_PER_INCH), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0])


def width_mm(figure: Figure) -> float:
    """Return the width of a figure in millimetres."""
    return float(figure.get_figwidth() * MM_PER_INCH)


def put_title(figure: Figure, name: str, facts: str) -> None:
    """Write the scenario's name, and below it the facts of the run, at the top left, on as many lines as they need."""
    characters = int(width_mm(figure) / _LETTER_MM * 0.95)
    lines = [*_lines(name, characters), *_lines(facts, characters)]
    _make_room(figure, len(lines))
    figure.suptitle("\n".join(lines), x=0.01, ha="left", linespacing=1.3)


def put_legend(figure: Figure, *axes: Axes) -> None:
    """Set the legend of some axes below them, where it can hide nothing, in as many columns as the width holds."""
    entries = {label: handle for each in axes for handle, label in zip(*each.get_legend_handles_labels(), strict=True)}
    handles, labels = list(entries.values()), list(entries)
    if not labels:
        return
    labels = ["\n".join(_lines(label, int((width_mm(figure) - 9) / _LETTER_MM))) for label in labels]
    longest = max(len(line) for label in labels for line in label.splitlines())
    columns = max(1, min(len(labels), int(width_mm(figure) / (9 + _LETTER_MM * longest))))
    _make_room(figure, ceil(sum(label.count("\n") + 1 for label in labels) / columns))
    figure.legend(
        handles, labels, loc="outside lower center", ncols=columns, handlelength=1.6, columnspacing=1.2, borderpad=0.1
    )


def _lines(words: str, characters: int) -> list[str]:
    """Return words on lines, never as formulas, and with numbers beside their percent signs."""
    plain = sub(r"(?<!\\)\$", r"\\$", words)
    return [line.replace(_TIED, " ") for line in wrap(plain.replace(" %", f"{_TIED}%"), characters)]


def _make_room(figure: Figure, lines: int) -> None:
    """Make a figure higher by some lines of text, so that the axes keep their height."""
    figure.set_figheight(figure.get_figheight() + lines * _LINE_MM / MM_PER_INCH)


def time_colors() -> Colormap:
    """Return the colours of a time: from dark (early) to light (late), even in lightness, short of the palest."""
    return ListedColormap(matplotlib.colormaps["viridis"].resampled(256)(range(238)), name="murmur-time")


def amount_colors() -> Colormap:
    """Return the colours of an amount: from nearly white (little) to dark (much), even in lightness."""
    return ListedColormap(matplotlib.colormaps["mako_r"].resampled(256)(range(226)), name="murmur-amount")


def arrow_colors() -> Colormap:
    """Return the colours of an amount for thin lines: those of `amount_colors` that are seen on white."""
    return ListedColormap(matplotlib.colormaps["mako_r"].resampled(256)(range(70, 226)), name="murmur-arrows")


def phase_colors() -> Colormap:
    """Return the colours of a phase: they meet at the ends of the cycle, and halves differ for any colour vision."""
    return matplotlib.colormaps["twilight_shifted"]
