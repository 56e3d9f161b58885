"""events.parquet: the records of a run in typed columns, written in row groups while the run goes on.

`source`, `destination`, `message`, `sent_at` and `size` hold the fields of these names where their value has the type
of the column; all other fields of a record are canonical JSON in `fields`. What is read is what was written.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analysis.arrow_columns import column
from sim.records import Record

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP: Final = 65_536
"""Rows that are gathered before they are written."""
FIELD_COLUMNS: Final = ("source", "destination", "message", "sent_at", "size")
COLUMNS: Final = ("time", "sequence", "node", "kind", *FIELD_COLUMNS, "fields")

_INTEGERS: Final = {
    "source": (-(1 << 31), 1 << 31),
    "destination": (-(1 << 31), 1 << 31),
    "sent_at": (-(1 << 63), 1 << 63),
    "size": (-(1 << 63), 1 << 63),
}
_FIELDS: Final = frozenset(FIELD_COLUMNS)
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def events_schema() -> pa.Schema:
    """Return the columns of events.parquet with their types; times in nanoseconds, sizes in bytes."""
    import pyarrow as pa

    name = pa.dictionary(pa.int32(), pa.string())
    types = {"node": pa.int32(), "source": pa.int32(), "destination": pa.int32(), "kind": name, "message": name}
    types["fields"] = pa.string()
    optional = {"node", *FIELD_COLUMNS}
    return pa.schema([pa.field(column, types.get(column, pa.int64()), column in optional) for column in COLUMNS])


class EventsWriter:
    """Writes records to a file, `ROW_GROUP` rows at a time, however they are handed over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._waiting: list[Record] = []
        self._file: Any = None

    def write(self, records: list[Record]) -> None:
        """Take the next records of the run, in order."""
        waiting = self._waiting
        waiting += records
        self.rows += len(records)
        start = 0
        while len(waiting) - start >= ROW_GROUP:
            self._write_group(waiting[start : start + ROW_GROUP])
            start += ROW_GROUP
        del waiting[:start]

    def close(self) -> None:
        """Write what is left, and the end of the file."""
        if self._waiting or self._file is None:
            self._write_group(self._waiting)
            self._waiting = []
        self._file.close()

    def abandon(self) -> None:
        """Let go of the file; what is in it cannot be read."""
        if self._file is not None:
            self._file.close()

    def _write_group(self, records: list[Record]) -> None:
        import pyarrow.parquet as pq

        if self._file is None:
            self._file = pq.ParquetWriter(self.path, events_schema(), compression="zstd")
        if records:
            self._file.write_table(_table(records), row_group_size=ROW_GROUP)


def _table(records: list[Record]) -> pa.Table:
    import pyarrow as pa

    columns: dict[str, list[Any]] = {name: [record[i] for record in records] for i, name in enumerate(COLUMNS[:4])}
    told = [record.fields for record in records]
    rest = [fields if fields.keys() - _FIELDS else None for fields in told]
    for name in FIELD_COLUMNS:
        columns[name] = _taken(name, told, rest)
    columns["fields"] = ["{}" if fields is None else _encode(_without_columns(fields)) for fields in rest]
    schema = events_schema()
    return pa.Table.from_arrays([column(columns[field.name], field.type) for field in schema], schema=schema)


def _taken(name: str, told: list[dict[str, Any]], rest: list[dict[str, Any] | None]) -> list[Any]:
    """The values of one column; records whose field of this name does not fit in are marked in `rest`."""
    values = [fields.get(name) for fields in told]
    if not _all_fit(name, values):
        values = [value if _fits(name, value) else None for value in values]
    for row, value in enumerate(values):
        if value is None and name in told[row]:
            rest[row] = told[row]
    return values


def _all_fit(name: str, values: list[Any]) -> bool:
    """Whether all values fit, or are None; cheaper than to ask for each."""
    present = [value for value in values if value is not None]
    if name == "message":
        return set(map(type, present)) <= {str} and all(map(str.isprintable, set(present)))
    lowest, beyond = _INTEGERS[name]
    return not present or (set(map(type, present)) == {int} and lowest <= min(present) and max(present) < beyond)


def _fits(name: str, value: Any) -> bool:
    if name == "message":
        return value.__class__ is str and value.isprintable()
    lowest, beyond = _INTEGERS[name]
    return value.__class__ is int and lowest <= value < beyond


def _without_columns(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _FIELDS or not _fits(name, value)}


def read_events(path: Path, kinds: Collection[str] | None = None) -> Iterator[Record]:
    """Yield the records of an events file in order, one row group in memory at a time; only of `kinds` where given."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            if kinds is not None:
                wanted = pa.array(sorted(kinds), pa.string())
                table = table.filter(pc.is_in(table["kind"].cast(pa.string()), value_set=wanted))
            yield from _records(table)


def _records(table: pa.Table) -> Iterator[Record]:
    for row in zip(*(table[name].to_pylist() for name in COLUMNS), strict=True):
        time, sequence, node, kind, *values, text = row
        fields = {name: value for name, value in zip(FIELD_COLUMNS, values, strict=True) if value is not None}
        if text != "{}":
            fields |= {name: _frozen(value) for name, value in json.loads(text).items()}
        yield Record(time, sequence, node, kind, fields)


def _frozen(value: Any) -> Any:
    """Lists as the tuples that were recorded."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
