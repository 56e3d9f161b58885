"""`murmur report`: a page on a run or a study."""

from __future__ import annotations

from typing import Any

import click

from scenarios.command_line.options import plugin_option


@click.command()
@click.argument("run_or_study", metavar="RUN_OR_STUDY")
@click.option("--out", metavar="FILE", help="The report's file; report.html in the folder unless given.")
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("html", "markdown", "latex")),
    help="One HTML page, Markdown with pictures beside it, or tables for LaTeX; by the file's ending, else html.",
)
@click.option(
    "--metric", "metrics", metavar="NAME", multiple=True, help="What is reported of a study; can be repeated."
)
@click.option(
    "--plot", "plots", metavar="KIND", multiple=True, help="Draw these plots alone, or none; can be repeated."
)
@click.option("--title", metavar="TEXT", help="The report's title, instead of the name.")
@plugin_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
def report(
    run_or_study: str, out: str | None, file_format: str | None, as_json: bool, plugins: tuple[str, ...], **options: Any
) -> None:
    """Write a report on a run folder, or on the folder of a study, and print its path.

    It holds the question, what came of it with intervals, verdicts, figures, the setup in full, and the commands that
    make all of it again.
    """
    from pathlib import Path

    from scenarios.command_line.report_progress import ReportProgress
    from scenarios.command_line.summary import shortest
    from scenarios.report import report as write

    named: Any = file_format or _by_ending(out)
    with ReportProgress() as progress:
        path = write(run_or_study, out, format=named, plugins=plugins, watch=progress.take, **options)
    if as_json:
        import json

        click.echo(json.dumps({"report": str(path), "format": named, "bytes": Path(path).stat().st_size}))
    else:
        click.echo(shortest(path))


def _by_ending(out: str | None) -> str:
    from pathlib import Path

    return {".md": "markdown", ".tex": "latex"}.get(Path(out or "").suffix.lower(), "html")
