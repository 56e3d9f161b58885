"""`murmur list`: what there is, by name."""

from __future__ import annotations

import click

SORTS = (
    "scenarios",
    "studies",
    "claims",
    "topologies",
    "protocols",
    "workloads",
    "strategies",
    "duties",
    "schedulers",
    "faults",
    "metrics",
    "checks",
    "plots",
    "formats",
    "blocks",
)


@click.command("list")
@click.argument("sort", required=False, type=click.Choice(SORTS), metavar="[SORT]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
def list_names(sort: str | None, as_json: bool) -> None:
    """List what has a name: all of it, or one SORT.

    SORT is scenarios, studies, claims, topologies, protocols, workloads, strategies, duties, schedulers, faults,
    metrics, checks, plots, formats or blocks.
    """
    from scenarios.catalog import entries

    found = {each: entries(each) for each in ([sort] if sort else SORTS)}
    if as_json:
        import json

        click.echo(json.dumps({each: {entry.name: entry.description for entry in of} for each, of in found.items()}))
        return
    from scenarios.command_line.tables import print_names

    for each, of in found.items():
        print_names(each, [(entry.name, entry.description) for entry in of])
