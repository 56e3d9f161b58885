"""Labels beside points, so placed that none lies on another; one without room gets a number and an entry below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from analysis.plots.metric_axis import ellipsised
from analysis.plots.theme import BLACK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_OFFSETS: Final = (
    (5, 4, "left", "bottom"),
    (5, -4, "left", "top"),
    (-5, 4, "right", "bottom"),
    (-5, -4, "right", "top"),
    (0, 7, "center", "bottom"),
    (0, -7, "center", "top"),
    (9, 0, "left", "center"),
    (-9, 0, "right", "center"),
)
"""Where a label may lie about its point, in points, the preferred place first."""
_LONGEST: Final = 26
_LONGEST_BELOW: Final = 80
"""Letters of the longest label beside a point, and in the legend."""
_WEAK: Final = "#6A6A6A"
_HALO: Final = (withStroke(linewidth=1.6, foreground="white"),)
_POINT: Final = 5.0
"""Pixels about a point, at 100 dots per inch, that a label leaves free."""


def label_points(axes: Axes, places: Any, labels: Sequence[str | None], strong: Sequence[bool]) -> None:
    """Write a label beside each of the points at `places`, in data coordinates; first those that are `strong`.

    A point whose label is None has none, but is kept free. One for which there is no room becomes a number beside its
    point, and an entry of the legend.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    pixels = axes.transData.transform(places)
    taken = [Bbox.from_bounds(x - _POINT, y - _POINT, 2 * _POINT, 2 * _POINT) for x, y in pixels]
    edge = axes.get_window_extent(renderer)
    number = 0
    labelled = [index for index, label in enumerate(labels) if label is not None]
    for point in sorted(labelled, key=lambda index: (not strong[index], *places[index])):
        label = labels[point]
        assert label is not None
        look = {"color": BLACK if strong[point] else _WEAK, "fontsize": "small"}
        others = [box for index, box in enumerate(taken) if index != point]
        beside = ellipsised(label, _LONGEST)
        for text, last in ((beside, False), (str(number + 1), False), (str(number + 1), True)):
            found = next(_free(axes, text, places[point], others, edge, renderer, look, last), None)
            if found is not None:
                taken.append(found)
                break
        if text != beside:
            number += 1
            axes.plot(
                [],
                [],
                linestyle="",
                marker=f"${number}$",
                color=look["color"],
                markersize=4,
                label=_tied(ellipsised(label, _LONGEST_BELOW)),
            )


def _tied(label: str) -> str:
    """Return a label that is broken into lines after commas alone, as far as it can be."""
    return ", ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in label.split(", "))


def _free(
    axes: Axes, text: str, place: Any, taken: Sequence[Bbox], edge: Bbox, renderer: Any, look: Any, anywhere: bool
) -> Iterator[Bbox]:
    """Yield where the text lies without touching anything, having written it there."""
    for x, y, horizontal, vertical in _OFFSETS:
        note = axes.annotate(
            text, tuple(place), (x, y), textcoords="offset points", ha=horizontal, va=vertical, zorder=6, **look
        )
        note.set_in_layout(False)
        note.set_path_effects(list(_HALO))
        box = note.get_window_extent(renderer)
        inside = edge.x0 <= box.x0 and box.x1 <= edge.x1 + 2 and edge.y0 <= box.y0 and box.y1 <= edge.y1 + 8
        if anywhere or (inside and not any(np.all(box.overlaps(other)) for other in taken)):
            yield box
            return
        note.remove()
