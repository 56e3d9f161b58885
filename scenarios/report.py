"""Writes reports on runs and studies that are on disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scenarios.names import unknown_name
from scenarios.plugins import import_plugin
from scenarios.replay import folder_of
from scenarios.report_facts import facts_of_run, facts_of_study
from scenarios.run import Run
from scenarios.study.result import Study, is_study, open_study, refuse_nothing_there
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.report.blocks import Report
    from analysis.report.write import Format

Watch = Callable[[str], None]
"""Is told what is drawn next."""
NAME: Final = "report"
NO_PLOTS: Final = "none"


def report(
    run_or_study: Run | Study | str | Path,
    out: str | Path | None = None,
    *,
    format: Format = "html",  # noqa: A002  the name that plots give it too
    metrics: Sequence[str] = (),
    plots: Sequence[str] = (),
    title: str | None = None,
    plugins: Collection[str] = (),
    watch: Watch = lambda name: None,
) -> Path:
    """Write a report on a run or a study, and return its path.

    Parameters: `run_or_study`, its folder, or what `run` or `study` gave with a folder; `out`, the file, by default
    `report.html` in that folder; `format`, one HTML page that needs no network and no other file, or Markdown with its
    pictures in a folder beside it, or the tables as LaTeX; `metrics`, those of a study that are reported, all that it
    names by default; `plots`, the kinds that are drawn, or `none`, all that suit by default; `title`, instead of the
    name; `plugins`, modules of protocols of one's own that ran; `watch`, told of each figure before it is drawn.

    Equal runs and studies give equal bytes. Raises InputError where there is nothing to report on, or an option does
    not fit.
    """
    from analysis.manifest import murmur_version
    from analysis.report.write import ENDINGS, write_report

    if format not in ENDINGS:
        raise InputError(f"format: {unknown_name(format, ENDINGS)}")
    for module in plugins:
        import_plugin(module)
    bare = tuple(plots) == (NO_PLOTS,) or (format == "latex" and not plots)  # of LaTeX there are only tables
    kinds = None if bare else tuple(plots)
    folder, told = _told(run_or_study, tuple(metrics), kinds, title, plugins, watch)
    if out is None:
        if folder is None:
            raise InputError("found a study that was not kept on disk; name the file of the report by out")
        out = folder / f"{NAME}{ENDINGS[format]}"
    return write_report(told, Path(out), format, murmur_version())


def _told(
    source: Run | Study | str | Path,
    metrics: Sequence[str],
    plots: Sequence[str] | None,
    title: str | None,
    plugins: Collection[str],
    watch: Watch,
) -> tuple[Path | None, Report]:
    """Return where the run or study is, and the report on it, without pictures where `plots` is None."""
    if isinstance(source, Study) or (not isinstance(source, Run) and is_study(Path(source))):
        from analysis.report.study_report import report_on_study

        study = source if isinstance(source, Study) else open_study(source)
        refuse_unknown_plots(plots or (), "study")
        return study.folder, report_on_study(facts_of_study(study, metrics, plugins), title, plots, watch)
    from analysis.report.run_report import report_on_run
    from analysis.run_folder import open_run

    if metrics:
        raise InputError("found metrics, which are for reports on studies; one on a run has all of them")
    refuse_nothing_there(folder_of(source))
    run = open_run(folder_of(source))
    refuse_unknown_plots(plots or (), "run")
    return run.path, report_on_run(facts_of_run(run, plugins), title, plots, watch)


def refuse_unknown_plots(plots: Sequence[str], what: str) -> None:
    """Raise InputError where a plot is none, or one for runs is asked of a study, or the other way round."""
    from analysis.plots.registry import PLOTS
    from analysis.plots.study_plots import STUDY_PLOTS

    fitting, other = (PLOTS, STUDY_PLOTS) if what == "run" else (STUDY_PLOTS, PLOTS)
    for name in plots:
        if name in other and name not in fitting:
            raise InputError(f"found the plot {name}, which does not draw a {what}; see murmur list plots")
        if name not in fitting:
            raise InputError(unknown_name(name, fitting))
