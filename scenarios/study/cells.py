"""The cells of a study: every case crossed with all values that are swept, and with the points of its design."""

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
from scenarios.study.conditions import Conditions, Told, refuse_nothing_left
from scenarios.study.points import Point, points_of, values_at
from scenarios.study.sampled_design import Range, SampledDesign
from scenarios.study.schema import CASE, StudyFile
from sim.units import shown
from topologies.errors import InputError

MOST_CELLS: Final = 10_000
LONGEST_LABEL: Final = 60

Label = int | float | str
Setting = tuple[tuple[str, ...], Any, str]
"""A field that is set: its path, its value, and what messages call where this is said."""


@dataclass(frozen=True)
class Cell:
    """One scenario of a study; `labels` are the words that tell it from the others, by factor.

    `point` is that of a sampled design which it is of, where the study has one. `base` is how the study names its
    scenario, and what that says by itself, where it is a file of one's own.
    """

    number: int
    labels: dict[str, Label]
    scenario: Scenario
    document: Document
    point: Point | None = None
    base: tuple[str, Document] | None = None

    def plain(self) -> dict[str, Any]:
        """Return what tells it from the others as plain data: its labels, and its point, if it has one."""
        point = {} if self.point is None else {"point": self.point.number, "matrix": self.point.matrix}
        return {"labels": self.labels, **{name: value for name, value in point.items() if value != ""}}

    def refused(self, error: InputError) -> InputError:
        """Return an error of this cell's scenario with its place and the cell in it."""
        placed = report([Problem(error.path, error.message)], self.document) if error.path else error
        return _of_cell(placed, in_words(self.labels))


def cells_of(
    study: StudyFile,
    document: Document,
    overrides: Sequence[str] = (),
    plugins: Collection[str] = (),
    root: int | None = None,
) -> list[Cell]:
    """Return the cells of a study in the order of its file, the last factor changing fastest.

    `overrides` are flags such as `topology.nodes=64`, for all cells; `root`, the seed that draws a design, is that of
    the file unless given. Raises InputError where a cell is no right scenario, or where there are too many.
    """
    for flag in overrides:
        _refuse_what_the_study_sets(flag, study)
    bases: dict[str, Document] = {}
    files: dict[str, tuple[str, Document]] = {}
    cells: list[Cell] = []
    for combination in _combinations(study, document, study.seed if root is None else root):
        names = {name: told.label for level in combination for name, told in level.told.items()}
        labels = {word: names[name] for name, word in study.names.items()}
        source = next((level.scenario for level in combination if level.scenario is not None), None)
        named, place = (study.scenario or "", ("scenario",)) if source is None else source
        if named not in bases:
            base = _base(named, document, place)
            if base.folder is not None:
                files[named] = (named, base)
            for_all = with_fields(base, _fields(study.set, document, ("set",)))
            bases[named] = apply_overrides(for_all, overrides)
        try:
            said = with_fields(bases[named], (field for level in combination for field in level.set))
            point = next((level.point for level in combination if level.point is not None), None)
            cells.append(Cell(len(cells), labels, scenario_of(said, plugins), said, point, files.get(named)))
        except InputError as error:
            raise _of_cell(_with_remedy(error), in_words(labels)) from None
    return cells


def in_words(labels: Mapping[str, Label]) -> str:
    """Return what tells a cell from the others, for messages: `topology.kind=ring, topology.nodes=64`."""
    return ", ".join(f"{factor}={label}" for factor, label in labels.items())


@dataclass(frozen=True)
class _Level:
    """One of the values that are crossed: what it says of its factors, the fields it sets, the scenario it names."""

    told: dict[str, Told]
    set: list[Setting]
    scenario: tuple[str, FieldPath] | None = None
    point: Point | None = None


def _combinations(study: StudyFile, document: Document, root: int) -> list[tuple[_Level, ...]]:
    """Return what the cells are made of, without those that are left out."""
    levels = list(_levels(study, document, root))
    count = prod(map(len, levels))
    if count > MOST_CELLS:
        remedy = "sweep fewer values" if study.design is None else "sweep fewer values, or take fewer points"
        raise InputError(f"{document.name}: found {count:,} cells; expected at most {MOST_CELLS:,}: {remedy}")
    conditions = Conditions(study.leave_out, study.names, document)
    kept = [
        combination
        for combination in product(*levels)
        if not conditions.leave_out({name: told for level in combination for name, told in level.told.items()})
    ]
    conditions.refuse_idle_ones()
    refuse_nothing_left(len(kept), document)
    return kept


def _levels(study: StudyFile, document: Document, root: int) -> Iterator[list[_Level]]:
    if study.cases:
        cases = []
        for name, case in study.cases.items():
            named = None if case.scenario is None else (case.scenario, ("cases", name, "scenario"))
            fields = list(_fields(case.set, document, ("cases", name, "set")))
            cases.append(_Level({CASE: Told(name, name)}, fields, named))
        yield cases
    for path, values in study.sweep.items():
        yield list(_swept(path, values, document))
    if study.design is not None:
        yield list(_sampled(study.design, document, root))


def _sampled(design: SampledDesign, document: Document, root: int) -> Iterator[_Level]:
    """Yield the points of a design, those of all its factors together."""
    labels = {
        path: list(zip(values, _labels(values), strict=True))
        for path, values in design.factors.items()
        if not isinstance(values, Range)
    }
    for point in points_of(design, root):
        told, fields = {}, []
        for path, number, value in values_at(point, design):
            label = next(label for each, label in labels[path] if each is value) if number is None else number
            told[path] = Told(value, label)
            place = _said(document, ("design", "factors", path))
            fields.append((field_path(path) or (), value, f"{place}, point {point.matrix}{point.number}"))
        yield _Level(told, fields, point=point)


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
        yield _Level({path: Told(value, label)}, [(parts, value, _said(document, where))])


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
    if path == ("seed",):
        raise InputError(f"--set {flag[:80]}: the study itself gives each run its seed, from its own: use --seed")
    sampled = [] if study.design is None else list(study.design.factors)
    told_apart = [*study.sweep, *sampled, *(path for case in study.cases.values() for path in case.set)]
    for written in told_apart:
        parts = field_path(written) or ()
        shorter = min(len(parts), len(path))
        if parts[:shorter] == path[:shorter]:
            raise InputError(f"--set {flag[:80]}: {written} is what the study compares; change the study's file")


def _with_remedy(error: InputError) -> InputError:
    """Return an error that says how a design draws integers, where one is expected and it drew something else."""
    remedy = "; give the factor `integer: true`"
    lines = error.message.splitlines()
    told = [
        f"{line}{remedy}" if "design.factors[" in line and "expected an integer" in line else line for line in lines
    ]
    return InputError("\n".join(told), error.path)


def _of_cell(error: InputError, name: str) -> InputError:
    """Return an error with the cell that it comes from, in each line."""
    if not name:
        return error
    return InputError("\n".join(f"{line} (in the cell {name})" for line in error.message.splitlines()), error.path)
