"""`murmur claims`: what the authors of a design claim, measured in the setups that stand for it, and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scenarios.command_line.options import plugin_option, seed_option

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.claims.plan import Plan
    from scenarios.claims.result import Claims


@click.command()
@click.argument("table", required=False, metavar="[DESIGN]")
@click.option("--runs", type=click.IntRange(1, 65_536), default=200, show_default=True, help="Runs of each setup.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes; one for each processor unless given.")
@click.option("--only", metavar="ID", multiple=True, help="Measure only this claim; can be repeated.")
@seed_option
@plugin_option
@click.option(
    "--out", metavar="DIR", help="Folder for what is measured; claims/NAME-SEED or that with a number unless given."
)
@click.option("--resume", is_flag=True, help="Go on with the claims in the folder, or give them more runs.")
@click.option("--dry-run", is_flag=True, help="Check the table, and show its setups and how many runs they take.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
@click.option("--markdown", is_flag=True, help="Print the table in Markdown on standard output and nothing else.")
@click.option("--progress/--no-progress", default=None, help="Show progress; unless said, where it takes long.")
def claims(
    table: str | None,
    seed: str | None,
    dry_run: bool,
    as_json: bool,
    markdown: bool,
    out: str | None,
    resume: bool,
    workers: int | None,
    progress: bool | None,
    **asked: Any,
) -> int:
    """Measure the claims of DESIGN, a built-in table or a file; without one, list the tables.

    Each claim is measured in several setups, and holds, fails, depends on the setup, or is undecided by so many runs.
    Ends with 0 when all is measured, whatever the verdicts; with 2 when the input is wrong.
    """
    from scenarios.claims.plan import plan_of

    if as_json and markdown:
        raise click.UsageError("found --json and --markdown; expected one of them")
    if table is None:
        _list_tables(as_json)
        return 0
    number = int(seed) if seed is not None and seed.isdecimal() and len(seed) < 40 else seed
    plan = plan_of(table, seed=number, **asked)
    if dry_run:
        for design in plan.designs.values():
            design.refuse_what_cannot_run()
        _tell(plan, as_json)
        return 0
    from scenarios.command_line.going_on import new_folder, told_how_to_go_on

    folder = new_folder(out, f"claims/{plan.table.name}-{plan.table.seed}", resume)
    if not as_json and not markdown:
        click.echo(f"seed {plan.table.seed}")
    with told_how_to_go_on(_going_on(table, plan, folder, **asked)):
        measured = _run(plan, folder, resume, workers, progress)
    _print(measured, as_json, markdown)
    return 0


def _run(plan: Plan, folder: Path, resume: bool, workers: int | None, progress: bool | None) -> Claims:
    from scenarios.claims.claims import run_plan
    from scenarios.command_line.hunt_progress import HuntProgress

    with HuntProgress(plan.runs, progress) as shown:
        return run_plan(plan, workers=workers, out=folder, resume=resume, on_rows=shown.begin)


def _print(measured: Claims, as_json: bool, markdown: bool) -> None:
    from scenarios.command_line.claims_report import markdown_of, print_claims

    if as_json:
        import json

        told = {**measured.plain(), "folder": str(measured.folder), "timing": dict(measured.timing)}
        click.echo(json.dumps(told))
    elif markdown:
        click.echo(markdown_of(measured.plain()), nl=False)
    else:
        print_claims(measured)


def _list_tables(as_json: bool) -> None:
    from scenarios.catalog import entries

    found = {entry.name: entry.description for entry in entries("claims")}
    if as_json:
        import json

        click.echo(json.dumps({"claims": found}))
        return
    from scenarios.command_line.tables import print_names

    print_names("claims", list(found.items()))


def _tell(plan: Plan, as_json: bool) -> None:
    """Show what would be run."""
    from scenarios.command_line.claims_report import plan_table, planned

    if as_json:
        import json

        click.echo(json.dumps(planned(plan)))
        return
    from scenarios.command_line.tables import output

    output().print(plan_table(plan))
    cells = sum(len(design.cells) for design in plan.designs.values())
    count = len(plan.claims)
    click.echo(f"{count} claim{'s' * (count != 1)}, {cells} cell{'s' * (cells != 1)}: {plan.runs:,} runs")


def _going_on(
    table: str, plan: Plan, folder: Path, *, runs: int, only: tuple[str, ...], plugins: tuple[str, ...]
) -> str:
    """Return the command that goes on with claims that were interrupted."""
    from shlex import join

    from scenarios.command_line.options import scenario_words

    words = ["murmur", "claims", *scenario_words(table, plan.table.seed, (), plugins)]
    chosen = [word for name in only for word in ("--only", name)]
    return join([*words, *chosen, "--runs", str(runs), "--out", str(folder), "--resume"])
