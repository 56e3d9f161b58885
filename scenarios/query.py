"""Asks questions in SQL of studies and runs that are on disk, by DuckDB, which reads no more of them than it needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scenarios.names import listed
from scenarios.study.result import RESULTS, Study, is_study, open_study
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

PREFIX: Final = "metric."
LONGEST_MESSAGE: Final = 400
"""Characters of what DuckDB says of a wrong question that are shown."""
SETTINGS: Final = (
    "set enable_external_access = false",
    "set autoinstall_known_extensions = false",
    "set lock_configuration = true",
)
"""A question reads the tables that it is given, and no file, and writes nothing."""


def query(studies: Study | str | Path | Iterable[Study | str | Path], sql: str) -> pd.DataFrame:
    """Return what a question in SQL finds in studies, or in runs, as a pandas frame.

    Of studies there are the tables `runs`, a row for each run with its labels, verdicts and metrics by name, and
    `cells`, a row for each cell with its labels and `scenario` as JSON; of run folders `records` and `samples`. The
    column `study`, or `run`, has the name of the folder. What a run does not have is NULL. Parameters: `studies`, one
    or several folders, or studies that were kept on disk; `sql`, one SELECT in DuckDB's dialect. Raises InputError
    where DuckDB is not installed, a folder holds nothing to ask, or the question is wrong.
    """
    frame: pd.DataFrame = query_table(studies, sql).to_pandas()
    return frame


def query_table(studies: Study | str | Path | Iterable[Study | str | Path], sql: str) -> pa.Table:
    """Return the same as an Arrow table, whose columns keep their types."""
    with _connected() as connection:
        return _answered(connection, _folders(studies), sql)


def _connected() -> DuckDBPyConnection:
    try:
        import duckdb
    except ImportError:
        raise InputError("questions in SQL need DuckDB; install it by pip install 'murmur-sim[query]'") from None
    return duckdb.connect(":memory:")


def _folders(given: Study | str | Path | Iterable[Study | str | Path]) -> list[Path]:
    folders = []
    for each in [given] if isinstance(given, Study | str | Path) else given:
        if isinstance(each, Study) and each.folder is None:
            raise InputError(f"the study {each.name} was not kept on disk; run it with a folder, or ask its frame()")
        folders.append(Path(each.folder or "") if isinstance(each, Study) else Path(each))
    if not folders:
        raise InputError("found nothing to ask; name the folder of a study or of a run")
    return folders


def _answered(connection: DuckDBPyConnection, folders: Sequence[Path], sql: str) -> pa.Table:
    import duckdb

    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"{folder}: found no such folder; expected that of a study, or of a run")
    named = _tables_of_studies(folders) if any(map(is_study, folders)) else _tables_of_runs(folders)
    try:
        for name, tables in named.items():
            _register(connection, name, tables)
        for setting in SETTINGS:
            connection.execute(setting)
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise InputError(f"found {_shortened(sql) or 'nothing'}; expected one SELECT")
        found: pa.Table = connection.sql(sql).to_arrow_table()
    except duckdb.Error as error:
        columns = "; ".join(f"{name} has {_columns(connection, name)}" for name in named)
        raise InputError(f"the question is wrong: {_shortened(str(error))}; {columns}") from None
    return found


def _register(connection: DuckDBPyConnection, name: str, tables: Mapping[str, Any]) -> None:
    """Make one table of those of all folders, with a column more which says whose a row is."""
    parts = []
    whose = "run" if name in ("records", "samples") else "study"
    for number, (folder, table) in enumerate(tables.items()):
        connection.register(f"{name}_{number}", table)
        columns = [
            f'"{column}" as "{column.removeprefix(PREFIX)}"' if column.startswith(PREFIX) else f'"{column}"'
            for column in (each.replace('"', '""') for each in table.schema.names)
        ]
        words = folder.replace("'", "''")
        parts.append(f"select '{words}' as {whose}, {', '.join(columns)} from {name}_{number}")
    connection.execute(f"create view {name} as {' union all by name '.join(parts)}")


def _tables_of_studies(folders: Sequence[Path]) -> dict[str, dict[str, Any]]:
    import pyarrow as pa
    from pyarrow import dataset

    runs: dict[str, Any] = {}
    cells: dict[str, Any] = {}
    for folder, name in zip(folders, _names(folders), strict=True):
        study = open_study(folder)
        runs[name] = dataset.dataset(folder / RESULTS, format="parquet")
        rows = [
            {"cell": number, **labels, "scenario": json.dumps(scenario)}
            for number, (labels, scenario) in enumerate(zip(study.cells, study.scenarios, strict=True))
        ]
        cells[name] = pa.Table.from_pylist(rows)
    return {"runs": runs, "cells": cells}


def _tables_of_runs(folders: Sequence[Path]) -> dict[str, dict[str, Any]]:
    from pyarrow import dataset

    from analysis.run_folder import open_run

    files: dict[str, dict[str, Any]] = {"records": {}, "samples": {}}
    for folder, name in zip(folders, _names(folders), strict=True):
        open_run(folder)
        for table, file in (("records", "events.parquet"), ("samples", "samples.parquet")):
            if (folder / file).exists():
                files[table][name] = dataset.dataset(folder / file, format="parquet")
    kept = {table: found for table, found in files.items() if found}
    if not kept:
        raise InputError(f"{folders[0]} kept no records and no samples; run it again with --detail states")
    return kept


def _names(folders: Sequence[Path]) -> list[str]:
    """Return what the folders are called: their last names, or their paths where those are the same."""
    last = [folder.resolve().name for folder in folders]
    return last if len(set(last)) == len(last) else [str(folder) for folder in folders]


def _columns(connection: DuckDBPyConnection, table: str) -> str:
    import duckdb

    try:
        found = connection.execute(f"describe {table}").fetchall()
    except duckdb.Error:
        return "columns that cannot be read"
    return listed([str(row[0]) for row in found])


def _shortened(text: str) -> str:
    told = " ".join(text.split())
    return told if len(told) <= LONGEST_MESSAGE else f"{told[: LONGEST_MESSAGE - 3]}..."
