"""`murmur study`: many scenarios, each under many seeds, and a table of what they came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scenarios.command_line.cluster import cluster_words, workers_options
from scenarios.command_line.options import scenario_options

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.study.design import Design
    from scenarios.study.pilot import Pilot
    from scenarios.study.result import Study


@click.command()
@click.argument("study")
@scenario_options
@click.option("--seeds", type=click.IntRange(1, 65_536), help="How many seeds for each cell, instead of the study's.")
@workers_options
@click.option(
    "--out", metavar="DIR", help="Folder for the study; studies/NAME-SEED or that with a number unless given."
)
@click.option("--resume", is_flag=True, help="Go on with the study in the folder, or give it more seeds.")
@click.option("--dry-run", is_flag=True, help="Check the study, and show its cells and how many runs it takes.")
@click.option("--pilot/--no-pilot", default=True, help="With --dry-run, make a few runs to tell how long it takes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
@click.option("--progress/--no-progress", default=None, help="Show progress; unless said, where a study takes long.")
def study(
    study: str,
    seed: str | None,
    overrides: tuple[str, ...],
    plugins: tuple[str, ...],
    seeds: int | None,
    dry_run: bool,
    pilot: bool,
    as_json: bool,
    out: str | None,
    resume: bool,
    **options: Any,
) -> int:
    """Run STUDY, a file or the name of a built-in: every cell under every seed, and print a table with intervals.

    Ends with 0 when all checks hold, 1 when one is violated in some run or a run failed, 3 when one is unknown, 2 when
    the input is wrong.
    """
    from scenarios.study.design import design_of

    number = int(seed) if seed is not None and seed.isdecimal() and len(seed) < 40 else seed
    design = design_of(study, seeds=seeds, seed=number, overrides=overrides, plugins=plugins)
    if dry_run:
        design.refuse_what_cannot_run()
        _tell_plan(design, 1 if options["cluster"] else options["workers"], pilot, as_json)
        return 0
    from scenarios.command_line.going_on import new_folder, told_how_to_go_on

    folder = new_folder(out, f"studies/{design.file.name}-{design.file.seed}", resume)
    if not as_json:
        click.echo(f"seed {design.file.seed}")
    with told_how_to_go_on(_going_on(study, design, overrides, folder, cluster_words(options))):
        studied = _run(design, folder, resume, **options)
    commands = [(reason, _command(cell, seed, design, folder)) for cell, seed, reason in studied.first_to_look_at()]
    if as_json:
        import json

        reproduce = [{"reason": reason, "command": command} for reason, command in commands]
        told = {**studied.summary, "reproduce": reproduce, "folder": str(folder), "timing": studied.timing}
        click.echo(json.dumps(told))
    else:
        from scenarios.command_line.study_report import print_study

        print_study(studied, commands)
    return studied.exit_code


def _run(
    design: Design, folder: Path, resume: bool, *, workers: int | None, progress: bool | None, **cluster: str | None
) -> Study:
    from scenarios.command_line.cluster import connected
    from scenarios.command_line.study_progress import StudyProgress
    from scenarios.study.study import carriers, run_design

    with (
        connected(workers=workers, **cluster) as client,
        carriers(client, workers, design.setting) as there,
        StudyProgress(design, progress) as shown,
    ):
        return run_design(design, workers=there, out=folder, resume=resume, on_rows=shown.begin(), on_look=shown.look)


def _plan(design: Design) -> dict[str, Any]:
    """Return what would be run, as plain data."""
    return {
        "study": design.file.name,
        "seed": design.file.seed,
        **design.file.how_often(),
        "runs": design.runs,
        "factors": list(design.file.factors),
        "cells": [dict(cell.labels) for cell in design.cells],
    }


def _tell_plan(design: Design, workers: int | None, pilot: bool, as_json: bool) -> None:
    """Print what would be run, and with a pilot how long that takes."""
    from scenarios.study.pilot import pilot_of
    from scenarios.study.study import number_of_workers

    if as_json:
        import json

        estimate = {}
        if pilot:
            tried, processes = pilot_of(design), number_of_workers(workers)
            seconds = [tried.seconds(runs, processes) for runs in (design.fewest_runs, design.runs)]
            estimate = {"estimate": {"seconds": seconds, "workers": processes, "pilot": tried.plain()}}
        click.echo(json.dumps(_plan(design) | estimate))
        return
    from scenarios.command_line.study_report import cell_table
    from scenarios.command_line.tables import output

    output().print(cell_table(design))
    click.echo(_size(design))
    if few := _too_few_points(design):
        click.echo(few)
    if pilot:
        click.echo(_estimate(design, pilot_of(design), number_of_workers(workers)))


def _estimate(design: Design, pilot: Pilot, workers: int) -> str:
    """Return how long a study takes, in words, and how that is known."""
    from scenarios.command_line.study_progress import spelled

    longest = spelled(pilot.seconds(design.runs, workers))
    least = "" if design.fewest_runs == design.runs else f"{spelled(pilot.seconds(design.fewest_runs, workers))} to "
    runs = f"{pilot.runs} pilot run{'s' * (pilot.runs != 1)}{', the last cut off' * pilot.cut}"
    each = f"{pilot.seconds_per_run:.2g} s a run"
    return f"{least}{longest} on {workers} process{'es' * (workers != 1)}, by {runs} ({each})"


def _size(design: Design) -> str:
    """Return how many runs a study takes, in words: `4 cells x 20 to 1,000 seeds: 80 to 4,000 runs`."""
    cells, most, fewest = len(design.cells), design.file.most_seeds, design.fewest_runs
    runs = "" if fewest == design.runs else f"{fewest:,} to "
    seeds = f"{f'{fewest // cells:,} to ' if runs else ''}{most:,} seed{'s' * (most != 1)}"
    return f"{cells:,} cell{'s' * (cells != 1)} x {seeds}: {runs}{design.runs:,} runs"


def _too_few_points(design: Design) -> str:
    """Return how many points are sensible, where a design for Sobol indices has fewer; else nothing."""
    from analysis.statistics.sensitivity import ENOUGH_POINTS

    sampled = design.file.design
    if sampled is None or sampled.kind != "sobol-indices" or sampled.points >= ENOUGH_POINTS:
        return ""
    found = f"{sampled.points:,} point{'s' * (sampled.points != 1)}"
    return f"{found} for Sobol indices: their intervals may be too wide to tell factors apart; take {ENOUGH_POINTS:,}"


def _command(cell: int, seed: int, design: Design, folder: Path) -> str:
    """Return the command that runs one of the runs again."""
    from scenarios.command_line.options import reproduction
    from scenarios.command_line.summary import shortest
    from scenarios.study.keep import cell_file

    return reproduction(shortest(cell_file(folder, cell)), seed, (), design.setting.plugins)


def _going_on(study: str, design: Design, overrides: tuple[str, ...], folder: Path, cluster: list[str]) -> str:
    """Return the command that goes on with a study that was interrupted."""
    from shlex import join

    from scenarios.command_line.options import scenario_words

    words = ["murmur", "study", *scenario_words(study, design.file.seed, overrides, design.setting.plugins)]
    if design.file.stop is None:
        words += ["--seeds", str(design.file.seeds)]
    return join([*words, *cluster, "--out", str(folder), "--resume"])
