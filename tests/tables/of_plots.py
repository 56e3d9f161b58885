"""The table of all plots, of runs and of studies, each with a link to its section."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from analysis.plots.registry import PLOTS
from analysis.plots.study_plots import STUDY_PLOTS

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"


def section_of(plot: str) -> str:
    """Return the page, but for the gallery itself, and the anchor of a plot's section."""
    described = f"\n## {plot}\n" in (DOCS / "plots.md").read_text(encoding="utf-8")
    return f"plots.md#{plot}" if described else f"#{plot}"


def _plots() -> str:
    lines = ["| plot | of | shows | options |", "|---|---|---|---|"]
    for kinds, drawn in ((STUDY_PLOTS, "a study"), (PLOTS, "runs")):
        for name, plot in kinds.items():
            if name in STUDY_PLOTS and kinds is PLOTS:  # of both, and in the table already
                continue
            metric = ("metric",) if kinds is STUDY_PLOTS and name != "basins" else ()
            options = ", ".join(f"`--{option}`" for option in (*metric, *plot.options))
            of = "both" if name in PLOTS and name in STUDY_PLOTS else drawn
            shows = plot.description.removeprefix("of a study or several runs, ").removeprefix("of a study, ")
            lines.append(f"| [{name}]({section_of(name)}) | {of} | {shows} | {options} |")
    return "\n".join(lines) + "\n"


TABLES_OF_PLOTS: Final[dict[str, Callable[[], str]]] = {"plots": _plots}
