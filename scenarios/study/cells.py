"""The cells of a study: every case crossed with all values that are swept, each as a scenario with its labels."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any, Final

import yaml

from scenarios.document import Document, FieldPath, dotted
from scenarios.library import read
from scenarios.overrides import apply_overrides, field_path, parse_override, with_fields
from scenarios.problems import Problem, report
from scenarios.schema import Scenario, scenario_of
from scenarios.study.schema import StudyFile
from sim.units import shown
from topologies.errors import InputError

MOST_CELLS: Final = 10_000
LONGEST_LABEL: Final = 60

Label = int | float | str
Setting = tuple[tuple[str, ...], Any, str]
"""A field that is set: its path, its value, and what messages call where this is said."""


@dataclass(frozen=True)
class Cell:
    """One scenario of a study; `labels` are the words that tell it from the others, by factor."""

    number: int
    labels: dict[str, Label]
    scenario: Scenario
    document: Document

    def refused(self, error: InputError) -> InputError:
        """Return an error of this cell's scenario with its place and the cell in it."""
        placed = report([Problem(error.path, error.message)], self.document) if error.path else error
        return _of_cell(placed, in_words(self.labels))


def cells_of(
    study: StudyFile, document: Document, overrides: Sequence[str] = (), plugins: Collection[str] = ()
) -> list[Cell]:
    """Return the cells of a study in the order of its file, the last factor changing fastest.

    `overrides` are flags such as `topology.nodes=64`, for all cells. Raises InputError where a cell is no right
    scenario, or where there are too many.
    """
    for flag in overrides:
        _refuse_what_the_study_sets(flag, study)
    levels = list(_levels(study, document))
    count = prod(map(len, levels))
    if count > MOST_CELLS:
        raise InputError(f"{document.name}: found {count:,} cells; expected at most {MOST_CELLS:,}: sweep fewer values")
    bases: dict[str, Document] = {}
    cells = []
    for number, combination in enumerate(product(*levels)):
        labels = {factor: level.label for factor, level in zip(study.factors, combination, strict=True)}
        source = next((level.scenario for level in combination if level.scenario is not None), None)
        named, place = (study.scenario or "", ("scenario",)) if source is None else source
        if named not in bases:
            for_all = with_fields(_base(named, document, place), _fields(study.set, document, ("set",)))
            bases[named] = apply_overrides(for_all, overrides)
        try:
            said = with_fields(bases[named], (field for level in combination for field in level.set))
            cells.append(Cell(number, labels, scenario_of(said, plugins), said))
        except InputError as error:
            raise _of_cell(error, in_words(labels)) from None
    return cells


def in_words(labels: Mapping[str, Label]) -> str:
    """Return what tells a cell from the others, for messages: `topology.kind=ring, topology.nodes=64`."""
    return ", ".join(f"{factor}={label}" for factor, label in labels.items())


@dataclass(frozen=True)
class _Level:
    """One value of a factor: its label, the fields it sets, and the scenario that it names, with where it does."""

    label: Label
    set: list[Setting]
    scenario: tuple[str, FieldPath] | None = None


def _levels(study: StudyFile, document: Document) -> Iterator[list[_Level]]:
    if study.cases:
        cases = []
        for name, case in study.cases.items():
            named = None if case.scenario is None else (case.scenario, ("cases", name, "scenario"))
            cases.append(_Level(name, list(_fields(case.set, document, ("cases", name, "set"))), named))
        yield cases
    for path, values in study.sweep.items():
        yield list(_swept(path, values, document))


def _swept(path: str, values: Mapping[str, Any] | Sequence[Any], document: Document) -> Iterator[_Level]:
    """Yield what a factor is swept over, each value with its name, or with itself in words."""
    parts = field_path(path)
    assert parts is not None
    items: Iterable[tuple[str | int, Any]] = values.items() if isinstance(values, Mapping) else enumerate(values)
    labels = list(values) if isinstance(values, Mapping) else _labels(values)
    for index, ((key, value), label) in enumerate(zip(items, labels, strict=True)):
        where: FieldPath = ("sweep", path, key)
        if label in labels[:index]:
            raise report([Problem(where, f"found {shown(value)} a second time; remove one")], document)
        yield _Level(label, [(parts, value, _said(document, where))])


def _fields(values: dict[str, Any], document: Document, where: FieldPath) -> Iterator[Setting]:
    for path, value in values.items():
        parts = field_path(path)
        assert parts is not None
        yield parts, value, _said(document, (*where, path))


def _said(document: Document, where: FieldPath) -> str:
    """Return what messages call a place of the study: `study.yaml:4: sweep['topology.nodes'][1]`."""
    return f"{document.place(where)}: {dotted(where)}"


def _labels(values: Sequence[Any]) -> list[Label]:
    """Return values as tables show them: numbers as they are where all are numbers, all else as a file writes it."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return list(values)
    return [value if isinstance(value, str) else _written(value) for value in values]


def _written(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000).removesuffix("...\n").strip()
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 3]}..."


def _base(named: str, document: Document, place: FieldPath) -> Document:
    """Return what the scenario of a cell says: a built-in's, or a file's beside the study's."""
    looks_like_a_path = "/" in named or named.endswith((".yaml", ".yml"))
    path = document.folder / named if looks_like_a_path and document.folder is not None else named
    try:
        return read(path if isinstance(path, str) else Path(path))
    except InputError as error:
        raise report([Problem(place, error.message)], document) from None


def _refuse_what_the_study_sets(flag: str, study: StudyFile) -> None:
    """Raise InputError where a flag changes what tells the cells apart."""
    path, _ = parse_override(flag)
    told_apart = [*study.sweep, *(path for case in study.cases.values() for path in case.set)]
    for written in told_apart:
        parts = field_path(written) or ()
        shorter = min(len(parts), len(path))
        if parts[:shorter] == path[:shorter]:
            raise InputError(f"--set {flag[:80]}: {written} is what the study compares; change the study's file")


def _of_cell(error: InputError, name: str) -> InputError:
    """Return an error with the cell that it comes from, in each line."""
    if not name:
        return error
    return InputError("\n".join(f"{line} (in the cell {name})" for line in error.message.splitlines()), error.path)
