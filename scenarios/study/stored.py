"""The rows of a study, read when they are asked for: in a file, or in memory where the study is not kept."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from topologies.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


@dataclass(frozen=True)
class Stored:
    """The rows of a study, in order, at a path or as a table; raises InputError where the file is damaged."""

    place: Path | pa.Table

    def demand_whole(self) -> None:
        """Raise InputError where the file is missing, or no such file."""
        if isinstance(self.place, Path):
            with _opened(self.place):
                pass

    @cached_property
    def table(self) -> pa.Table:
        """All rows, in memory."""
        if not isinstance(self.place, Path):
            return self.place
        with _opened(self.place) as file:
            return file.read()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        if not isinstance(self.place, Path):
            return tuple(self.place.column_names)
        with _opened(self.place) as file:
            return tuple(file.schema_arrow.names)

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        if not isinstance(self.place, Path):
            return int(self.place.num_rows)
        with _opened(self.place) as file:
            return int(file.metadata.num_rows)

    def pieces(self, columns: Collection[str]) -> Iterator[pa.Table]:
        """Yield these columns of the rows, few rows at a time."""
        import pyarrow as pa

        wanted = [name for name in self.columns if name in columns]
        if not isinstance(self.place, Path):
            yield self.place.select(wanted)
            return
        with _opened(self.place) as file:
            for batch in file.iter_batches(columns=wanted):
                yield pa.Table.from_batches([batch]).select(wanted)

    def by_cell(self, columns: Collection[str]) -> Iterator[tuple[int, pa.Table]]:
        """Yield these columns of the rows cell by cell, `cell` among them."""
        import numpy as np
        import pyarrow as pa

        held: list[pa.Table] = []
        for piece in self.pieces({"cell", *columns}):
            cells = piece["cell"].to_numpy()
            for first, end in pairwise((0, *(np.flatnonzero(np.diff(cells)) + 1).tolist(), len(cells))):
                if held and end > first and held[-1]["cell"][0].as_py() != cells[first]:
                    yield held[-1]["cell"][0].as_py(), pa.concat_tables(held)
                    held = []
                if end > first:
                    held.append(piece.slice(first, end - first))
        if held:
            yield held[-1]["cell"][0].as_py(), pa.concat_tables(held)


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None and not isinstance(error, FileNotFoundError):
            raise InputError(f"{path} cannot be read: {os.strerror(error.errno)}") from None
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise InputError(f"{path.parent}: the study is damaged ({reason}); run it again with --resume") from None
