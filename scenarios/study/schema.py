"""A study file: which scenarios are compared, how often each is run, and what is reported of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from scenarios.document import Document, FieldPath
from scenarios.execution.row import ABOUT_THE_RUN
from scenarios.names import did_you_mean
from scenarios.overrides import field_path
from scenarios.problems import Problem, problems_of, report
from scenarios.schema import FromList, Name
from scenarios.seed import Seed
from scenarios.study import conditions, sampled_design, stop
from scenarios.study.fields import MOST_SEEDS, OPTIONS, MetricName, Path, Word
from scenarios.study.sampled_design import SampledDesign
from scenarios.study.series import Series
from scenarios.study.stop import Stop
from sim.units import as_written, shown

CASE: Final = "case"
"""What the cases of a study are called in tables, unless `labels` has another word."""


class Case(BaseModel):
    """One of the things that a study compares: another scenario, or the same with fields changed."""

    model_config = OPTIONS
    scenario: str | None = Field(default=None, min_length=1, description="its scenario; that of the study by default")
    set: dict[Path, Any] = Field(default={}, description="fields that it changes, by dotted path")


class StudyFile(BaseModel):
    """A study, complete but for its scenarios: its cells are all cases crossed with all values that are swept."""

    model_config = OPTIONS
    name: Name = Field(description="name of the study: letters, digits, '.', '_' and '-'")
    description: str = Field(default="", max_length=10_000, description="what it asks, for people")
    scenario: str | None = Field(
        default=None, min_length=1, description="built-in scenario, or a file, whose path counts from this one's folder"
    )
    seed: Seed = Field(default=0, description="root of all chance: an integer, or the hash of a commit")
    set: dict[Path, Any] = Field(default={}, description="fields that every cell changes, by dotted path")
    cases: dict[Word, Case] = Field(default={}, description="what is compared, by name")
    sweep: dict[Path, Annotated[tuple[Any, ...], FromList, Field(min_length=1)] | dict[Word, Any]] = Field(
        default={}, description="for each dotted path its values: a list, or a mapping that gives each value a name"
    )
    design: SampledDesign | None = Field(
        default=None, description="points of a space of factors, crossed with cases and with what is swept"
    )
    leave_out: Annotated[tuple[dict[str, Any], ...], FromList] = Field(
        default=(), description="conditions on factors; a cell that meets all of one of them is left out"
    )
    labels: dict[str, Word] = Field(
        default={}, description="words for tables and plots: for a path that is swept or sampled, and for case"
    )
    seeds: int = Field(default=100, ge=1, le=MOST_SEEDS, description="how many seeds each cell is run under")
    stop: Stop | None = Field(
        default=None, description="instead of seeds: run each cell until an interval is narrow enough"
    )
    series: Series | None = Field(default=None, description="time series of each run to keep, for curves")
    chance: Literal["common", "independent"] = Field(
        default="common", description="whether the n-th run of every cell has the same seed, or each its own"
    )
    metrics: Annotated[tuple[MetricName, ...], FromList] = Field(
        default=(), description="what is reported: metrics by name, and NAME.KEY of one that is a mapping"
    )

    @property
    def names(self) -> dict[str, str]:
        """What tells cells apart, each with the word of tables: the cases, then what is swept, then what is sampled."""
        units = {} if self.design is None else self.design.units
        names = [*([CASE] if self.cases else []), *self.sweep, *(self.design.factors if self.design else ())]
        return {name: _with_unit(self.labels.get(name, name), units.get(name)) for name in names}

    @property
    def factors(self) -> tuple[str, ...]:
        """What tells cells apart, in the words of tables."""
        return tuple(self.names.values())

    def plain(self) -> dict[str, Any]:
        """Return it as plain data, from which it can be read again."""
        return self.model_dump(mode="json", exclude=set() if self.stop is None else {"seeds"})

    def how_often(self) -> dict[str, Any]:
        """Return under how many seeds each cell is run, or until when, as plain data."""
        return {"seeds": self.seeds} if self.stop is None else {"stop": self.stop.model_dump(mode="json")}

    @property
    def most_seeds(self) -> int:
        """Under how many seeds a cell is run at most."""
        return self.seeds if self.stop is None else self.stop.at_most


def _with_unit(word: str, unit: str | None) -> str:
    return word if unit is None or word.endswith(f"({unit})") else f"{word} ({unit})"


def study_file_of(document: Document) -> StudyFile:
    """Return the study that a document holds; raises InputError with one line for each mistake."""
    try:
        StudyFile.model_validate(as_written(document.data))
        study = StudyFile.model_validate(document.data)  # values that are swept are as the file has them
    except ValidationError as error:
        raise report(problems_of(error, StudyFile, document.data), document) from None
    problems = list(_contradictions(study))
    if study.stop is not None and "seeds" in document.data:
        problems.append(Problem(("seeds",), "found seeds beside stop, which says how many there are; leave one out"))
    if problems:
        raise report(problems, document)
    return study


def _contradictions(study: StudyFile) -> Iterator[Problem]:
    """Yield what is wrong between fields."""
    bare = [("cases", name) for name, case in study.cases.items() if case.scenario is None]
    if study.scenario is None and (bare or not study.cases):
        where = bare[0] if bare else ()
        yield Problem(
            (*where, "scenario"), "missing field 'scenario' (what is run); give one to the study, or each case"
        )
    if study.design is not None:
        wrong = list(sampled_design.mistakes_of(study.design))
        yield from wrong
        if wrong:
            return
    names = study.names
    for name in study.labels:
        if name not in names:
            near = did_you_mean(name, names) or f"; expected {CASE} or a path that is swept or sampled"
            yield Problem(("labels", name), f"found {shown(name)}, which is not swept{near}")
    from analysis.metrics import METRICS

    fixed = {**dict.fromkeys(METRICS, "a metric"), **dict.fromkeys(RESERVED, "a column of each study")}
    taken: dict[str, str] = {}
    for name, factor in names.items():
        other = taken.get(factor) or fixed.get(factor.lower())  # questions in SQL know no capitals
        if other is not None:
            remedy = "give it another word under labels"
            yield Problem(("labels", name), f"found {shown(factor)}, which is the name of {other}; {remedy}")
        taken[factor] = name
    yield from conditions.mistakes_of(study.leave_out, names)
    yield from _broken_matrices(study)
    if study.stop is not None:
        yield from stop.mistakes_of(study.stop)
    yield from _overlaps(study)
    yield from _seeds(study)
    for path, values in study.sweep.items():
        if not values:
            yield Problem(("sweep", path), "found no values; give at least one")
    for index, metric in enumerate(study.metrics):
        if metric in study.metrics[:index]:
            yield Problem(("metrics", index), f"found {shown(metric)} a second time; remove one")


def _broken_matrices(study: StudyFile) -> Iterator[Problem]:
    """Yield conditions that leave out single points of matrices which are of use as a whole only."""
    if study.design is None or study.design.kind != "sobol-indices":
        return
    sampled = {*study.design.factors, *(study.names[path] for path in study.design.factors)}
    for index, condition in enumerate(study.leave_out):
        for factor in sampled & condition.keys():
            wanted = "Sobol' indices need all points; give the factor another span, or take another kind of design"
            yield Problem(("leave_out", index, factor), f"found {shown(factor)}, which is sampled; {wanted}")


def _seeds(study: StudyFile) -> Iterator[Problem]:
    """Yield where a study sets the seed of its scenarios, which runs do not take."""
    cases = [(("cases", name, "set"), case.set) for name, case in study.cases.items()]
    places = [(("set",), study.set), *_varied(study), *cases]
    for place, fields in places:
        if "seed" in fields:
            yield Problem((*place, "seed"), "found seed; the study itself gives each run its seed, from its own `seed`")


def _varied(study: StudyFile) -> list[tuple[FieldPath, Mapping[str, Any]]]:
    """Return what is swept and what is sampled, each with where that is said."""
    sampled = [] if study.design is None else [(("design", "factors"), study.design.factors)]
    return [(("sweep",), study.sweep), *sampled]


def _overlaps(study: StudyFile) -> Iterator[Problem]:
    """Yield fields that are set twice on the way to a cell, so that one of the two would be lost."""
    varied = [(path, place, field_path(path) or ()) for place, paths in _varied(study) for path in paths]
    for index, (path, place, parts) in enumerate(varied):
        for position, (other, _, others) in enumerate(varied):
            if index != position and parts[: len(others)] == others and (parts != others or index > position):
                yield Problem((*place, path), f"found {path} and {other}, of which one is in the other; use cases")
    for name, case in study.cases.items():
        for path in case.set:
            parts = field_path(path) or ()
            for other, _, others in varied:
                if others == parts[: len(others)]:
                    yield Problem(("cases", name, "set", path), f"found {path}, but {other} is swept; leave one out")


RESERVED: Final = ("cell", "replicate", "number", *ABOUT_THE_RUN[1:], "command", "point", "matrix", "study", "scenario")
"""Columns of studies and of their tables in SQL, which no factor may be called."""
