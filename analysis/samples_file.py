"""samples.parquet: what was measured over time, in long form: time, node, metric, value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from analysis.arrow_columns import column

if TYPE_CHECKING:
    import pyarrow as pa


class Sample(NamedTuple):
    """A value of a metric at a time in nanoseconds; `node` is None where it is of the whole system."""

    time: int
    node: int | None
    metric: str
    value: float


ROW_GROUP: Final = 65_536
COLUMNS: Final = Sample._fields


def samples_schema() -> pa.Schema:
    """Return the columns of samples.parquet with their types."""
    import pyarrow as pa

    name = pa.dictionary(pa.int32(), pa.string())
    types = {"time": pa.int64(), "node": pa.int32(), "metric": name, "value": pa.float64()}
    return pa.schema([pa.field(column, types[column], column == "node") for column in COLUMNS])


def write_samples(path: Path, samples: list[Sample]) -> None:
    """Write samples in the order given."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = samples_schema()
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for start in range(0, len(samples), ROW_GROUP):
            rows = zip(*samples[start : start + ROW_GROUP], strict=True)
            columns = [column(values, field.type) for values, field in zip(rows, schema, strict=True)]
            file.write_table(pa.Table.from_arrays(columns, schema=schema), row_group_size=ROW_GROUP)


def read_samples(path: Path) -> list[Sample]:
    """Return the samples of a file, in order."""
    return list(stream_samples(path))


def stream_samples(path: Path) -> Iterator[Sample]:
    """Yield the samples of a file in order, one row group in memory at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            for row in zip(*(table[name].to_pylist() for name in COLUMNS), strict=True):
                yield Sample(*row)
