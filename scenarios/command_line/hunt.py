"""`murmur hunt`: many seeds of a scenario, and what they violate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scenarios.command_line.options import scenario_options

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.command_line.options import Source


@click.command()
@click.argument("scenario")
@scenario_options
@click.option("--runs", type=click.IntRange(1), default=1000, show_default=True, help="How many seeds are run.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes; one for each processor unless given.")
@click.option("--out", metavar="DIR", help="Folder for the hunt; hunts/NAME-SEED unless given, or that with a number.")
@click.option("--resume", is_flag=True, help="Go on with the hunt in the folder, or give it more runs.")
@click.option(
    "--keep", type=click.IntRange(1), default=3, show_default=True, help="How many runs of each sort are kept whole."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
@click.option("--progress/--no-progress", default=None, help="Show progress; unless said, where a hunt takes long.")
def hunt(
    scenario: str,
    seed: str | None,
    overrides: tuple[str, ...],
    plugins: tuple[str, ...],
    runs: int,
    workers: int | None,
    out: str | None,
    resume: bool,
    keep: int,
    as_json: bool,
    progress: bool | None,
) -> int:
    """Run SCENARIO, a file or the name of a built-in, under many seeds, and say what they violate.

    A scenario with faults of kind random has another plan under each seed. Ends with 0 when nothing is found, 1 when
    something is, 3 when a check is unknown in some run, 2 when the input is wrong.
    """
    from scenarios.command_line.hunt_progress import HuntProgress
    from scenarios.command_line.options import read_source, reproduction
    from scenarios.hunting.hunt import hunt as hunt_scenario

    source = read_source(scenario, seed, overrides, plugins)
    folder = _folder(out, source, resume)
    if not as_json:
        click.echo(f"seed {source.scenario.seed}")
    try:
        with source.errors_placed(), HuntProgress(runs, progress) as shown:
            hunted = hunt_scenario(
                source.scenario,
                runs,
                plugins=plugins,
                workers=workers,
                out=folder,
                resume=resume,
                keep=keep,
                on_rows=shown.take,
            )
    except KeyboardInterrupt:
        click.echo(f"to go on: {_going_on(scenario, source, overrides, runs, folder)}", err=True)
        raise
    if as_json:
        import json

        click.echo(json.dumps({**hunted.summary, "folder": str(folder), "timing": hunted.timing}))
    else:
        from scenarios.command_line.hunt_report import print_hunt

        print_hunt(hunted, lambda of_run: reproduction(scenario, of_run, overrides, plugins))
    return hunted.exit_code


def _folder(out: str | None, source: Source, resume: bool) -> Path:
    """Return the folder that is asked for, or of hunts/NAME-SEED, hunts/NAME-SEED-2, ... the first that is free.

    To resume, the last that is there.
    """
    from itertools import count
    from pathlib import Path

    if out is not None:
        return Path(out)
    first = Path("hunts") / f"{source.scenario.name}-{source.scenario.seed}"
    folders = (first if number == 1 else first.with_name(f"{first.name}-{number}") for number in count(1))
    before = first
    for folder in folders:
        if not folder.exists():
            return before if resume else folder
        before = folder
    raise AssertionError("count does not end")


def _going_on(scenario: str, source: Source, overrides: tuple[str, ...], runs: int, folder: Path) -> str:
    """Return the command that goes on with a hunt that was interrupted."""
    from shlex import join

    from scenarios.command_line.options import scenario_words

    words = ["murmur", "hunt", *scenario_words(scenario, source.scenario.seed, overrides, source.plugins)]
    return join([*words, "--runs", str(runs), "--out", str(folder), "--resume"])
