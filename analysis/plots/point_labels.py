"""Labels beside points, so placed that none lies on another; without room they are numbers with entries below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from analysis.plots.metric_axis import ellipsised
from analysis.plots.theme import BLACK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

_OFFSETS: Final = (
    (5, 4, "left", "bottom"),
    (5, -4, "left", "top"),
    (-5, 4, "right", "bottom"),
    (-5, -4, "right", "top"),
    (0, 7, "center", "bottom"),
    (0, -7, "center", "top"),
    (9, 0, "left", "center"),
    (-9, 0, "right", "center"),
    (0, 11, "center", "bottom"),
    (0, -11, "center", "top"),
)
"""Where a label may lie about its point, in points, the preferred place first."""
_LONGEST: Final = 26
_LONGEST_BELOW: Final = 80
"""Letters of the longest label beside a point, and in the legend."""
_WEAK: Final = "#6A6A6A"
_HALO: Final = (withStroke(linewidth=1.6, foreground="white"),)
_POINT: Final = 5.0
"""Pixels about a point, at 100 dots per inch, that a label leaves free."""
_REACHES: Final = (4.0, 7.0, 10.0, 15.0, 24.0, 40.0, 60.0)
"""Pixels within which points share what is written beside them, the least first that leaves room for all."""


def label_points(axes: Axes, places: Any, labels: Sequence[str | None], strong: Sequence[bool]) -> None:
    """Write a label beside each of the points at `places`, in data coordinates; first those that are `strong`.

    A point whose label is None has none, but is kept free. Where a label has no room, or would have to be cut, all are
    numbers beside their points instead, with an entry of the legend each; points without room between them share what
    is written beside one of them, as in `3, 5, 6`.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    pixels = axes.transData.transform(places)
    labelled = [index for index, label in enumerate(labels) if label is not None]
    order = sorted(labelled, key=lambda index: (not strong[index], *places[index]))
    words: dict[tuple[int, ...], str] = {(point,): ellipsised(labels[point], _LONGEST) for point in order}
    writing = _Writing(axes, places, pixels, renderer, strong, labelled)
    whole = all(len(str(labels[point])) <= _LONGEST for point in order)
    if whole and writing.write(words):
        return
    numbers = {point: number for number, point in enumerate(order, start=1)}
    for reach in _REACHES:
        groups = _groups(order, pixels, reach)
        if writing.write({group: _told(sorted(numbers[point] for point in group)) for group in groups}, reach):
            break
    for point, number in numbers.items():
        look: dict[str, Any] = {"color": BLACK if strong[point] else _WEAK, "markersize": 4 if number < 10 else 6}
        below = _tied(ellipsised(labels[point], _LONGEST_BELOW))
        axes.plot([], [], linestyle="", marker=f"${number}$", markeredgewidth=0.2, label=below, **look)


def _told(numbers: Sequence[int]) -> str:
    """Return numbers in words, three and more in a row as their first and last, as in `1–4, 7`."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and rows[-1][-1] == number - 1:
            rows[-1].append(number)
        else:
            rows.append([number])
    parts = [f"{row[0]}–{row[-1]}" if len(row) > 2 else ", ".join(map(str, row)) for row in rows]
    return ", ".join(parts)


def _groups(order: Sequence[int], pixels: Any, reach: float) -> list[tuple[int, ...]]:
    """Return the points in groups, each within so many pixels of the first one of its group."""
    groups: list[list[int]] = []
    for point in order:
        near = (group for group in groups if np.hypot(*(pixels[group[0]] - pixels[point])) <= reach)
        found = next(near, None)
        if found is None:
            groups.append([point])
        else:
            found.append(point)
    return [tuple(group) for group in groups]


@dataclass(frozen=True)
class _Writing:
    """Where labels may be written: about the `labelled` of the points of axes, at these places and pixels."""

    axes: Axes
    places: Any
    pixels: Any
    renderer: Any
    strong: Sequence[bool]
    labelled: list[int]

    def write(self, words: Mapping[tuple[int, ...], str], reach: float = 0.0) -> bool:
        """Write words beside the first point of each group, or nothing where some have no room; return which."""
        taken = [Bbox.from_bounds(x - _POINT, y - _POINT, 2 * _POINT, 2 * _POINT) for x, y in self.pixels]
        edge = self.axes.get_window_extent(self.renderer)
        notes: list[Annotation] = []
        for group, text in words.items():
            own = [box for index, box in enumerate(taken) if index not in group]
            note = self._note(text, group, own, edge, reach == _REACHES[-1])
            if note is None:
                for written in notes:
                    written.remove()
                return False
            notes.append(note)
            taken.append(note.get_window_extent(self.renderer))
        return True

    def _nearest(self, box: Bbox) -> int:
        """Return the point that a text seems to belong to: of those with a label the one that its box is nearest to."""
        pixels = self.pixels[self.labelled]
        away = pixels - np.clip(pixels, (box.x0, box.y0), (box.x1, box.y1))
        return self.labelled[int(np.argmin(np.hypot(*away.T)))]

    def _note(
        self, text: str, group: tuple[int, ...], taken: Sequence[Bbox], edge: Bbox, anywhere: bool
    ) -> Annotation | None:
        """Return the text written beside a point where it touches nothing; None where there is no such place."""
        weak = not any(self.strong[point] for point in group)
        for x, y, horizontal, vertical in _OFFSETS:
            note = self.axes.annotate(
                text,
                tuple(self.places[group[0]]),
                (x, y),
                textcoords="offset points",
                ha=horizontal,
                va=vertical,
                zorder=6,
                color=_WEAK if weak else BLACK,
                fontsize="small",
            )
            note.set_in_layout(False)
            note.set_path_effects(list(_HALO))
            box = note.get_window_extent(self.renderer)
            inside = edge.x0 <= box.x0 and box.x1 <= edge.x1 + 2 and edge.y0 <= box.y0 and box.y1 <= edge.y1 + 8
            if inside and self._nearest(box) in group and not any(np.all(box.overlaps(other)) for other in taken):
                return note
            if anywhere and (x, y, horizontal, vertical) == _OFFSETS[-1]:
                return note
            note.remove()
        return None


def _tied(label: str) -> str:
    """Return a label that is broken into lines after commas alone, as far as it can be."""
    return ", ".join(part.replace(" ", "\N{NO-BREAK SPACE}") for part in label.split(", "))
