"""`murmur explain`: what each fault of a run cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scenarios.command_line.options import scenario_options

if TYPE_CHECKING:
    from scenarios.explain.explanation import Explanation


@click.command()
@click.argument("run")
@scenario_options
@click.option("--pairs/--no-pairs", default=None, help="Leave each pair out too; unless said, for up to six faults.")
@click.option(
    "--seeds", type=click.IntRange(min=1), metavar="N", help="Repeat under N seeds, for medians and intervals."
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes; the result is the same."
)
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="What is compared beside convergence, instead of messages; can be repeated.",
)
@click.option("--plot", metavar="FILE", help="Draw what each fault cost into a .png or .svg file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
@click.option("--progress/--no-progress", default=None, help="Show progress; unless said, where it takes long.")
def explain(
    run: str,
    seed: str | None,
    overrides: tuple[str, ...],
    plugins: tuple[str, ...],
    pairs: bool | None,
    seeds: int | None,
    workers: int,
    metrics: tuple[str, ...],
    plot: str | None,
    as_json: bool,
    progress: bool | None,
) -> int:
    """Run RUN, a run folder or a scenario, again with each fault left out, and tell what each one cost.

    All other chance is the same. Ends with 0, or with 2 when the input is wrong, above all when RUN has no faults.
    """
    from scenarios.command_line.hunt_progress import HuntProgress
    from scenarios.command_line.summary import shortest

    if plot is not None and not plot.endswith((".png", ".svg")):
        raise click.UsageError(f"--plot: found {plot[:80]!r}; expected a file that ends in .png or .svg")
    with HuntProgress(0, progress) as shown:
        take = shown.begin()

        def watch(runs: int, rows: Any) -> None:
            shown.runs = runs
            take(rows)

        how = {"pairs": pairs, "seeds": seeds, "workers": workers, "metrics": metrics, "watch": watch}
        explanation = _explained(run, seed, overrides, plugins, how)
    if as_json:
        import json

        click.echo(json.dumps(explanation.summary))
    else:
        from scenarios.command_line.explain_report import print_explanation

        print_explanation(explanation)
    if plot is not None:
        path = explanation.plot(plot)
        click.echo(shortest(path), err=as_json)
    return 0


def _explained(
    run: str, seed: str | None, overrides: tuple[str, ...], plugins: tuple[str, ...], how: dict[str, Any]
) -> Explanation:
    """Explain a run folder, or the scenario of a name or file, whose mistakes are told with their place."""
    from pathlib import Path

    from scenarios.command_line.options import read_source
    from scenarios.explain.explain import explain as explain_run
    from scenarios.shrink.source import is_run_folder

    if is_run_folder(run):
        return explain_run(Path(run), seed=seed, overrides=overrides, plugins=plugins, **how)
    source = read_source(run, seed, overrides, plugins)
    with source.errors_placed():
        return explain_run(source.scenario, plugins=plugins, **how)
