"""`murmur compare`: what changed between two studies beyond noise."""

from __future__ import annotations

import click


@click.command()
@click.argument("first", metavar="STUDY_A")
@click.argument("second", metavar="STUDY_B")
@click.option("--metric", "metrics", metavar="NAME", multiple=True, help="A metric to compare; can be repeated.")
@click.option("--worse-by", metavar="PART", help="By how much anything may get worse, such as 5%.")
@click.option("--cell", "cells", metavar="CELL", multiple=True, help="A cell of A to compare; can be repeated.")
@click.option("--pair", "pairs", metavar="CELL=CELL", multiple=True, help="A cell of A and one of B; can be repeated.")
@click.option(
    "--statistic", type=click.Choice(("mean", "median")), default="mean", help="What is compared; mean unless given."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
def compare(
    first: str,
    second: str,
    metrics: tuple[str, ...],
    worse_by: str | None,
    cells: tuple[str, ...],
    pairs: tuple[str, ...],
    statistic: str,
    as_json: bool,
) -> int:
    """Compare the folders of two studies, cell by cell, and run by run where seeds match.

    Of each metric and check it says how much it changed, with a 95 % interval, and whether that is better, worse, or
    within noise, with p corrected for how much is compared. Cells are named by their labels or numbers.

    Ends with 0 when nothing got worse, 1 when something did (with --worse-by: by more than that), 2 when the input is
    wrong, 3 when there are too few runs to tell.
    """
    from scenarios.compare import compare as compare_studies
    from scenarios.compare import named_pairs, tolerance_of

    found = compare_studies(
        first,
        second,
        metrics=metrics,
        pairs=named_pairs(pairs),
        cells=cells,
        worse_by=None if worse_by is None else tolerance_of(worse_by),
        statistic="median" if statistic == "median" else "mean",
    )
    if as_json:
        import json

        from scenarios.command_line.compare_report import finite

        click.echo(json.dumps(finite(found.summary)))
    else:
        from scenarios.command_line.compare_report import print_changes

        print_changes(found)
    return found.exit_code
