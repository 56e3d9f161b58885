"""Puts into the folder of a study what people and programs look at.

| file | holds |
|---|---|
| `study.yaml`, `scenarios` | the study with all that flags changed, and the scenarios of one's own that it names |
| `study.json` | the study in full: its file, its cells with their scenarios, versions |
| `results.parquet` | a row for each run: labels, cell, replicate, seed, digest, verdicts, metrics |
| `summary.json` | for each cell the estimates and the counts of verdicts |
| `cells/cell-0007.yaml` | the scenario of each cell |
| `timing.json` | how long it took, which is no result |
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from analysis.canonical import readable_json
from analysis.manifest import deciding_versions, murmur_version
from scenarios.study.design import Design
from scenarios.study.kept_file import files_of
from scenarios.study.result import FORMAT, MANIFEST, Study

CELLS: Final = "cells"
SUMMARY: Final = "summary.json"
TIMING: Final = "timing.json"


def cell_file(folder: Path, cell: int) -> Path:
    """Return the file of the scenario of a cell."""
    return folder / CELLS / f"cell-{cell:04}.yaml"


def command(cell: int, seed: int, design: Design) -> str:
    """Return the command that runs one of the runs again, in the folder of the study."""
    from shlex import join

    plugins = [word for plugin in design.setting.plugins for word in ("--plugin", plugin)]
    return join(["murmur", "run", cell_file(Path(), cell).as_posix(), "--seed", str(seed), *plugins])


def keep(studied: Study, design: Design) -> Study:
    """Write beside the rows of a study what they came to; the manifest last, so that where it is, all is."""
    folder = studied.folder
    assert folder is not None
    file, texts = files_of(design, folder)
    studied = replace(studied, file=file)
    _write_cells(design, folder)
    for place, text in texts.items():
        place.parent.mkdir(exist_ok=True)
        _write(text, place, folder)
    _write(readable_json(studied.summary), folder / SUMMARY)
    _write(readable_json(dict(studied.timing)), folder / TIMING)
    manifest = {
        "format": FORMAT,
        "murmur": murmur_version(),
        "versions": deciding_versions(),
        "study": file.plain(),
        "plugins": list(design.setting.plugins),
        "cells": [{**cell.plain(), "scenario": cell.scenario.canonical()} for cell in design.cells],
    }
    _write(readable_json(manifest), folder / MANIFEST)
    return studied


def _write_cells(design: Design, folder: Path) -> None:
    from scenarios.hunting.keep import write_scenario
    from scenarios.study.cells import in_words

    for cell in design.cells:
        words = in_words(cell.labels)
        comment = f"{design.file.name}: {words}" if words else design.file.name
        write_scenario(cell.scenario, cell_file(folder, cell.number), comment)


def _write(text: str, file: Path, by_way_of: Path | None = None) -> None:
    """Write a file at once, by way of the folder that is cleared of what a process left, or else of its own."""
    temporary = (by_way_of or file.parent) / f".{file.name}.{os.getpid()}"
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)
