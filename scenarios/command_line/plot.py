"""`murmur plot`: a picture of runs, or of a study."""

from __future__ import annotations

from typing import Literal

import click

from scenarios.command_line.options import plugin_option


@click.command()
@click.argument("runs", metavar="RUN... [KIND]", nargs=-1, required=True)
@click.option(
    "--format", "file_format", type=click.Choice(("png", "svg")), help="Format of the picture; png by default."
)
@click.option("--out", metavar="FILE", help="The picture's file; KIND.png in the run's folder unless given.")
@click.option("--metric", metavar="NAME", help="What is drawn of a study; the first that it reports unless given.")
@click.option("--around", metavar="election[:N]", help="Draw space-time around an election, the first unless said.")
@click.option("--key", metavar="KEY", help="Whose history is drawn; one with a conflict or the most used unless given.")
@click.option("--at", metavar="TIME,...", help="Moments at which the phases of a swarm are drawn, such as 2s,4s.")
@click.option("--interval", metavar="TIME", help="In which calls, jobs and attempts are counted, such as 10ms.")
@plugin_option
def plot(
    runs: tuple[str, ...],
    file_format: str | None,
    out: str | None,
    metric: str | None,
    around: str | None,
    key: str | None,
    at: str | None,
    interval: str | None,
    plugins: tuple[str, ...],
) -> None:
    """Draw run folders, or the folder of a study, and print the path of the picture.

    KIND, after the folders, is one that `murmur list plots` names. Unless given, it is `leaders` of one run whose
    servers have a leader, `coherence` of swarms, `spread` of other runs, and `distribution` of a study.
    """
    from pathlib import Path

    from analysis.plots.registry import PLOTS
    from analysis.plots.study_plots import STUDY_PLOTS
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
    svg = file_format == "svg" or (file_format is None and out is not None and out.endswith(".svg"))
    ending: Literal["png", "svg"] = "svg" if svg else "png"
    options = {"metric": metric, "around": around, "key": key, "at": at, "interval": interval}
    path = draw(folders, kind, out, format=ending, plugins=plugins, **options)
    click.echo(shortest(path))
