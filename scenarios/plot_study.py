"""Draws a study that is on disk or in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from scenarios.names import listed, unknown_name
from scenarios.study.result import Study, open_study
from topologies.errors import InputError

Format = Literal["png", "svg", "gif", "mp4"]


def plot_study(
    given: Study | str | Path,
    kind: str | None,
    out: str | Path | None,
    ending: Format,
    metric: str | None,
    **options: str | None,
) -> Path:
    """Draw one study, and return the path of the picture; the parameters are those of `scenarios.plot.plot`."""
    from analysis.plots.registry import PLOTS
    from analysis.plots.save import save
    from analysis.plots.study_plots import STUDY_PLOTS

    study = given if isinstance(given, Study) else open_study(given)
    chosen = next(iter(STUDY_PLOTS)) if kind is None else kind
    if chosen in PLOTS and chosen not in STUDY_PLOTS:
        found = f"the plot {chosen} draws runs, and found the study {study.name}"
        raise InputError(
            f"{found}; of studies there are {listed(list(STUDY_PLOTS))}; `murmur run` runs one of its cells"
        )
    if chosen not in STUDY_PLOTS:
        raise InputError(unknown_name(chosen, STUDY_PLOTS))
    if study.folder is None and out is None:
        raise InputError("found a study that was not kept on disk; name the file of the picture by out")
    figure = STUDY_PLOTS[chosen].draw(study.view(), metric, None, **options)
    return save(figure, out if out is not None else (study.folder or Path()) / f"{chosen}.{ending}")
