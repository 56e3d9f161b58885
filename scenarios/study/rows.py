"""The rows of a study as its file has them: labels of cells in front, and the command where a run is worth a look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.execution.merge import common_schema, tables_in, write_merged
from scenarios.execution.parts import part_files
from scenarios.study.design import STRIDE, Design
from scenarios.study.keep import command
from scenarios.study.schema import RESERVED

if TYPE_CHECKING:
    import pyarrow as pa


def write_rows(parts: Path, design: Design, runs: Sequence[int], path: Path) -> None:
    """Write the rows of a study into one file, so many runs of each cell, few rows at a time."""
    files = part_files(parts)
    schema = common_schema(files)
    labels = _labels(design)
    shape = _shaped(schema.empty_table(), labels, design).schema
    tables = (_shaped(_of_design(table, runs), labels, design) for table in tables_in(files, schema))
    write_merged(tables, shape, path)


def _of_design(table: pa.Table, runs: Sequence[int]) -> pa.Table:
    """Return of a table only so many runs of each cell; on disk there may be more."""
    import numpy as np

    numbers = table["number"].to_numpy()
    return table.filter(numbers % STRIDE < np.array(runs)[numbers // STRIDE])


def _labels(design: Design) -> dict[str, pa.Array]:
    """Return the columns that tell cells apart, with a value for each cell."""
    import pyarrow as pa

    cells = design.cells
    columns = {factor: pa.array([cell.labels[factor] for cell in cells]) for factor in design.file.factors}
    points = [cell.point for cell in cells]
    if any(points):
        columns["point"] = pa.array([point and point.number for point in points], pa.int64())
    if any(point and point.matrix for point in points):
        columns["matrix"] = pa.array([point and point.matrix for point in points], pa.string())
    return columns


def _shaped(table: pa.Table, labels: dict[str, pa.Array], design: Design) -> pa.Table:
    """Return runs with the labels of their cells, and with cell and replicate instead of a number."""
    import pyarrow as pa

    numbers = table["number"].to_numpy()
    cells = pa.array(numbers // STRIDE, pa.int64())
    columns: dict[str, pa.Array] = {name: column.take(cells) for name, column in labels.items()}
    columns["cell"] = cells
    columns["replicate"] = pa.array(numbers % STRIDE, pa.int64())
    columns["command"] = pa.array(_commands(table, design), pa.string())
    kept = [name for name in table.column_names if name != "number"]
    assert not set(kept).difference(RESERVED) & set(columns), "a factor has a name of its own"
    return pa.table({**columns, **{name: table[name] for name in kept}})


def _commands(table: pa.Table, design: Design) -> Iterator[str | None]:
    """Yield for each run that failed or violated a check the command that runs it again, in the study's folder."""
    checks = [name for name in table.column_names if name.startswith("check.")]
    for row in table.select(["number", "seed", "error", *checks]).to_pylist():
        bad = row["error"] is not None or any(row[name] == "violated" for name in checks)
        yield command(row["number"] // STRIDE, row["seed"], design) if bad else None
