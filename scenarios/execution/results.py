"""The folder of an execution: what is executed, and the parts that are finished.

| file | holds |
|---|---|
| `index.json` | what is executed, and by which versions |
| `parts/part-000042.parquet` | rows of runs |
| `parts/timing.jsonl` | seconds of wall time of each run, a line for what was written at a time; no result |
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, overload

from analysis.canonical import canonical_json, readable_json
from analysis.manifest import deciding_versions, murmur_version
from scenarios.execution.numbers import Numbers
from scenarios.execution.parts import merged, part_file, part_files, part_of, read_part, rows_in, write_part
from scenarios.execution.row import Row, number_of
from scenarios.execution.task import Task
from topologies.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

INDEX: Final = "index.json"
PARTS: Final = "parts"
TIMING: Final = "timing.jsonl"
FORMAT: Final = 2
"""Number of the layout of such folders."""
_UNFINISHED: Final = re.compile(r"\..+\.(json|parquet|yaml)\.\d+")
LONGEST_SHOWN: Final = 80
"""Characters of plain data that a message shows."""
PATIENCE: Final = 5.0
"""Seconds after which rows are written even though their part is not complete."""


class Results:
    """The rows of an execution, on disk.

    `about` is plain data that says what is executed: all that decides the rows of all numbers. A folder that holds an
    execution is taken up again only with `resume`, and only where `about` and the deciding versions are the same;
    raises InputError otherwise.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any], *, resume: bool = False) -> None:
        self.folder = folder
        self.parts = folder / PARTS
        self._waiting: dict[int, dict[int, Row]] = {}
        self._expected: dict[int, int] = {}
        self._seconds: list[tuple[int, float]] = []
        self._written = monotonic()
        index = {"format": FORMAT, "murmur": murmur_version(), "versions": deciding_versions(), **about}
        self._open(json.loads(canonical_json(index)), resume)
        self.done = self._numbers()

    def _open(self, index: dict[str, Any], resume: bool) -> None:
        path = self.folder / INDEX
        if path.exists():
            if not resume:
                raise InputError(f"{self.folder} holds runs already; add --resume to go on, or give another folder")
            _refuse_another(path, index)
            self._clear_away()
            return
        if self.folder.is_dir() and not self._is_fresh():
            raise InputError(f"{self.folder} holds something else; give a new folder")
        try:
            self.parts.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot write to {self.folder}: {error.strerror}; give another folder") from None
        self._clear_away()
        temporary = path.with_name(f".{INDEX}.{os.getpid()}")
        try:
            temporary.write_text(readable_json(index), encoding="utf-8")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)

    def _is_fresh(self) -> bool:
        """Whether the folder is empty but for what a process left that was killed before there was an index."""
        others = [path for path in self.folder.iterdir() if not _UNFINISHED.fullmatch(path.name)]
        return not others or (others == [self.parts] and self.parts.is_dir() and not any(self.parts.iterdir()))

    def _clear_away(self) -> None:
        """Remove what a process left that was killed while it wrote a file."""
        for folder in (self.folder, self.parts):
            for path in folder.glob(".*"):
                if _UNFINISHED.fullmatch(path.name):
                    path.unlink(missing_ok=True)

    def _numbers(self) -> Numbers:
        """Return the numbers of the runs that are done, and remove parts that are damaged."""
        numbers = Numbers()
        self.parts.mkdir(exist_ok=True)
        for path in part_files(self.parts):
            table = read_part(path)
            if table is None:
                path.unlink()
            else:
                for number in table["number"].to_pylist():
                    numbers.add(number)
        return numbers

    def missing(self, tasks: Iterable[Task]) -> Iterator[tuple[int, list[Task]]]:
        """Yield, part by part, the tasks that are not done; their numbers have to ascend."""
        from itertools import groupby

        for part, group in groupby(tasks, key=lambda task: part_of(task.number)):
            left = [task for task in group if task.number not in self.done]
            if left:
                self._begin(part, len(left))
                yield part, left

    def _begin(self, part: int, runs: int) -> None:
        if part not in self._waiting:
            path = part_file(self.parts, part)
            table = read_part(path) if path.exists() else None
            self._waiting[part] = {} if table is None else {number_of(row): row for row in rows_in(table)}
        self._expected[part] = len(self._waiting[part]) + runs

    def take(self, rows: Iterable[tuple[Row, float]]) -> None:
        """Take rows of runs that are finished, with their seconds; write the parts that are complete."""
        touched = set()
        for row, seconds in rows:
            number = number_of(row)
            part = part_of(number)
            assert number not in self.done, "a run is counted once"
            self.done.add(number)
            self._waiting[part][number] = row
            self._seconds.append((number, seconds))
            touched.add(part)
        for part in sorted(touched):
            if len(self._waiting[part]) == self._expected[part]:
                write_part(self.parts, part, self._waiting.pop(part))
                del self._expected[part]
        if monotonic() - self._written > PATIENCE:
            self.flush()

    def flush(self) -> None:
        """Write all rows that are finished."""
        for part, rows in self._waiting.items():
            if rows:
                write_part(self.parts, part, rows)
        if self._seconds:
            with (self.parts / TIMING).open("a", encoding="utf-8") as file:
                file.write(json.dumps({number: round(seconds, 6) for number, seconds in self._seconds}) + "\n")
            self._seconds = []
        self._written = monotonic()

    def table(self, below: int | None = None) -> pa.Table:
        """Return all rows that are written, by number; only of runs with numbers below one, where given."""
        tables = (table for path in part_files(self.parts) if (table := read_part(path)) is not None)
        whole = merged(tables)
        if below is None:
            return whole
        import pyarrow.compute as pc

        return whole.filter(pc.less(whole["number"], below)).combine_chunks()

    def rows(self, below: int | None = None) -> list[Row]:
        """Return the same as rows."""
        return list(rows_in(self.table(below)))


class StoredRows(Sequence[Row]):
    """The rows that an execution has on disk, read part by part whenever they are gone through."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._count = len(results.done)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        for path in part_files(self._results.parts):
            table = read_part(path)
            if table is not None:
                yield from rows_in(table)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        return list(self)[place]


def _refuse_another(path: Path, index: dict[str, Any]) -> None:
    """Raise InputError where what is to be executed is not what a folder holds."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise InputError(f"{path} is damaged: it is not JSON; give another folder") from None
    if stored != index:
        differences = list(_differences(stored, index))
        more = f", and {len(differences) - 1} more differ" if len(differences) > 1 else ""
        raise InputError(
            f"{path.parent} holds another execution: {differences[0]}{more}; "
            "resume with the scenario and options that began it, or give another folder"
        )


def _differences(stored: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """Yield in words what differs between plain data on disk and what is wanted, by path."""
    places: Callable[[Any], dict[Any, Any]] = lambda data: (  # noqa: E731
        dict(enumerate(data)) if isinstance(data, list) else data if isinstance(data, dict) else {}
    )
    if type(stored) is type(wanted) and isinstance(stored, dict | list):
        ours, theirs = places(stored), places(wanted)
        for key in dict.fromkeys((*ours, *theirs)):
            name = f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}".lstrip(".")
            yield from _differences(ours.get(key, "nothing"), theirs.get(key, "nothing"), name)
    elif stored != wanted:
        yield f"{path or 'all'} is {_short(stored)} there, {_short(wanted)} here"


def _short(data: Any) -> str:
    text = canonical_json(data)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."
