"""Parts put together a few rows at a time, and numbers of runs as ranges."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.execution import merge
from scenarios.execution.merge import common_schema, tables_in, write_merged
from scenarios.execution.numbers import Numbers
from scenarios.execution.parts import merged, part_file, read_part, table_of, write_table
from scenarios.execution.row import ABOUT_THE_RUN, Row


@given(st.lists(st.integers(0, 60)), st.integers(-1, 61))
def test_numbers_are_a_set(added: list[int], asked: int) -> None:
    """Whatever was added in whatever order, it holds that once, in order, and its ranges do not touch."""
    numbers = Numbers(added)
    assert numbers == set(added)
    assert list(numbers) == sorted(set(added))
    assert len(numbers) == len(set(added))
    assert (asked in numbers) == (asked in added)
    ends = [(each.start, each.stop) for each in numbers.ranges()]
    assert all(end < first for (_, end), (first, _) in pairwise(ends))


def test_a_million_numbers_in_order_are_one_range() -> None:
    """What goes on in order takes no memory by its length."""
    numbers = Numbers(range(100_000))
    assert list(numbers.ranges()) == [range(100_000)]


def _row(number: int, **others: int | float | str) -> Row:
    return dict.fromkeys(ABOUT_THE_RUN) | {"number": number, "seed": number, "digest": f"{number:x}"} | others


@pytest.mark.parametrize("group", [1, 3, 7, 100])
def test_a_file_that_is_merged_in_steps_is_that_of_all_rows(
    group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Columns that some parts lack, and numbers that are whole in some, are as if all rows were put together once."""
    monkeypatch.setattr(merge, "ROW_GROUP", group)
    kinds = [{"metric.a": 1}, {"metric.a": 0.5, "metric.b": 2}, {"check.c": "holds"}, {"metric.a": 3}]
    files = []
    for part, others in enumerate(kinds):
        files.append(part_file(tmp_path, part))
        write_table(table_of([_row(part * 10 + number, **others) for number in range(part + 2)]), files[-1])
    schema = common_schema(files)
    write_merged(tables_in(files, schema), schema, tmp_path / "all.parquet")
    expected = merged(table for file in files if (table := read_part(file)) is not None)
    found = pq.ParquetFile(tmp_path / "all.parquet")
    assert found.read().equals(expected)
    assert found.metadata.row_group(0).num_rows == min(group, expected.num_rows)
    assert found.read()["metric.a"].to_pylist()[:3] == [1.0, 1.0, 0.5]
