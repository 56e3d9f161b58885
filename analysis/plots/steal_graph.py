"""Who stole tasks from whom: an arrow from each victim to its thieves, or a matrix where there are many cores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.patches import FancyArrowPatch

from analysis.plots.theme import BLACK, COLUMN_MM, amount_colors, arrow_colors, new_figure, put_title, theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_IN_CIRCLE: Final = 12
_WIDEST: Final = 3.2
_NARROWEST: Final = 0.5
_BEND: Final = 0.16


@dataclass(frozen=True)
class StealGraph:
    """What is drawn: by victim and thief, both places in `cores`, how many tasks were stolen; the labels of cores."""

    cores: Sequence[str]
    tasks: Mapping[tuple[int, int], int]
    name: str
    facts: str
    noun: str = "core"


def draw_steals(plot: StealGraph, width: float = COLUMN_MM) -> Figure:
    """Draw the graph on a circle for up to 12 cores, otherwise as a matrix; `width` in millimetres."""
    in_circle = len(plot.cores) <= MOST_IN_CIRCLE
    with theme():
        figure, axes = new_figure(width, min(width * (0.8 if in_circle else 0.86), 110))
        (_draw_circle if in_circle else _draw_matrix)(axes, plot)
        put_title(figure, plot.name, plot.facts)
        figure.draw_without_rendering()
    return figure


def _draw_circle(axes: Axes, plot: StealGraph) -> None:
    number = len(plot.cores)
    places = [(sin(2 * pi * core / number), cos(2 * pi * core / number)) for core in range(number)]
    most = max(plot.tasks.values())
    ranked = sorted(plot.tasks.items(), key=lambda item: (item[1], item[0]))
    named = dict(ranked[-_most_named(number) :])
    for (victim, thief), tasks in ranked:
        _draw_arrow(axes, places[victim], places[thief], tasks / most)
        if (victim, thief) in named:
            _name_arrow(axes, places[victim], places[thief], tasks)
    lost = [sum(tasks for (victim, _), tasks in plot.tasks.items() if victim == core) for core in range(number)]
    taken = [sum(tasks for (_, thief), tasks in plot.tasks.items() if thief == core) for core in range(number)]
    for core, (x, y) in enumerate(places):
        axes.scatter([x], [y], s=150, facecolor="white", edgecolor=BLACK, linewidth=0.8, zorder=4)
        axes.text(x, y, plot.cores[core], ha="center", va="center_baseline", fontsize=6.5, zorder=5)
        look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 6.5, "linespacing": 1.15}
        axes.text(1.36 * x, 1.3 * y, f"{_signed('−', lost[core])}\n{_signed('+', taken[core])}", **look)
    axes.set_xlim(-1.7, 1.7)
    axes.set_ylim(-1.52, 1.52)
    axes.set_aspect("equal")
    axes.axis("off")


def _signed(sign: str, tasks: int) -> str:
    return f"{sign}{tasks:,}" if tasks else "0"


def _most_named(cores: int) -> int:
    return 40 if cores <= 5 else 8


def _draw_arrow(axes: Axes, victim: tuple[float, float], thief: tuple[float, float], share: float) -> None:
    axes.add_patch(
        FancyArrowPatch(
            victim,
            thief,
            connectionstyle=f"arc3,rad={_BEND}",
            arrowstyle="-|>",
            mutation_scale=5 + 4 * share,
            shrinkA=7,
            shrinkB=7,
            linewidth=_NARROWEST + (_WIDEST - _NARROWEST) * share,
            color=arrow_colors()(share),
            zorder=2 + share,
        )
    )


def _name_arrow(axes: Axes, victim: tuple[float, float], thief: tuple[float, float], tasks: int) -> None:
    """Write a number beside the middle of an arrow, nearer to its victim, so that both directions lie apart."""
    dx, dy = thief[0] - victim[0], thief[1] - victim[1]
    x = victim[0] + 0.42 * dx + 0.5 * _BEND * dy
    y = victim[1] + 0.42 * dy - 0.5 * _BEND * dx
    box: dict[str, Any] = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
    axes.text(x, y, f"{tasks:,}", ha="center", va="center", fontsize=6.5, bbox=box, zorder=4)


def _draw_matrix(axes: Axes, plot: StealGraph) -> None:
    number = len(plot.cores)
    tasks = np.full((number, number), np.nan)
    for (victim, thief), count in plot.tasks.items():
        tasks[victim, thief] = count
    axes.set_facecolor("white")
    edges = np.arange(number + 1) - 0.5
    look: dict[str, Any] = {"cmap": amount_colors(), "vmin": 0, "rasterized": True}
    cells = axes.pcolormesh(edges, edges, np.ma.masked_invalid(tasks), **look)
    step = max(1, -(-number // 16))
    axes.set_xticks(range(0, number, step), plot.cores[::step], rotation=90 if number > MOST_IN_CIRCLE * 2 else 0)
    axes.set_yticks(range(0, number, step), plot.cores[::step])
    axes.set_ylim(number - 0.5, -0.5)
    axes.set_xlabel(f"Thief ({plot.noun})")
    axes.set_ylabel(f"Victim ({plot.noun})")
    axes.set_aspect("equal")
    figure = axes.get_figure(root=True)
    assert figure is not None
    bar = figure.colorbar(cells, ax=axes, aspect=22, pad=0.02)
    bar.set_label("Tasks stolen")
    bar.outline.set_linewidth(0.4)
