"""`murmur diff`: where two runs part."""

from __future__ import annotations

import click


@click.command()
@click.argument("first")
@click.argument("second")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output and nothing else.")
def diff(first: str, second: str, as_json: bool) -> int:
    """Compare the run folders FIRST and SECOND: the first record that differs, and what differs after it.

    Ends with 0 when they are the same, 1 when not, 2 when one is damaged.
    """
    from pathlib import Path

    from analysis.comparison import compare_runs
    from analysis.run_folder import open_run
    from scenarios.command_line.comparison import print_comparison

    one, other = (open_run(Path(folder)) for folder in (first, second))
    return print_comparison(compare_runs(one, other), one.manifest.digest, as_json)
