"""Which cells of two studies belong together, and which of their runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study_view import StudyView

MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class CellPair:
    """A cell of either study, by number, and the words for both."""

    first: int
    second: int
    label: str


@dataclass(frozen=True, slots=True)
class CellPairs:
    """The pairs that are compared, and the labels of cells of either study that have no counterpart."""

    pairs: tuple[CellPair, ...]
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()


def pair_cells(
    first: StudyView, second: StudyView, pairs: Mapping[str, str] | None = None, cells: Sequence[str] = ()
) -> CellPairs:
    """Return which cells are compared.

    `pairs` names them, each by its label or number in either study. Otherwise those belong together that have the same
    values of all factors that vary in either study, or the only cell of each. `cells` chooses some, by their labels or
    numbers in the first study. Raises InputError where none belong together, or a name is of no cell.
    """
    if pairs:
        named = [(_cell(first, one), _cell(second, other)) for one, other in pairs.items()]
        return CellPairs(tuple(_pair(first, second, one, other) for one, other in named))
    ours, theirs = _keys(first, second), _keys(second, first)
    if len(ours) == len(theirs) == 1:
        found = [(next(iter(ours.values())), next(iter(theirs.values())))]
        left: tuple[list[int], list[int]] = [], []
    else:
        found = [(cell, theirs[key]) for key, cell in ours.items() if key in theirs]
        left = (
            [cell for key, cell in ours.items() if key not in theirs],
            [cell for key, cell in theirs.items() if key not in ours],
        )
    if not found:
        raise InputError(
            f"no cell of {first.name} has the labels of one of {second.name}; name those that belong together by "
            f"--pair, such as --pair '{first.label(_numbers(first)[0])}={second.label(_numbers(second)[0])}'"
        )
    if cells:
        wanted = {_cell(first, each) for each in cells}
        found, left = [pair for pair in found if pair[0] in wanted], ([], [])
        if not found:
            raise InputError(f"the cells that were chosen of {first.name} have no counterpart in {second.name}")
    paired = tuple(_pair(first, second, one, other) for one, other in found)
    return CellPairs(paired, tuple(map(first.label, left[0])), tuple(map(second.label, left[1])))


def _pair(first: StudyView, second: StudyView, one: int, other: int) -> CellPair:
    ours, theirs = first.label(one), second.label(other)
    varied = len(_numbers(first)) > 1 or len(_numbers(second)) > 1
    return CellPair(one, other, (ours if ours == theirs else f"{ours} → {theirs}") if varied else "")


def _numbers(study: StudyView) -> list[int]:
    return sorted({int(number) for number in study.frame["cell"].unique()})


def _keys(study: StudyView, other: StudyView) -> dict[tuple[Any, ...], int]:
    """Return the number of each cell by its values of what varies in either study."""
    factors = [*study.varied(), *(factor for factor in other.varied() if factor not in study.varied())]
    rows = study.frame.drop_duplicates("cell").set_index("cell")
    named = {factor: rows[factor] for factor in sorted(factors) if factor in study.factors}
    return {
        tuple((factor, _value(column[number])) for factor, column in named.items()): number
        for number in _numbers(study)
    }


def _value(label: Any) -> str:
    """Return a label as text, the same for 16 and 16.0, which are one column's type or another's."""
    return str(float(label)) if isinstance(label, Real) and not isinstance(label, bool) else str(label)


def _cell(study: StudyView, name: str) -> int:
    numbers = _numbers(study)
    by_label = {study.label(number): number for number in numbers}
    if name in by_label:
        return by_label[name]
    if name.isascii() and name.isdigit() and int(name) in numbers:
        return int(name)
    known = ", ".join(list(by_label)[:MOST_LISTED]) + (", …" if len(by_label) > MOST_LISTED else "")
    raise InputError(f"found the cell {name[:80]!r}; those of {study.name} are {known}")


def matched_runs(first: pd.DataFrame, second: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, bool]:
    """Return the runs of two cells that are compared, and whether they pair by seed, row by row.

    They do where at least half of the runs of the smaller cell have their seed in the other one; runs without a partner
    are then left out.
    """
    unique = first["seed"].is_unique and second["seed"].is_unique
    shared = first["seed"][first["seed"].isin(second["seed"])]
    if not unique or 2 * len(shared) < max(1, min(len(first), len(second))):
        return first, second, False
    ours, theirs = (rows.set_index("seed").loc[shared].reset_index() for rows in (first, second))
    return ours, theirs, True
