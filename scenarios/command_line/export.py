"""`murmur export`: a run in the forms of other people's tools."""

from __future__ import annotations

import click

FORMATS = ("jepsen", "csv")


@click.command()
@click.argument("run")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), required=True, help="jepsen: the history as EDN; csv: the records."
)
@click.option("--out", metavar="FILE", help="The file; history.edn or records.csv in the run's folder unless given.")
def export(run: str, form: str, out: str | None) -> None:
    """Write a run folder for other tools, and print the path of the file.

    jepsen: what clients saw and what faults did, in the form of Jepsen's history.edn, one map a line.
    csv: the state records, one row each.
    """
    from scenarios.command_line.summary import shortest
    from scenarios.export import export as write

    click.echo(shortest(write(run, form, out)))
