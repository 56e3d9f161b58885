"""Fault traces: CSV files that say when nodes failed or came and went, read once and hashed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from faults.schedule import Outage
from faults.when import Listed
from sim.units import parse_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.node.churn import Membership

MOST_BYTES: Final = 64 * 2**20
FieldPath = tuple[str | int, ...]
Value = TypeVar("Value")


class Row(NamedTuple):
    """A row of a file: the file, the line, and the text of each column that it has."""

    file: Path
    line: int
    fields: dict[str, str]
    field: FieldPath

    def read(self, column: str, parse: Callable[[str], Value]) -> Value:
        """Parse a column; InputError names file, line and column."""
        text = self.fields.get(column, "")
        try:
            return parse(text)
        except InputError as error:
            raise InputError(f"{self.file}:{self.line}: {column}: {error.message}", self.field) from None


def read_strikes(file: Path, population: int, field: FieldPath) -> Listed:
    """Read when a fault strikes: the columns at, lasting and node; the last two may be left out, or empty in a row.

    Times are durations, or plain numbers in seconds. `field` is the scenario's that names the file. Raises InputError,
    with file and line, where anything is wrong, a node beyond `population` included.
    """
    content = _content(file, field)
    strikes = [
        Outage(
            at=row.read("at", _time),
            lasting=row.read("lasting", _time_above_zero) if row.fields.get("lasting") else None,
            node=row.read("node", _node_below(population)) if row.fields.get("node") else None,
        )
        for row in _rows(file, content, ("at",), ("lasting", "node"), field)
    ]
    return Listed(strikes=tuple(strikes), source_digest=_digest(content))


def read_churn(file: Path, population: int, field: FieldPath) -> tuple[tuple[Membership, ...], str]:
    """Read who joins and leaves when: the columns node, event (join or leave) and time; gives also the file's hash."""
    from faults.node.churn import Membership

    content = _content(file, field)
    events = [
        Membership(
            node=row.read("node", _node_below(population)), event=row.read("event", _event), at=row.read("time", _time)
        )
        for row in _rows(file, content, ("node", "event", "time"), (), field)
    ]
    return tuple(events), _digest(content)


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=32).hexdigest()


def _content(file: Path, field: FieldPath) -> bytes:
    try:
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise InputError(f"found {size:,} bytes in {str(file)!r}; expected at most {MOST_BYTES:,}", field)
        return file.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"cannot read {str(file)!r}: {reason}; check the path", field) from None


def _rows(
    file: Path, content: bytes, required: Sequence[str], optional: Sequence[str], field: FieldPath
) -> Iterator[Row]:
    """Yield the rows below the header, which must name these columns and no others; blank lines are passed over."""
    try:
        reader = csv.reader(content.decode("utf-8-sig").splitlines(), strict=True)
        columns = _columns(file, next(reader, []), (*required, *optional), required, field)
        found = False
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                what = f"found {len(cells)} columns; expected {len(columns)}, as in the first line"
                raise InputError(f"{file}:{reader.line_num}: {what}", field)
            found = True
            yield Row(file, reader.line_num, dict(zip(columns, map(str.strip, cells), strict=True)), field)
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{file}: not readable as CSV in UTF-8: {error}", field) from None
    if not found:
        raise InputError(f"{file}: found no row below the header; expected at least one", field)


def _columns(
    file: Path, header: Sequence[str], known: Sequence[str], required: Sequence[str], field: FieldPath
) -> list[str]:
    columns = [cell.strip() for cell in header]
    for column in columns:
        if column not in known:
            near = get_close_matches(column, known, 1)
            remedy = f"did you mean {near[0]!r}?" if near else f"expected a first line with {', '.join(known)}"
            raise InputError(f"{file}:1: found the column {column!r:.60}; {remedy}", field)
    missing = [column for column in required if column not in columns]
    if missing or len(set(columns)) != len(columns):
        what = f"no column {missing[0]!r}" if missing else "a column twice"
        raise InputError(f"{file}:1: found {what}; expected a first line with {', '.join(known)}", field)
    return columns


def _time(text: str) -> int:
    """Nanoseconds of a duration with a unit, or of a plain number of seconds."""
    plain = text.replace(".", "", 1).isdecimal() and text.isascii()
    try:
        return parse_duration(f"{text}s" if plain else text)
    except InputError as error:
        raise InputError(f"{error.message}; a number without a unit is seconds") from None


def _time_above_zero(text: str) -> int:
    time = _time(text)
    if time == 0:
        raise InputError(f"found {text!r}; expected a time above 0")
    return time


def _node_below(population: int) -> Callable[[str], int]:
    def node(text: str) -> int:
        if not (text.isdecimal() and text.isascii() and len(text) < 12 and int(text) < population):
            raise InputError(f"found {text!r:.60}; expected a node's number from 0 to {population - 1}")
        return int(text)

    return node


def _event(text: str) -> Any:
    if text not in ("join", "leave"):
        raise InputError(f"found {text!r:.60}; expected join or leave")
    return text
