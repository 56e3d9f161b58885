"""`murmur plot`: a picture of runs, or of a study."""

from __future__ import annotations

from typing import Any, Final

import click

from scenarios.command_line.options import plugin_option

FORMATS: Final = ("png", "svg", "gif", "mp4")


@click.command()
@click.argument("runs", metavar="RUN... [KIND]", nargs=-1, required=True)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(FORMATS),
    help="Format of the picture; png unless given, of animations gif.",
)
@click.option("--out", metavar="FILE", help="The picture's file; KIND.png in the run's folder unless given.")
@click.option("--metric", metavar="NAME", help="What is drawn of a study; the first that it reports unless given.")
@click.option("--x", metavar="FACTOR", help="The factor of a study along the axis; one that suits unless given.")
@click.option("--by", metavar="FACTOR", help="The factor that tells lines or groups apart; all others unless given.")
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
    around: str | None,
    key: str | None,
    at: str | None,
    interval: str | None,
    frames: str | None,
    node: str | None,
    between: str | None,
    plugins: tuple[str, ...],
) -> None:
    """Draw run folders, or the folder of a study, and print the path of the picture.

    KIND, after the folders, is one that `murmur list plots` names. Unless given, it is `leaders` of one run whose
    servers have a leader, `coherence` of swarms, `spread` of other runs, and `distribution` of a study.
    """
    from pathlib import Path

    from analysis.plots.registry import PLOTS
    from analysis.plots.study_plots import STUDY_PLOTS
    from scenarios.command_line.film_progress import FilmProgress
    from scenarios.command_line.summary import shortest
    from scenarios.names import did_you_mean
    from scenarios.plot import plot as draw
    from topologies.errors import InputError

    *folders, last = runs
    kinds = {**PLOTS, **STUDY_PLOTS}
    kind = None
    if last in kinds and not Path(last).is_dir():
        kind = last
    elif folders and "/" not in last and not Path(last).exists():
        near = did_you_mean(last, kinds) or f"; the plots are {', '.join(kinds)}"
        raise InputError(f"found no run folder and no plot called {last[:80]!r}{near}")
    else:
        folders.append(last)
    if not folders:
        raise InputError(f"found the plot {kind} but no run; expected run folders before it: murmur plot RUN {kind}")
    if out is not None and file_format is not None and not out.endswith(f".{file_format}"):
        raise InputError(f"found --format {file_format} and --out {out}; make them agree, or leave --format out")
    named = file_format if out is None else out.rpartition(".")[2].lower()
    ending: Any = named if named in FORMATS else None  # other endings are refused when the picture is written
    options: dict[str, Any] = {
        "metric": metric,
        "x": x,
        "by": by,
        "around": around,
        "key": key,
        "at": at,
        "interval": interval,
    }
    with FilmProgress() as progress:
        options |= {"frames": frames, "node": node, "between": between, "progress": progress.take}
        path = draw(folders, kind, out, format=ending, plugins=plugins, **options)
    click.echo(shortest(path))
