"""Rows on disk: one Parquet file for each part, where a part is `PART` runs with numbers in sequence.

A part is written under a temporary name and renamed, so that what is there is whole. It may hold some of its runs only:
those that were finished when it was written; it is written again when there are more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scenarios.execution.row import ABOUT_THE_RUN, Row

if TYPE_CHECKING:
    import pyarrow as pa

PART: Final = 256
"""Runs of a part. Fixed, so that the files do not depend on how fast the machine was."""
_NAME: Final = re.compile(r"part-(\d{6,})\.parquet")


def part_of(number: int) -> int:
    """Return the part that a run belongs to."""
    return number // PART


def part_file(folder: Path, part: int) -> Path:
    """Return the file of a part."""
    return folder / f"part-{part:06}.parquet"


def write_part(folder: Path, part: int, rows: Mapping[int, Row]) -> None:
    """Put rows, by the numbers of their runs, in place as a part."""
    write_table(table_of([rows[number] for number in sorted(rows)]), part_file(folder, part))


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as a Parquet file that is in place whole or not at all; equal tables give equal bytes."""
    import pyarrow.parquet as pq

    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        pq.write_table(table, temporary, compression="zstd")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def table_of(rows: list[Row]) -> pa.Table:
    """Return rows as a table: what every row has first, then the other columns by name."""
    import pyarrow as pa

    others = sorted({name for row in rows for name in row}.difference(ABOUT_THE_RUN))
    columns = {name: _column(name, [row.get(name) for row in rows]) for name in (*ABOUT_THE_RUN, *others)}
    return pa.table(columns)


def _column(name: str, values: list[Any]) -> pa.Array:
    import pyarrow as pa

    if name.startswith("series."):
        return pa.array(values, pa.list_(pa.float64()))
    types = {"number": pa.int64(), "seed": pa.uint64(), "ended_ns": pa.int64(), "faults": pa.int64()}
    kind = types.get(name, pa.string() if name in ABOUT_THE_RUN else None)
    if any(isinstance(value, float) for value in values):
        values = [None if value is None else float(value) for value in values]
    return pa.array(values, kind)


def read_part(path: Path) -> pa.Table | None:
    """Return the table of a part; None where there is none, or it is damaged, so that its runs have to be done again.

    Raises OSError where the system does not let it be read, and MemoryError where there is no room: it may be whole.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path).read()
    except pa.ArrowMemoryError:
        raise
    except FileNotFoundError:
        return None
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        return None
    return table if "number" in table.column_names else None


def part_files(folder: Path) -> list[Path]:
    """Return the files of all parts, in order."""
    found = [(int(match[1]), path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
    return [path for _, path in sorted(found)]


def rows_in(table: pa.Table) -> Iterator[Row]:
    """Yield the rows of a table as they were before they were stored, without what they do not have; few at a time."""
    for batch in table.to_batches(max_chunksize=PART):
        for row in batch.to_pylist():
            yield {name: value for name, value in row.items() if value is not None or name in ABOUT_THE_RUN}


def merged(tables: Iterable[pa.Table]) -> pa.Table:
    """Return the parts as one table, by the numbers of the runs: the same whatever came first when it was made."""
    import pyarrow as pa

    kept = [table for table in tables if table.num_rows]
    if not kept:
        return table_of([])
    table = pa.concat_tables(kept, promote_options="permissive").sort_by("number")
    others = sorted(set(table.column_names).difference(ABOUT_THE_RUN))
    return table.select([*ABOUT_THE_RUN, *others]).combine_chunks()
