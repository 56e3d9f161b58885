"""What a study runs: its cells, and under which seeds each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from analysis.canonical import canonical_json
from scenarios.document import Document
from scenarios.execution.task import Setting, Task, seed_of_run
from scenarios.hunting.hunt import bare, refuse_what_cannot_run, with_files_read
from scenarios.overrides import field_path, flags_of, parse_override
from scenarios.seed import parse_seed
from scenarios.study.cells import Cell, cells_of
from scenarios.study.fields import MOST_SEEDS
from scenarios.study.library import read
from scenarios.study.schema import StudyFile, study_file_of
from sim.randomness import Streams
from topologies.errors import InputError

STRIDE: Final = MOST_SEEDS
"""Numbers of runs that each cell has to itself, so that more seeds change the number of no run."""
MOST_RUNS: Final = 10_000_000


@dataclass(frozen=True)
class Design:
    """A study that can run: its file with all that flags changed, its cells, and what their runs have in common."""

    file: StudyFile
    cells: tuple[Cell, ...]
    setting: Setting

    @property
    def runs(self) -> int:
        """How many runs there are in all, at most."""
        return len(self.cells) * self.file.most_seeds

    @property
    def fewest_runs(self) -> int:
        """How many runs there are in all, at least."""
        return len(self.cells) * (self.file.seeds if self.file.stop is None else self.file.stop.at_least)

    def tasks(self) -> Tasks:
        """Return the runs, cell by cell; no records are kept of them, which changes nothing else."""
        return Tasks(self, self.cells, 0, self.file.most_seeds)

    def tasks_of(self, cell: Cell, first: int, end: int) -> Iterator[Task]:
        """Yield the runs of a cell, from replicate `first` on, below `end`."""
        root = self.file.seed
        if self.file.chance == "independent":
            point = "" if cell.point is None else f"/{cell.point.matrix}{cell.point.number}"
            root = Streams(root).seed(f"cell/{canonical_json(cell.labels)}{point}")
        data = bare(cell.scenario).canonical()
        for replicate in range(first, end):
            yield Task(cell.number * STRIDE + replicate, seed_of_run(root, replicate), data)

    def about(self) -> dict[str, Any]:
        """Return all that decides what comes out of each run, as plain data."""
        cells = [{**cell.plain(), "scenario": bare(cell.scenario).canonical()} for cell in self.cells]
        decides: dict[str, Any] = {"name": self.file.name, "seed": self.file.seed, "chance": self.file.chance}
        if self.setting.curves is not None:
            decides["series"] = asdict(self.setting.curves)
        return {"study": {**decides, "plugins": list(self.setting.plugins), "cells": cells}}

    def refuse_what_cannot_run(self) -> None:
        """Build a run of each cell and drop it, so that a mistake shows once and at once; raises InputError."""
        for cell in self.cells:
            try:
                refuse_what_cannot_run(cell.scenario)
            except InputError as error:
                raise cell.refused(error) from None


@dataclass(frozen=True)
class Tasks:
    """Runs of some cells of a study, from replicate `first` on, below `end`; made anew each time one goes through."""

    design: Design
    cells: Sequence[Cell]
    first: int
    end: int

    def __iter__(self) -> Iterator[Task]:
        return (task for cell in self.cells for task in self.design.tasks_of(cell, self.first, self.end))


def design_of(
    study: StudyFile | Document | Mapping[str, Any] | str | Path,
    *,
    seeds: int | None = None,
    seed: int | str | None = None,
    overrides: Iterable[str] = (),
    plugins: Collection[str] = (),
) -> Design:
    """Return what a study runs: a built-in's name, a file, plain data, what a file said, or a study that was read.

    Parameters as for `study`. Raises InputError with one line for each mistake.
    """
    document = _document(study)
    file = study_file_of(document)
    if seeds is not None:
        if isinstance(seeds, bool) or not isinstance(seeds, int) or not 1 <= seeds <= MOST_SEEDS:
            raise InputError(f"seeds: found {seeds!r}; expected an integer from 1 to {MOST_SEEDS:,}")
        file = file.model_copy(update={"seeds": seeds, "stop": None})
    if seed is not None:
        file = file.model_copy(update={"seed": parse_seed(seed)})
    flags = flags_of(overrides)
    cells = [_ready(cell, file.seed) for cell in cells_of(file, document, flags, plugins, file.seed)]
    file = _with_overrides(file, flags)
    curves = None if file.series is None else file.series.curves(cell.scenario.duration for cell in cells)
    setting = Setting(tuple(plugins), _graph_folder(cells), censors=True, curves=curves)
    design = Design(file, tuple(cells), setting)
    if design.runs > MOST_RUNS:
        raise InputError(
            f"{document.name}: found {design.runs:,} runs; expected at most {MOST_RUNS:,}: take fewer seeds"
        )
    return design


def _with_overrides(study: StudyFile, flags: Sequence[str]) -> StudyFile:
    """Return a study that sets in all cells what flags such as `topology.nodes=64` change, after what it set before."""
    fields = dict(study.set)
    for flag in flags:
        path, value = parse_override(flag)
        fields = {written: kept for written, kept in fields.items() if field_path(written) != path}
        fields[flag.partition("=")[0].strip()] = value
    return study.model_copy(update={"set": fields})


def _document(study: StudyFile | Document | Mapping[str, Any] | str | Path) -> Document:
    if isinstance(study, Document):
        return study
    if isinstance(study, str | Path):
        return read(study)
    data = study.plain() if isinstance(study, StudyFile) else dict(study)
    return Document("study", data)


def _ready(cell: Cell, root: int) -> Cell:
    """Return a cell whose faults have read their files, and whose seed is the root of the study."""
    try:
        scenario = with_files_read(cell.scenario)
    except InputError as error:
        raise cell.refused(error) from None
    return replace(cell, scenario=scenario.model_copy(update={"seed": root}))


def _graph_folder(cells: Sequence[Cell]) -> Path | None:
    """Return where the graph files of all cells are looked for; raises InputError where there are several places."""
    from topologies.graph_file import FileConfig

    folders = {cell.scenario.graph_folder for cell in cells if isinstance(cell.scenario.topology, FileConfig)}
    if len(folders) > 1:
        raise InputError("found graph files of several folders; put the scenarios that read them into one folder")
    return next(iter(folders), None)
