"""The figures of a report on a run: all plots that the run holds what they need for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from analysis.plots.registry import PLOTS
from analysis.report.blocks import Figure
from analysis.report.pictures import picture_of, words_in
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.run_folder import RunFolder

NOT_BY_DEFAULT: Final = frozenset({"animation", "basins"})
"""What moves, and what is for several runs."""
MOST_BYTES: Final = 2_500_000
"""Of pictures in a report; what would go beyond is left out."""

Drawn = list[Figure]
LeftOut = list[tuple[str, str]]
Watch = Callable[[str], None]
"""Is told of each figure before it is drawn."""


def run_figures(run: RunFolder, wanted: Sequence[str], watch: Watch) -> tuple[Drawn, LeftOut]:
    """Return the figures of a run, those of the plots wanted or all that suit, and what is left out, with the reason.

    Raises InputError where a plot that was asked for cannot be drawn.
    """
    drawn: Drawn = []
    left_out: LeftOut = []
    room = MOST_BYTES
    for name in wanted or _all():
        watch(name)
        try:
            figure = PLOTS[name].draw([run], None)
        except InputError as error:
            if wanted:
                raise
            left_out.append((name, error.message))
            continue
        picture = picture_of(figure)
        if len(picture.data) > room and not wanted:
            left_out.append((name, "the page would be too large; draw it by itself"))
            continue
        room -= len(picture.data)
        description = PLOTS[name].description
        caption = f"{description[:1].upper()}{description[1:]}."
        drawn.append(
            Figure(f"figure-{name}", caption, f"{caption} {words_in(figure)}", picture, f"murmur plot . {name}")
        )
    return drawn, left_out


def _all() -> Iterator[str]:
    return (name for name in PLOTS if name not in NOT_BY_DEFAULT)
