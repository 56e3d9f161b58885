"""What a study came to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scenarios.document import Document
from scenarios.study.answer import Answer, answers_of
from scenarios.study.cells import Label
from scenarios.study.schema import StudyFile, study_file_of
from scenarios.study.stored import Stored
from sim.units import parse_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analysis.study_view import StudyView

MANIFEST: Final = "study.json"
RESULTS: Final = "results.parquet"
FORMAT: Final = 2
"""Number of the layout of study folders."""
USUAL_METRICS: Final = ("converged_at", "messages_per_node")
"""What is reported of a study that names no metrics, where its runs have it."""


@dataclass(frozen=True)
class Study:
    """What the cells of a study came to under all seeds.

    `file` is the study with what flags changed; `cells` has the labels of each cell, by its number; `stored` has a row
    for each run, in the order of cells and replicates: labels, `cell`, `replicate`, then what
    `scenarios.execution.row` describes; it is read when it is asked for. `scenarios` has the scenario of each cell, as
    plain data. `folder` is where it is on disk, if it is. `timing` tells of the machine, all else is the same for equal
    studies.
    """

    file: StudyFile
    cells: tuple[Mapping[str, Label], ...]
    stored: Stored = field(repr=False)
    folder: Path | None = None
    timing: Mapping[str, float] = field(default_factory=dict)
    scenarios: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        cells, runs = len(self.cells), self.stored.count
        size = f"{cells} cell{'' if cells == 1 else 's'}, {runs:,} run{'' if runs == 1 else 's'}"
        return f"<Study {self.name}: {size}, {self.folder or 'not kept on disk'}>"

    @property
    def table(self) -> pa.Table:
        """All rows in memory, as an Arrow table."""
        return self.stored.table

    @property
    def name(self) -> str:
        """Name of the study."""
        return self.file.name

    @property
    def factors(self) -> tuple[str, ...]:
        """What tells the cells apart, in words."""
        return self.file.factors

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that are reported."""
        columns = set(self.stored.columns)
        named = self.file.metrics or tuple(name for name in USUAL_METRICS if f"metric.{name}" in columns)
        stop = self.file.stop
        return named if stop is None or stop.metric in named else (*named, stop.metric)

    @cached_property
    def checks(self) -> tuple[str, ...]:
        """The checks that any of the runs has."""
        return tuple(name.removeprefix("check.") for name in self.stored.columns if name.startswith("check."))

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """What each cell came to: an estimate of each metric, and how often each check holds."""
        return tuple(answers_of(self._frames(), self.cells, self.metrics, self.checks, self.file.stop))

    def _frames(self) -> Iterator[tuple[int, pd.DataFrame]]:
        """Yield for each cell a frame of its runs, of what is reported alone, so that few are in memory at a time."""
        reported = {f"metric.{name}" for name in self.metrics}
        mappings = tuple(f"metric.{name.partition('.')[0]}" for name in self.metrics if "." in name)
        of_mappings = {name for name in self.stored.columns if name.startswith(mappings)} if mappings else set()
        checks = {f"check.{name}" for name in self.checks}
        for cell, table in self.stored.by_cell({"error", "censored", "ended_ns", *reported, *of_mappings, *checks}):
            yield cell, self._tidy(table)

    @property
    def exit_code(self) -> int:
        """0: all checks hold in all runs; 1: one is violated, a run failed; 3: one is unknown, a run is censored."""
        counts = [counts for answer in self.answers for counts in answer.verdicts.values()]
        if any(answer.failed for answer in self.answers) or any(each.violated for each in counts):
            return 1
        return 3 if any(each.unknown for each in counts) or any(each.censored for each in self.answers) else 0

    @property
    def summary(self) -> dict[str, Any]:
        """What it came to as plain data, the same for equal studies."""
        return {
            "study": self.file.name,
            "seed": self.file.seed,
            **self.file.how_often(),
            "runs": self.stored.count,
            "factors": list(self.factors),
            "cells": [answer.plain() for answer in self.answers],
        }

    def frame(self) -> pd.DataFrame:
        """Return the runs as a tidy pandas frame: labels, cell, replicate, seed, then metrics and checks by name.

        A metric that a run does not have, such as the time of a convergence that did not come, is NaN there; so is all
        of a run that was cut off which is not a time, since more of it might have come.
        """
        return self._tidy(self.table)

    def _tidy(self, table: pa.Table) -> pd.DataFrame:
        from analysis.metrics import known_metric

        frame: pd.DataFrame = table.to_pandas()
        frame = frame.rename(columns=lambda name: name.removeprefix("metric."))
        cut_off = frame["censored"].notna()
        if cut_off.any():
            for name in _unknown_when_cut_off(table.column_names):
                frame[name] = frame[name].where(~cut_off)
        for name in self.metrics:
            if name not in frame:
                frame[name] = None
            if "." in name and known_metric(name).unit != "ns":  # a time that is not there is not 0
                frame[name] = frame[name].where(frame[name].notna(), _zero_where_known(frame, name.partition(".")[0]))
            frame[name] = frame[name].astype(float)
        return frame

    def view(self) -> StudyView:
        """Return what tables, plots and reports see of it."""
        from analysis.study_view import StudyView

        facts = (self.factors, self.metrics, self.scenarios, self.file.description, self.checks)
        return StudyView(self.name, self.frame(), *facts, *self._curves())

    def _curves(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Return the time series that runs have, and the times of their values in nanoseconds."""
        if self.file.series is None or not self.scenarios:
            return (), ()
        curves = self.file.series.curves(parse_duration(scenario["duration"]) for scenario in self.scenarios)
        return curves.names, tuple(curves.every * point for point in range(curves.points + 1))

    def keys_never_seen(self) -> dict[str, list[str]]:
        """Return the metrics `NAME.KEY` of which no run has the key, each with the keys that there are."""
        columns = [name.removeprefix("metric.") for name in self.stored.columns]
        asked = [name for name in self.metrics if "." in name and name not in columns]
        prefixes = {name: f"{name.partition('.')[0]}." for name in asked}
        return {
            name: [each.removeprefix(prefix) for each in columns if each.startswith(prefix)]
            for name, prefix in prefixes.items()
        }

    def first_to_look_at(self) -> Iterator[tuple[int, int, str]]:
        """Yield cell, seed and reason of the first run of each cell that failed or violated a check."""
        checks = [f"check.{name}" for name in self.checks]
        seen: set[int] = set()
        rows = (row for piece in self.stored.pieces(["cell", "seed", "error", *checks]) for row in piece.to_pylist())
        for row in rows:
            broken = [name.removeprefix("check.") for name in checks if row[name] == "violated"]
            reason = row["error"] or (f"violated {', '.join(broken)}" if broken else None)
            if reason and row["cell"] not in seen:
                seen.add(row["cell"])
                yield row["cell"], row["seed"], reason


def _unknown_when_cut_off(columns: Sequence[str]) -> list[str]:
    """Return the metrics that are not known of a run of which only the beginning is: all but times that came."""
    from analysis.metrics import known_metric

    names = [column.removeprefix("metric.") for column in columns if column.startswith("metric.")]
    return [name for name in names if not known_metric(name).may_never_come]


def _zero_where_known(frame: pd.DataFrame, mapping: str) -> Any:
    """Return 0 for runs that have a metric which is a mapping, and so no entry of some key; None for the others."""
    import numpy as np

    keys = [name for name in frame.columns if name == mapping or name.startswith(f"{mapping}.")]
    return np.where(frame[keys].notna().any(axis=1), 0.0, np.nan)


def is_study(folder: Path) -> bool:
    """Whether a folder holds a study, finished or not."""
    return (folder / MANIFEST).is_file() or ((folder / "index.json").is_file() and (folder / "parts").is_dir())


def refuse_nothing_there(folder: Path) -> None:
    """Raise InputError where a folder that may be of a run or of a study is not there."""
    if not folder.exists():
        raise InputError(f"{folder} is not there; expected the folder of a run or of a study")


def open_study(folder: str | Path) -> Study:
    """Return a study that is on disk; raises InputError where there is none, or where it is not finished."""
    place = Path(folder)
    if not (place / MANIFEST).is_file():
        unfinished = "; it has not ended: go on with murmur study ... --resume" if is_study(place) else ""
        raise InputError(f"{place}: found no {MANIFEST}; expected the folder of a study{unfinished}")
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            found = f"found a study of format {manifest['format']}; this version of Murmur reads format {FORMAT}"
            raise InputError(f"{place}: {found}: run the study again, into a new folder")
        stored = Stored(place / RESULTS)
        stored.demand_whole()
        file = study_file_of(Document(str(place / MANIFEST), manifest["study"]))
        labels = tuple({factor: cell["labels"][factor] for factor in file.factors} for cell in manifest["cells"])
        scenarios = tuple(dict(cell["scenario"]) for cell in manifest["cells"])
        dict(manifest["versions"], murmur=manifest["murmur"])
        for column in (*file.factors, "cell", "replicate", "seed", "censored", "error"):
            if column not in stored.columns:
                raise KeyError(f"{RESULTS} has no {column}")
        return Study(file, labels, stored, place, {}, scenarios)
    except OSError as error:
        raise InputError(f"{place}: the study cannot be read: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise InputError(f"{place}: the study is damaged ({reason}); run it again with --resume") from None
