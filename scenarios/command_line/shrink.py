"""`murmur shrink`: the smallest scenario that still violates a check as a run does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scenarios.command_line.options import scenario_options

if TYPE_CHECKING:
    from scenarios.shrink.shrunk import Shrunk


@click.command()
@click.argument("run")
@scenario_options
@click.option("--check", metavar="NAME", help="The violated check that is to be kept; the first unless given.")
@click.option(
    "--when",
    metavar="CONDITION",
    help="Keep a condition instead, such as 'converged_at > 5s' or 'converged_at = never'.",
)
@click.option("--runs", type=click.IntRange(min=3), default=200, show_default=True, help="Most runs that are made.")
@click.option(
    "--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes; the result is the same."
)
@click.option("--out", metavar="DIR", help="Folder for shrunk.yaml and its run; RUN-shrunk unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
@click.option("--progress/--no-progress", default=None, help="Show progress; unless said, on a terminal.")
def shrink(
    run: str,
    seed: str | None,
    overrides: tuple[str, ...],
    plugins: tuple[str, ...],
    check: str | None,
    when: str | None,
    runs: int,
    workers: int,
    out: str | None,
    as_json: bool,
    progress: bool | None,
) -> int:
    """Find the smallest scenario that violates a check in the same way as RUN, a run folder or a scenario.

    Ends with 0 when it was found, 2 when the input is wrong, above all when RUN violates nothing.
    """
    from scenarios.command_line.shrink_progress import ShrinkProgress
    from scenarios.command_line.summary import shortest

    if check is not None and when is not None:
        raise click.UsageError("--check and --when contradict each other; leave one of them out")
    kept = {"check": check, "when": when, "runs": runs, "workers": workers}
    with ShrinkProgress(runs, progress) as shown:
        shrunk = _shrunk(run, seed, overrides, plugins, out, {**kept, "watch": shown.take})
    if as_json:
        import json

        click.echo(json.dumps(shrunk.summary))
    else:
        from scenarios.command_line.shrink_report import print_shrunk

        print_shrunk(shrunk)
        assert shrunk.file is not None
        click.echo(f"run it: murmur run {shortest(shrunk.file)}" + "".join(f" --plugin {name}" for name in plugins))
    return 0


def _shrunk(
    run: str,
    seed: str | None,
    overrides: tuple[str, ...],
    plugins: tuple[str, ...],
    out: str | None,
    how: dict[str, Any],
) -> Shrunk:
    """Shrink a run folder, or the scenario of a name or file, whose mistakes are told with their place."""
    from pathlib import Path

    from scenarios.command_line.options import read_source
    from scenarios.shrink.shrink import shrink as shrink_run
    from scenarios.shrink.source import is_run_folder

    if is_run_folder(run):
        folder = Path(run).parent if Path(run).is_file() and Path(run).suffix else Path(run).resolve()
        beside = folder.with_name(f"{folder.name}-shrunk")
        return shrink_run(Path(run), seed=seed, overrides=overrides, plugins=plugins, out=out or beside, **how)
    source = read_source(run, seed, overrides, plugins)
    beside = Path("runs") / f"{source.scenario.name}-{source.scenario.seed}-shrunk"
    with source.errors_placed():
        return shrink_run(source.scenario, out=out or beside, **how)
