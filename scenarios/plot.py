"""Draws runs and studies that are on disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.names import listed, unknown_name
from scenarios.plot_study import Format, plot_study
from scenarios.plugins import import_plugin, load_protocol
from scenarios.replay import folder_of
from scenarios.run import Run
from scenarios.study.result import Study, is_study, refuse_nothing_there
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.run_folder import RunFolder


def plot(
    runs: Run | Study | str | Path | Iterable[Run | str | Path],
    kind: str | None = None,
    out: str | Path | None = None,
    *,
    format: Format | None = None,  # noqa: A002  the name that matplotlib gives it too
    plugins: Collection[str] = (),
    metric: str | None = None,
    x: str | None = None,
    by: str | None = None,
    against: str | None = None,
    around: str | None = None,
    key: str | None = None,
    at: str | None = None,
    interval: str | None = None,
    frames: str | int | None = None,
    node: str | int | None = None,
    between: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Draw one or several runs, or a study, and return the path of the picture.

    Parameters: `runs`, run folders, or what `run` gave with a folder, or the same of one study; `kind`, one that
    `murmur list plots` names, by default `leaders` of one run whose servers have a leader, `coherence` of swarms,
    else `spread`, and the first one for studies; `format`, PNG unless given, GIF of an animation; `out`, the file,
    by default KIND with that ending in the folder, or beside it where there are several; `plugins`, modules of the
    protocols of one's own that ran; `metric`, what is drawn of a study, the first that it reports by default; `x` and
    `by`, factors of a study, along the axis and for what is told apart; `against`, another metric of it, which the
    first is drawn against; `around`, the moment that a space-time diagram shows, `election` for the first or
    `election:2` for the second; `key`, whose history is drawn; `at`, the moments at which phases are drawn, such as
    `2s,4s`; `interval`, in which calls, jobs and attempts are counted, such as `10ms`; `frames`, how many an animation
    has, 200 unless given; `node`, whose cores or actors are drawn; `between`, from when to when they are, such as
    `1s,1.2s`; `progress`, what is told how many frames are done. Raises InputError
    where the runs do not hold what the plot needs.
    """
    given = [runs] if isinstance(runs, Run | Study | str | Path) else list(runs)
    options = {"around": around, "key": key, "at": at, "interval": interval, "between": between}
    options |= {name: None if value is None else str(value) for name, value in (("frames", frames), ("node", node))}
    studies = [
        each for each in given if isinstance(each, Study) or (not isinstance(each, Run) and is_study(Path(each)))
    ]
    if len(studies) == 1 == len(given):
        _refuse_options_of_runs(**options)
        return plot_study(studies[0], kind, out, format or "png", metric, x=x, by=by, against=against)
    if studies:
        raise InputError(f"found {len(given)} folders, of which {len(studies)} are studies; draw one study at a time")
    folders = [folder_of(each) for each in given if not isinstance(each, Study)]
    for folder in folders:
        refuse_nothing_there(folder)
    _refuse_plots_of_studies(kind, metric=metric, x=x, by=by, against=against)
    return _plot_runs(folders, kind, out, format, plugins, options, progress)


def _plot_runs(
    paths: Sequence[Path],
    kind: str | None,
    out: str | Path | None,
    ending: Format | None,
    plugins: Collection[str],
    options: Mapping[str, str | None],
    progress: Callable[[int, int], None] | None,
) -> Path:
    """Draw runs, and return the path of the picture."""
    from analysis.plots.registry import PLOTS
    from analysis.plots.save import save
    from analysis.run_folder import open_run

    if kind is not None and kind not in PLOTS:
        raise InputError(unknown_name(kind, PLOTS))
    folders = [open_run(path) for path in paths]
    _load(folders, plugins)
    chosen = _first_look(folders, options) if kind is None else kind
    if ending is not None and ending not in PLOTS[chosen].formats:
        formats = listed(list(PLOTS[chosen].formats))
        raise InputError(f"the plot {chosen} has no format {ending}; it has {formats}")
    figure = PLOTS[chosen].draw(folders, None, **options)
    if out is None:
        first = paths[0].resolve()
        out = (first if len(paths) == 1 else first.parent) / f"{chosen}.{ending or PLOTS[chosen].formats[0]}"
    return save(figure, out, progress)


def _load(folders: Sequence[RunFolder], plugins: Collection[str]) -> None:
    """Load the protocols of the user's own that ran."""
    for module in plugins:  # parts of a protocol's options may be of it, too
        import_plugin(module)
    for folder in folders:
        kind = str(folder.manifest.scenario["protocol"]["kind"])
        if kind.partition(":")[0] in plugins:
            load_protocol(kind, plugins)


def _first_look(folders: Sequence[RunFolder], options: Mapping[str, str | None]) -> str:
    """The plot of runs when no other is asked for: the one that has the option, or that suits the protocol."""
    from analysis.plots.registry import PLOTS
    from analysis.plots.run_view import view_of_folder
    from sim.convergence import Coherence
    from sim.protocols.registry import PROTOCOLS

    for option, value in options.items():
        if value is not None:
            return next(name for name, plot in PLOTS.items() if option in plot.options)
    if all(isinstance(view_of_folder(folder).convergence, Coherence) for folder in folders):
        return "coherence"
    protocol = PROTOCOLS.get(str(folders[0].manifest.scenario["protocol"]["kind"])) if len(folders) == 1 else None
    leads = protocol is not None and protocol.protocol.roles is not None and "leader" in protocol.protocol.roles.known
    return "leaders" if leads else "spread"


def _refuse_plots_of_studies(kind: str | None, **options: str | None) -> None:
    """Raise InputError where what is to be drawn of runs is for studies only."""
    from analysis.plots.registry import PLOTS
    from analysis.plots.study_plots import STUDY_PLOTS

    if kind in STUDY_PLOTS and kind not in PLOTS:
        raise InputError(f"the plot {kind} draws a study; expected the folder of one, of `murmur study`")
    for option, value in options.items():
        if value is not None:
            article = "a metric" if option == "metric" else f"{option} {value[:40]!r}"
            raise InputError(f"found {article}, which is for plots of studies; leave it out")


def _refuse_options_of_runs(**options: str | None) -> None:
    """Raise InputError where a plot of a study is given what is for plots of runs only."""
    for option, value in options.items():
        if value is not None:
            raise InputError(f"found {option} {value[:40]!r}, which is for plots of runs; leave it out")
