"""Figures as the bytes of pictures, in the format that takes less room."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal

from analysis.plots.save import METADATA
from analysis.plots.theme import MM_PER_INCH, theme
from analysis.report.blocks import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST_SVG: Final = 160_000
"""Bytes beyond which a picture is made of dots, where that takes less."""
DOTS_PER_INCH: Final = 250
"""Two dots for each of a screen, about, at the size that figures have there."""


def picture_of(figure: Figure) -> Picture:
    """Return a figure as SVG, or as PNG where that has many shapes; the same bytes for equal figures."""
    width, height = (float(side) * MM_PER_INCH for side in figure.get_size_inches())
    drawn = _bytes(figure, "svg")
    if len(drawn) > LARGEST_SVG:
        dots = _bytes(figure, "png")
        if len(dots) < len(drawn):
            return Picture(dots, "png", width, height)
    return Picture(drawn, "svg", width, height)


def _bytes(figure: Figure, kind: Literal["svg", "png"]) -> bytes:
    file = BytesIO()
    with theme():
        figure.savefig(file, format=kind, metadata=METADATA[kind], dpi=DOTS_PER_INCH)
    return file.getvalue()


def words_in(figure: Figure) -> str:
    """Return what a figure says of itself above its axes, on one line."""
    return " ".join(figure.get_suptitle().split("\n")).strip()
