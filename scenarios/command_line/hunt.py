"""`murmur hunt`: many seeds of a scenario, and what they violate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scenarios.command_line.cluster import CLUSTER, cluster_words, connected, workers_options
from scenarios.command_line.options import scenario_options

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.command_line.options import Source
    from scenarios.hunting.result import Hunt


@click.command()
@click.argument("scenario")
@scenario_options
@click.option("--runs", type=click.IntRange(1), default=1000, show_default=True, help="How many seeds are run.")
@workers_options
@click.option("--guided", is_flag=True, help="Change the plans that came closest, and run them again.")
@click.option(
    "--compare",
    "repetitions",
    metavar="N",
    type=click.IntRange(1, 1000),
    help="Hunt blindly and guided, each under N root seeds, and compare.",
)
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
    out: str | None,
    as_json: bool,
    progress: bool | None,
    **options: Any,
) -> int:
    """Run SCENARIO, a file or the name of a built-in, under many seeds, and say what they violate.

    A scenario with faults of kind random has another plan under each seed. Ends with 0 when nothing is found, 1 when
    something is, 3 when a check is unknown in some run, 2 when the input is wrong.
    """
    from scenarios.command_line.going_on import new_folder, told_how_to_go_on
    from scenarios.command_line.hunt_progress import HuntProgress
    from scenarios.command_line.options import read_source

    repetitions = options.pop("repetitions")
    if repetitions is not None and options.pop("guided"):
        raise click.UsageError("--compare hunts in both ways; leave --guided out")
    source = read_source(scenario, seed, overrides, plugins)
    folder = new_folder(out, f"hunts/{source.scenario.name}-{source.scenario.seed}", options["resume"])
    if not as_json:
        click.echo(f"seed {source.scenario.seed}")
    going_on = _going_on(scenario, source, overrides, {**options, "runs": runs, "compare": repetitions}, folder)
    there = {name: options.pop(name) for name in CLUSTER}
    connection = connected(workers=options["workers"], **there)
    with source.errors_placed(), told_how_to_go_on(going_on), connection as options["cluster"]:
        if repetitions is not None:
            return _compare(source, runs, repetitions, folder, as_json, progress, options)
        from scenarios.hunting.hunt import hunt as hunt_scenario

        with HuntProgress(runs, progress) as shown:
            hunted = hunt_scenario(source.scenario, runs, plugins=plugins, out=folder, on_rows=shown.begin(), **options)
    commands = [_command(hunted, finding.numbers[0], scenario, source, overrides) for finding in hunted.findings]
    if as_json:
        import json

        told = {**hunted.summary, "reproduce": commands, "folder": str(folder), "timing": hunted.timing}
        click.echo(json.dumps(told))
    else:
        from scenarios.command_line.hunt_report import print_hunt

        print_hunt(hunted, commands)
    return hunted.exit_code


def _compare(
    source: Source,
    runs: int,
    repetitions: int,
    folder: Path,
    as_json: bool,
    progress: bool | None,
    options: dict[str, Any],
) -> int:
    """Hunt in both ways, print how they compare, and return the exit code: 1 where either found something."""
    from scenarios.command_line.hunt_progress import HuntProgress
    from scenarios.hunting.compare import compare

    with HuntProgress(2 * repetitions * runs, progress) as shown:
        sides = compare(
            source.scenario,
            runs,
            repetitions,
            plugins=source.plugins,
            out=folder,
            on_rows=shown.begin,
            **options,
        )
    if as_json:
        import json

        click.echo(json.dumps({"sides": [side.plain() for side in sides], "folder": str(folder)}))
    else:
        from scenarios.command_line.hunt_report import print_sides

        print_sides(sides, folder)
    codes = [each.exit_code for side in sides for each in side.hunts]
    return 1 if 1 in codes else max(codes)


def _command(hunted: Hunt, number: int, scenario: str, source: Source, overrides: tuple[str, ...]) -> str:
    """Return the command that runs one of the runs again: by its seed, or by the file of a plan that was changed."""
    from scenarios.command_line.options import reproduction
    from scenarios.command_line.summary import shortest

    if number in hunted.plans:
        return reproduction(shortest(hunted.files[number]), None, (), source.plugins)
    return reproduction(scenario, hunted.scenario_of(number).seed, overrides, source.plugins)


def _going_on(scenario: str, source: Source, overrides: tuple[str, ...], options: dict[str, Any], folder: Path) -> str:
    """Return the command that goes on with a hunt that was interrupted."""
    from shlex import join

    from scenarios.command_line.options import scenario_words

    words = ["murmur", "hunt", *scenario_words(scenario, source.scenario.seed, overrides, source.plugins)]
    for name in ("runs", "compare", "keep"):
        if options[name] is not None:
            words += [f"--{name}", str(options[name])]
    guided = ["--guided"] if options.get("guided") else []
    return join([*words, *guided, *cluster_words(options), "--out", str(folder), "--resume"])
