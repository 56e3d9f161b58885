"""Runs the cells of a study until the rule for stopping is met in each, or its cap is reached.

Whether a cell stops at a look depends on its first runs alone, as many as the look says: not on the other cells, nor on
what was finished when. So a study comes to the same whatever the number of workers, kills and resumes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.repeated_looks import relative_half_width
from scenarios.execution.parts import merged, part_file, part_of, read_part
from scenarios.study.answer import estimate_to_stop_by
from scenarios.study.design import STRIDE, Design, Tasks
from scenarios.study.result import Study
from scenarios.study.stored import Stored

if TYPE_CHECKING:
    import pyarrow as pa


Look = Callable[[int, int, float], None]
"""Is told of each look: the cell, its runs, and the relative half-width of its interval."""


def run_until_narrow(
    design: Design, parts: Path, carry_out: Callable[[Tasks], None], on_look: Look | None = None
) -> tuple[int, ...]:
    """Run a study that has a rule for stopping, and return how many runs each cell took.

    `carry_out` runs tasks that are not done, and leaves their rows in the folder `parts`.
    """
    stop = design.file.stop
    assert stop is not None
    runs = [0] * len(design.cells)
    open_cells = list(design.cells)
    for before, look in zip((0, *stop.looks), stop.looks, strict=False):
        carry_out(Tasks(design, tuple(open_cells), before, look))
        wide = []
        for cell in open_cells:
            runs[cell.number] = look
            width = _half_width(design, rows_of_cell(parts, cell.number, look))
            if on_look is not None:
                on_look(cell.number, look, width)
            if width > stop.half_width:
                wide.append(cell)
        open_cells = wide
        if not open_cells:
            break
    return tuple(runs)


def rows_of_cell(parts: Path, cell: int, runs: int) -> pa.Table:
    """Return the first runs of a cell, from the parts that hold them alone."""
    import pyarrow.compute as pc

    first = cell * STRIDE
    files = [part_file(parts, part) for part in range(part_of(first), part_of(first + runs - 1) + 1)]
    table = merged(table for file in files if (table := read_part(file)) is not None)
    return table.filter(pc.less(table["number"], first + runs))


def _half_width(design: Design, table: pa.Table) -> float:
    """Return the relative half-width of the interval that decides, by the runs of a cell."""
    stop = design.file.stop
    assert stop is not None
    assert table.num_rows, "a look comes after its runs"
    frame = Study(design.file.model_copy(update={"metrics": (stop.metric,)}), (), Stored(table)).frame()
    whole = frame[frame["error"].isna()]
    return relative_half_width(estimate_to_stop_by(whole[stop.metric], stop))
