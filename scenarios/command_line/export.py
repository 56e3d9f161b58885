"""`murmur export`: a run in the forms of other people's tools."""

from __future__ import annotations

import click

FORMATS = ("perfetto", "shiviz", "graphml", "jepsen", "csv")


@click.command()
@click.argument("run", metavar="RUN_OR_STUDY")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="The form; of studies csv alone.")
@click.option("--out", metavar="FILE", help="The file; one named as below in the folder unless given.")
@click.option(
    "--between", metavar="TIME,TIME", help="The part of a run that perfetto and shiviz have, such as 1s,1.2s."
)
def export(run: str, form: str, out: str | None, between: str | None) -> None:
    """Write a run folder, or the runs of a study, for other tools, and print the path of the file.

    perfetto: trace.json, for ui.perfetto.dev: nodes, cores, messages as arrows, counters, faults.
    shiviz: shiviz.log, a log with vector clocks of a small run, or of a part of one.
    graphml: topology.graphml, the topology with what came of the run on nodes and links.
    jepsen: history.edn, what clients saw and what faults did, in the form of Jepsen, one map a line.
    csv: records.csv, the state records, one row each; of a study results.csv, its runs.
    """
    from scenarios.command_line.summary import shortest
    from scenarios.export import export as write

    path = write(run, form, out, between=between, notice=lambda text: click.echo(text, err=True))
    click.echo(shortest(path))
