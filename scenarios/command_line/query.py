"""`murmur query`: a question in SQL to studies or runs."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS: Final = 1000
"""Rows that are shown to people; other forms have all."""
WIDEST_NUMBER: Final = 6
"""Significant digits of numbers that are shown to people; other forms have all."""


@click.command()
@click.argument("arguments", metavar="STUDY... SQL", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json", "parquet")),
    help="table, for people, unless given; or by the ending of FILE.",
)
@click.option("--out", metavar="FILE", help="Write to a file instead of standard output.")
def query(arguments: tuple[str, ...], form: str | None, out: str | None) -> None:
    """Ask one question in SQL (DuckDB's) of the folders of studies, or of runs, and print the answer.

    Of studies there are the tables runs, with a row for each run: study, labels, cell, replicate, seed, verdicts, and
    metrics by name; and cells, with the scenario of each. Of runs there are records and samples. Names that are no
    plain words, such as "check.linearizable", stand in double quotes.
    """
    from analysis.whole_file import write_whole
    from scenarios.command_line.summary import shortest
    from scenarios.query import query_table
    from topologies.errors import InputError

    *studies, sql = arguments
    if not studies:
        raise InputError(f"found {sql[:80]!r} alone; expected the folder of a study, and then a question")
    chosen = form or (None if out is None else ENDINGS.get(Path(out).suffix)) or "table"
    if chosen == "parquet" and out is None:
        raise InputError("Parquet is for files; say which by --out")
    table = query_table(studies, sql)
    if chosen in ("json", "parquet") and len(set(table.column_names)) < table.num_columns:
        twice = next(name for name in table.column_names if table.column_names.count(name) > 1)
        raise InputError(f"the answer has several columns called {twice}; name each by `as`, or take another form")
    if chosen == "parquet":
        _write_parquet(table, Path(out or ""))
    elif out is None:
        _print(table, chosen)
        return
    else:
        write_whole(Path(out), [WRITERS[chosen](table)])
    click.echo(shortest(Path(out or "")))


def _write_parquet(table: pa.Table, path: Path) -> None:
    from io import BytesIO

    import pyarrow.parquet as pq

    from analysis.whole_file import write_whole

    buffer = BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    write_whole(path, buffer.getvalue())


def _print(table: pa.Table, form: str) -> None:
    if form != "table":
        click.echo(WRITERS[form](table), nl=False)
        return
    from scenarios.command_line.tables import output

    output().print(_for_people(table))
    if table.num_rows > MOST_ROWS:
        click.echo(f"and {table.num_rows - MOST_ROWS:,} more rows; --format csv has all")


def _for_people(table: pa.Table) -> Any:
    from pyarrow import types
    from rich.table import Table

    shown = Table(box=None, padding=(0, 2, 0, 0))
    for field in table.schema:
        is_number = types.is_integer(field.type) or types.is_floating(field.type) or types.is_decimal(field.type)
        shown.add_column(field.name, justify="right" if is_number else "left", overflow="fold")
    for row in table.slice(0, MOST_ROWS).to_pylist():
        shown.add_row(*map(_told, row.values()))
    return shown


def _told(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.{WIDEST_NUMBER}g}" if isinstance(value, float) else str(value)


def _as_text(table: pa.Table) -> str:
    from rich.console import Console

    console = Console(width=240, file=None, no_color=True)
    with console.capture() as captured:
        console.print(_for_people(table))
    return captured.get()


def _as_csv(table: pa.Table) -> str:
    import json

    from pyarrow import types

    frame = table.to_pandas()
    for place, field in enumerate(table.schema):
        if types.is_nested(field.type):
            texts = [value and json.dumps(_plain(value), default=str) for value in table.column(place).to_pylist()]
            frame.isetitem(place, texts)
    return str(frame.to_csv(index=False, lineterminator="\n"))


def _as_json(table: pa.Table) -> str:
    import json

    return json.dumps(_plain(table.to_pylist()), indent=1, default=str, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    """Return a value with numbers that JSON has: integers for whole decimals, such as sums are, null for no number."""
    from decimal import Decimal

    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


WRITERS: Final = {"table": _as_text, "csv": _as_csv, "json": _as_json}
ENDINGS: Final = {".csv": "csv", ".json": "json", ".parquet": "parquet"}
