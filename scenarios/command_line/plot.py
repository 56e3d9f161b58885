"""`murmur plot`: a picture of runs, or of a study."""

from __future__ import annotations

from typing import Any, Final

import click

from scenarios.command_line.options import plugin_option

FORMATS: Final = ("png", "svg", "gif", "mp4")


@click.command()
@click.argument("runs", metavar="RUN... [KIND]...", nargs=-1, required=True)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(FORMATS),
    help="Format of the picture; png unless given, of animations gif.",
)
@click.option("--out", metavar="FILE", help="The picture's file, or the folder of several; the run's unless given.")
@click.option("--metric", metavar="NAME", help="What is drawn of a study; the first that it reports unless given.")
@click.option("--x", metavar="FACTOR", help="The factor of a study along the axis; one that suits unless given.")
@click.option("--by", metavar="FACTOR", help="The factor that tells lines or groups apart; all others unless given.")
@click.option(
    "--against", metavar="NAME", help="The metric that a trade-off has along the axis; converged_at by default."
)
@click.option("--around", metavar="election[:N]", help="Draw space-time around an election, the first unless said.")
@click.option("--key", metavar="KEY", help="Whose history is drawn; one with a conflict or the most used unless given.")
@click.option("--at", metavar="TIME,...", help="Moments at which the phases of a swarm are drawn, such as 2s,4s.")
@click.option("--interval", metavar="TIME", help="In which calls, jobs and attempts are counted, such as 10ms.")
@click.option("--frames", metavar="N", help="How many frames an animation has; 200 unless given.")
@click.option("--node", metavar="N", help="Whose cores or actors are drawn; those of all nodes unless given.")
@click.option("--between", metavar="TIME,TIME", help="From when to when cores or actors are drawn, such as 1s,1.2s.")
@plugin_option
def plot(
    runs: tuple[str, ...],
    file_format: str | None,
    out: str | None,
    metric: str | None,
    x: str | None,
    by: str | None,
    against: str | None,
    around: str | None,
    key: str | None,
    at: str | None,
    interval: str | None,
    frames: str | None,
    node: str | None,
    between: str | None,
    plugins: tuple[str, ...],
) -> None:
    """Draw run folders, or the folder of a study, and print the path of each picture.

    KIND, after the folders, is one that `murmur list plots` names, or several, or `all` for all that suit. Unless
    given, it is `leaders` of one run whose servers have a leader, `coherence` of swarms, `spread` of other runs, and
    `distribution` of a study.
    """
    from scenarios.command_line.film_progress import FilmProgress
    from scenarios.command_line.summary import shortest
    from scenarios.plot import plot as draw
    from scenarios.plot_all import ALL, plot_all

    folders, kinds = _told_apart(runs)
    options: dict[str, Any] = {"metric": metric, "x": x, "by": by, "against": against, "plugins": plugins}
    options |= {"around": around, "key": key, "at": at, "interval": interval}
    with FilmProgress() as progress:
        options |= {"frames": frames, "node": node, "between": between, "progress": progress.take}
        if ALL in kinds or len(kinds) > 1:
            chosen = [] if ALL in kinds else kinds
            paths = plot_all(folders, chosen, out, format=_ending(file_format, None), left_out=_say, **options)
        else:
            ending = _ending(file_format, out)
            paths = [draw(folders, kinds[0] if kinds else None, out, format=ending, **options)]
    for path in paths:
        click.echo(shortest(path))


def _told_apart(arguments: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the folders, and the kinds that stand after them; raises InputError for what is neither."""
    from pathlib import Path

    from analysis.plots.registry import PLOTS
    from analysis.plots.study_plots import STUDY_PLOTS
    from scenarios.names import did_you_mean
    from scenarios.plot_all import ALL
    from topologies.errors import InputError

    known = list(dict.fromkeys([*PLOTS, *STUDY_PLOTS, ALL]))
    folders, kinds = list(arguments), list[str]()
    while folders and folders[-1] in known and not Path(folders[-1]).is_dir():
        kinds.insert(0, folders.pop())
    if not folders:
        raise InputError(
            f"found the plot {kinds[0]} but no run; expected run folders before it: murmur plot RUN {kinds[0]}"
        )
    last = folders[-1]
    if len(folders) > 1 and "/" not in last and not Path(last).exists():
        near = did_you_mean(last, known) or f"; the plots are {', '.join(known)}"
        raise InputError(f"found no run folder and no plot called {last[:80]!r}{near}")
    return folders, kinds


def _ending(file_format: str | None, out: str | None) -> Any:
    """Return the format of a picture; endings that are none are refused when it is written."""
    from topologies.errors import InputError

    if out is None:
        return file_format
    if file_format is not None and not out.endswith(f".{file_format}"):
        raise InputError(f"found --format {file_format} and --out {out}; make them agree, or leave --format out")
    named = out.rpartition(".")[2].lower()
    return named if named in FORMATS else None


def _say(kind: str, reason: str) -> None:
    click.echo(f"left out {kind}: {reason}", err=True)
