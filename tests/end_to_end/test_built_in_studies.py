"""Every study that is built in runs from beginning to end, in small form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from scenarios.execution.task import Setting
from scenarios.execution.workers import Workers
from scenarios.study.design import design_of
from scenarios.study.library import names
from scenarios.study.study import run_design

CELLS: Final = 2
LONG: Final = ("attractor-scaling", "attractor-topologies")
"""Studies a cell of which takes a second or more: of these the first is run."""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    """One process for all studies."""
    with Workers(1, Setting()) as started:
        yield started


@pytest.mark.parametrize("name", names())
def test_a_built_in_study_runs(name: str, workers: Workers) -> None:
    """The first cells of each study run under one seed without an error, and have what the study reports."""
    design = design_of(name, seeds=1)
    few = replace(design, cells=design.cells[: 1 if name in LONG else CELLS])
    study = run_design(few, workers=workers)
    assert study.table.num_rows == len(few.cells)
    assert not any(answer.failed for answer in study.answers)
    assert study.metrics
    assert study.frame()[list(study.metrics)].notna().any(axis=None)
