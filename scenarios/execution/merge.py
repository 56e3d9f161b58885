"""Puts parts together to one file, few rows at a time: the same bytes whatever came first when they were made."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scenarios.execution.parts import read_part, table_of
from scenarios.execution.row import ABOUT_THE_RUN

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP: Final = 8192
"""Rows of a row group of the file. Fixed, so that its bytes depend on nothing but the rows."""


def common_schema(files: Iterable[Path]) -> pa.Schema:
    """Return the columns of all parts: what every row has first, then the others by name, each of a type for all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schemas = {pq.read_schema(file).remove_metadata() for file in files}
    schemas.add(table_of([]).schema)
    unified = pa.unify_schemas(sorted(schemas, key=str), promote_options="permissive")
    others = sorted(set(unified.names).difference(ABOUT_THE_RUN))
    return pa.schema([unified.field(name) for name in (*ABOUT_THE_RUN, *others)])


def tables_in(files: Iterable[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the tables of parts, in order, each with all columns of a schema."""
    import pyarrow as pa

    for file in files:
        table = read_part(file)
        if table is not None and table.num_rows:
            columns = [
                table[field.name].cast(field.type, safe=False)
                if field.name in table.column_names
                else pa.nulls(table.num_rows, field.type)
                for field in schema
            ]
            yield pa.table(columns, schema=schema)


def write_merged(tables: Iterable[pa.Table], schema: pa.Schema, path: Path) -> None:
    """Write tables of one schema, one after the other, as a Parquet file that is in place whole or not at all."""
    import pyarrow.parquet as pq

    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for group in _in_groups(tables):
                writer.write_table(group, ROW_GROUP)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _in_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows of tables, `ROW_GROUP` at a time."""
    import pyarrow as pa

    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        while sum(each.num_rows for each in held) >= ROW_GROUP:
            together = pa.concat_tables(held)
            yield together.slice(0, ROW_GROUP).combine_chunks()
            held = [together.slice(ROW_GROUP)]
    if any(each.num_rows for each in held):
        yield pa.concat_tables(held).combine_chunks()
