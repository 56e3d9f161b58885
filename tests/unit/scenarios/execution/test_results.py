"""The folder of an execution: what is taken up again, what is refused, and what is made whole."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from scenarios.execution.parts import PART, merged, part_file, part_of, read_part, rows_in, table_of
from scenarios.execution.results import Results
from scenarios.execution.row import ABOUT_THE_RUN, Row
from scenarios.execution.sole_use import sole_use
from scenarios.execution.task import Task, seed_of_run
from topologies.errors import InputError

LARGEST_SEED = 2**64 - 1


def row(number: int, **others: int | float | str) -> Row:
    """A row of a run that went well."""
    known: Row = {"number": number, "seed": LARGEST_SEED - number, "digest": f"{number:x}", "faults": 0}
    return dict.fromkeys(ABOUT_THE_RUN) | known | others


def filled(folder: Path, numbers: range, *, resume: bool = False) -> Results:
    """Results that have rows of these numbers."""
    results = Results(folder, {"of": "rows"}, resume=resume)
    for _, left in results.missing([Task(number, 0, {}) for number in numbers]):
        results.take([(row(task.number), 0.1) for task in left])
    results.flush()
    return results


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    """Rows with other columns than their neighbours, large seeds and mixed numbers are the same after a table."""
    rows = [row(0, **{"metric.a": 1}), row(1, **{"metric.b": 0.5, "check.c": "holds"}), row(2, **{"metric.b": 2.0})]
    assert list(rows_in(table_of(rows))) == rows


def test_parts_of_different_columns_are_merged() -> None:
    """A column that only some parts have, or that holds whole numbers in one and others elsewhere, is one column."""
    parts = [table_of([row(0, **{"metric.a": 1})]), table_of([row(1, **{"metric.a": 0.5, "metric.b": 2})])]
    table = merged(parts)
    assert table["metric.a"].to_pylist() == [1.0, 0.5]
    assert table["metric.b"].to_pylist() == [None, 2]
    assert merged(reversed(parts)).equals(table)
    assert merged([]).num_rows == 0


def test_only_what_is_missing_is_left(tmp_path: Path) -> None:
    """What has a row is not done again, and a part that is not complete keeps the rows it has."""
    filled(tmp_path / "results", range(PART + 5))
    again = filled(tmp_path / "results", range(PART + 9), resume=True)
    assert again.done == set(range(PART + 9))
    assert [each["number"] for each in again.rows()] == list(range(PART + 9))
    assert [each["number"] for each in again.rows(below=3)] == [0, 1, 2]
    assert part_of(PART - 1) == 0
    assert part_of(PART) == 1


def test_a_damaged_part_is_done_again(tmp_path: Path) -> None:
    """A part that cannot be read counts as missing."""
    folder = tmp_path / "results"
    filled(folder, range(PART + 5))
    part_file(folder / "parts", 0).write_bytes(b"PAR1 and nothing more")
    assert read_part(part_file(folder / "parts", 0)) is None
    assert Results(folder, {"of": "rows"}, resume=True).done == set(range(PART, PART + 5))
    assert len(filled(folder, range(PART + 5), resume=True).rows()) == PART + 5


def test_a_part_that_cannot_be_read_now_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system does not let be read, or there is no memory for, is not taken for damaged and removed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path / "results"
    filled(folder, range(3))
    for error in (PermissionError(13, "Permission denied"), OSError(24, "Too many open files"), pa.ArrowMemoryError()):

        def refuse(path: Path, error: BaseException = error) -> None:
            raise error

        with monkeypatch.context() as patched:
            patched.setattr(pq, "ParquetFile", refuse)
            with pytest.raises(type(error)):
                Results(folder, {"of": "rows"}, resume=True)
    assert Results(folder, {"of": "rows"}, resume=True).done == set(range(3))


@pytest.mark.parametrize("resume", [False, True])
def test_what_was_killed_before_its_index_is_begun_anew(tmp_path: Path, resume: bool) -> None:
    """A process that was killed, or had no room, before the index was in place leaves nothing in the way."""
    (tmp_path / "results" / "parts").mkdir(parents=True)
    (tmp_path / "results" / ".index.json.123").write_text("{", encoding="utf-8")
    assert filled(tmp_path / "results", range(2), resume=resume).done == {0, 1}
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == ["index.json", "parts"]


def test_a_folder_is_run_by_one_process_at_a_time(tmp_path: Path) -> None:
    """Who comes second is refused until the first has ended, even by an error."""
    folder = tmp_path / "new" / "study"
    with suppress(KeyError), sole_use(folder):
        with pytest.raises(InputError, match="another process"), sole_use(folder):
            """Who comes second."""
        raise KeyError
    with sole_use(folder):
        assert folder.is_dir()
    (tmp_path / "file").touch()
    with sole_use(tmp_path / "file" / "study"):
        """Who writes there says what is wrong."""


def test_another_execution_is_refused(tmp_path: Path) -> None:
    """Rows of one scenario are never mixed with those of another: the first difference is named."""
    Results(tmp_path / "results", {"scenario": {"faults": [{"at": "1s"}], "name": "a"}})
    with pytest.raises(InputError, match=r'scenario\.faults\[0\]\.at is "1s" there, "2s" here, and 1 more differ'):
        Results(tmp_path / "results", {"scenario": {"faults": [{"at": "2s"}], "name": "b"}}, resume=True)
    with pytest.raises(InputError, match=r'scenario is {"faults":.* there, "x{76}\.\.\. here') as refused:
        Results(tmp_path / "results", {"scenario": "x" * 10_000}, resume=True)
    assert len(refused.value.message) < 1000


def test_a_folder_that_is_taken_is_refused(tmp_path: Path) -> None:
    """Without resume an execution is not touched, nor is a folder that holds something else."""
    Results(tmp_path / "results", {})
    with pytest.raises(InputError, match="add --resume"):
        Results(tmp_path / "results", {})
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").touch()
    for resume in (False, True):
        with pytest.raises(InputError, match="holds something else"):
            Results(tmp_path / "other", {}, resume=resume)
    with pytest.raises(InputError, match="cannot write"):
        Results(tmp_path / "other" / "letter.txt" / "results", {})
    (tmp_path / "results" / "index.json").write_text("{")
    with pytest.raises(InputError, match="not JSON"):
        Results(tmp_path / "results", {}, resume=True)


def test_seeds_of_runs_are_their_own() -> None:
    """A seed depends on the root seed and the number alone, and no two of many runs share one."""
    seeds = [seed_of_run(root, number) for root in (0, 1) for number in range(2_000)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed <= LARGEST_SEED for seed in seeds)
    assert seed_of_run(0, 5) == seeds[5]


def test_what_was_left_half_written_is_removed(tmp_path: Path) -> None:
    """The file that a process was writing when it was killed is gone once its execution goes on; all else stays."""
    folder = tmp_path / "results"
    filled(folder, range(5))
    left = [folder / ".results.parquet.4711", folder / "parts" / ".part-000000.parquet.4711"]
    others = [folder / ".mine", folder / "parts" / "notes.json.1"]
    for path in (*left, *others):
        path.touch()
    filled(folder, range(6), resume=True)
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)
