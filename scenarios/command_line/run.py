"""`murmur run`: one run of a scenario, its summary, and its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scenarios.command_line.options import DETAILS, costs_option, scenario_options

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.command_line.options import Source


@click.command()
@click.argument("scenario")
@scenario_options
@costs_option
@click.option("--out", metavar="DIR", help="Folder for the run; runs/NAME-SEED unless given, or that with a number.")
@click.option("--detail", type=click.Choice(DETAILS), help="Which records are kept; the digest is the same at each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
@click.option("--progress/--no-progress", default=None, help="Show progress; unless said, where a run takes long.")
@click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
def run(
    scenario: str,
    seed: str | None,
    overrides: tuple[str, ...],
    plugins: tuple[str, ...],
    costs: str | None,
    out: str | None,
    detail: str | None,
    as_json: bool,
    progress: bool | None,
    quiet: bool,
) -> int:
    """Run SCENARIO, a file or the name of a built-in, once.

    Ends with 0 when all checks hold, 1 when one is violated, 3 when one is unknown, 2 when the input is wrong.
    """
    from scenarios.command_line.options import read_source, reproduction
    from scenarios.command_line.progress import RunProgress
    from scenarios.run import run_loaded

    if quiet and as_json:
        raise click.UsageError("--quiet and --json contradict each other; leave one of them out")
    source = read_source(scenario, seed, overrides, plugins, detail, costs)
    if not quiet and not as_json:
        click.echo(f"seed {source.scenario.seed}")
    wanted = False if quiet else progress
    with source.errors_placed(), RunProgress(source.scenario.duration, wanted) as shown:
        done = run_loaded(source.scenario, _folder(out, source), observers=(shown.watch,))
    assert done.folder is not None
    if out is None:
        from analysis.run_writer import point_latest

        point_latest(done.folder)
    if as_json:
        import json

        click.echo(json.dumps({**done.summary, "folder": str(done.folder), "timing": done.timing}))
    elif not quiet:
        from scenarios.command_line.summary import print_summary

        print_summary(done)
    if done.exit_code == 1:
        command = reproduction(scenario, source.scenario.seed, source.overrides, plugins)
        click.echo(f"reproduce: {command}", err=True)
    return done.exit_code


def _folder(out: str | None, source: Source) -> Path:
    """Return the folder that is asked for, or the first of runs/NAME-SEED, runs/NAME-SEED-2, ... that is free."""
    from itertools import count
    from pathlib import Path

    if out is not None:
        return Path(out)
    first = Path("runs") / f"{source.scenario.name}-{source.scenario.seed}"
    folders = (first if number == 1 else first.with_name(f"{first.name}-{number}") for number in count(1))
    return next(folder for folder in folders if not folder.exists() and not _unfinished(folder).exists())


def _unfinished(folder: Path) -> Path:
    """Return where the run of a folder is kept until it ends."""
    from analysis.run_writer import UNFINISHED

    return folder.with_name(folder.name + UNFINISHED)
