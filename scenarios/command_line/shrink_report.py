"""What shrinking came to, for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from scenarios.command_line.summary import seconds, shortest

if TYPE_CHECKING:
    from rich.table import Table

    from scenarios.shrink.shrunk import Shrunk
    from sim.records import Record

MOST_RECORDS: Final = 12
"""Records of each sort that are printed; all of them are in the run folder."""


def print_shrunk(shrunk: Shrunk) -> None:
    """Print what is left of a scenario, what was made smaller, and the records that show the violation."""
    from scenarios.command_line.tables import output

    console = output()
    console.print(f"still shows  {shrunk.wanted}", soft_wrap=True)
    console.print(_table(shrunk))
    for line in (*_records(shrunk), *_verdicts(shrunk)):
        console.print(line, soft_wrap=True)
    if shrunk.before.faults and not shrunk.scenario.faults:
        console.print("none of the faults is needed: it is so without them", soft_wrap=True)
    lacking = "" if shrunk.complete else "; as many as were allowed: with more --runs it may get smaller"
    console.print(f"{shrunk.runs} runs{lacking}", soft_wrap=True)
    if shrunk.folder is not None:
        console.print(shortest(shrunk.folder), soft_wrap=True)


def _table(shrunk: Shrunk) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("", "before", "after"):
        table.add_column(column, overflow="fold")
    for row in shrunk.table:
        table.add_row(*row)
    return table


def _records(shrunk: Shrunk) -> Iterator[str]:
    """Yield what the faults did, in the order of time."""
    for record in shrunk.records[:MOST_RECORDS]:
        yield _fault(record)
    if len(shrunk.records) > MOST_RECORDS:
        yield f"and {len(shrunk.records) - MOST_RECORDS} more records of faults"


def _fault(record: Record) -> str:
    fields = record.fields
    touched = f", touched {fields['touched']:,}" if "touched" in fields else ""
    return f"{seconds(record.time):>10}  {fields['id']} {fields['phase']} on {_shown(fields['targets'])}{touched}"


def _verdicts(shrunk: Shrunk) -> Iterator[str]:
    if shrunk.run is None:
        yield f"error     {shrunk.error}"
        return
    for verdict in shrunk.run.verdicts:
        yield f"{verdict.verdict:9} {verdict.check}: {verdict.reason}"
        for record in verdict.evidence[:MOST_RECORDS]:
            who = "" if record["node"] is None else f"node {record['node']} "
            told = dict(record["fields"])
            if record["kind"] == "liveness" and isinstance(told.get("within"), int):
                told["within"] = seconds(told["within"])
            fields = ", ".join(f"{name} {_shown(value)}" for name, value in told.items())
            yield f"{seconds(record['time']):>10}  {who}{record['kind']}: {fields}"


def _shown(value: Any) -> str:
    if isinstance(value, tuple | list):
        return (
            ",".join(f"({_shown(item)})" if isinstance(item, tuple | list) else _shown(item) for item in value) or "all"
        )
    return str(value)
