"""A study file: which scenarios are compared, how often each is run, and what is reported of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from scenarios.document import Document
from scenarios.names import did_you_mean
from scenarios.overrides import field_path
from scenarios.problems import Problem, problems_of, report
from scenarios.schema import FromList, Name
from scenarios.seed import Seed
from sim.units import as_written, shown
from topologies.errors import InputError

MOST_SEEDS: Final = 65_536
CASE: Final = "case"
"""What the cases of a study are called in tables, unless `labels` has another word."""

_OPTIONS: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


def _a_path(text: str) -> str:
    if field_path(text) is None:
        raise InputError(f"found {shown(text)}; expected the dotted path of a field, such as topology.nodes")
    return text


def _a_metric(text: str) -> str:
    from analysis.metrics import known_metric

    known_metric(text)
    return text


def _a_word(text: str) -> str:
    if not text.strip() or len(text) > 60 or "\n" in text:
        raise InputError(f"found {shown(text)}; expected a name on one line, of 1 to 60 characters")
    return text


Path = Annotated[str, AfterValidator(_a_path), WithJsonSchema({"type": "string", "examples": ["topology.nodes"]})]
Word = Annotated[str, AfterValidator(_a_word), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 60})]
MetricName = Annotated[str, AfterValidator(_a_metric), WithJsonSchema({"type": "string", "examples": ["converged_at"]})]


class Case(BaseModel):
    """One of the things that a study compares: another scenario, or the same with fields changed."""

    model_config = _OPTIONS
    scenario: str | None = Field(default=None, min_length=1, description="its scenario; that of the study by default")
    set: dict[Path, Any] = Field(default={}, description="fields that it changes, by dotted path")


class StudyFile(BaseModel):
    """A study, complete but for its scenarios: its cells are all cases crossed with all values that are swept."""

    model_config = _OPTIONS
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
    labels: dict[str, Word] = Field(
        default={}, description="words for tables and plots: for a path that is swept, and for case"
    )
    seeds: int = Field(default=100, ge=1, le=MOST_SEEDS, description="how many seeds each cell is run under")
    chance: Literal["common", "independent"] = Field(
        default="common", description="whether the n-th run of every cell has the same seed, or each its own"
    )
    metrics: Annotated[tuple[MetricName, ...], FromList] = Field(
        default=(), description="what is reported: metrics by name, and NAME.KEY of one that is a mapping"
    )

    @property
    def factors(self) -> tuple[str, ...]:
        """What tells cells apart, in the words of tables: the cases first, then what is swept."""
        return tuple(self.labels.get(name, name) for name in _names(self))


def _names(study: StudyFile) -> list[str]:
    return [*([CASE] if study.cases else []), *study.sweep]


def study_file_of(document: Document) -> StudyFile:
    """Return the study that a document holds; raises InputError with one line for each mistake."""
    try:
        StudyFile.model_validate(as_written(document.data))
        study = StudyFile.model_validate(document.data)  # values that are swept are as the file has them
    except ValidationError as error:
        raise report(problems_of(error, StudyFile, document.data), document) from None
    problems = list(_contradictions(study))
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
    names = _names(study)
    for name in study.labels:
        if name not in names:
            near = did_you_mean(name, names) or f"; expected {CASE} or a path that is swept"
            yield Problem(("labels", name), f"found {shown(name)}, which is not swept{near}")
    taken: dict[str, str] = dict.fromkeys(RESERVED, "a column of each study")
    for name, factor in zip(names, study.factors, strict=True):
        if factor in taken:
            remedy = "give it another word under labels"
            yield Problem(("labels", name), f"found {shown(factor)}, which is the name of {taken[factor]}; {remedy}")
        taken[factor] = name
    yield from _overlaps(study)
    yield from _seeds(study)
    for path, values in study.sweep.items():
        if not values:
            yield Problem(("sweep", path), "found no values; give at least one")
    for index, metric in enumerate(study.metrics):
        if metric in study.metrics[:index]:
            yield Problem(("metrics", index), f"found {shown(metric)} a second time; remove one")


def _seeds(study: StudyFile) -> Iterator[Problem]:
    """Yield where a study sets the seed of its scenarios, which runs do not take."""
    places = [("set", study.set), ("sweep", study.sweep), *((name, case.set) for name, case in study.cases.items())]
    for place, fields in places:
        if "seed" in fields:
            inside = ("cases", place, "set") if place in study.cases else (place,)
            yield Problem(
                (*inside, "seed"), "found seed; the study itself gives each run its seed, from its own `seed`"
            )


def _overlaps(study: StudyFile) -> Iterator[Problem]:
    """Yield fields that are set twice on the way to a cell, so that one of the two would be lost."""
    swept = {path: field_path(path) or () for path in study.sweep}
    for path, parts in swept.items():
        for other, others in swept.items():
            if path != other and parts[: len(others)] == others:
                yield Problem(("sweep", path), f"found {path} and {other}, of which one is in the other; use cases")
    for name, case in study.cases.items():
        for path in case.set:
            parts = field_path(path) or ()
            for other, others in swept.items():
                if others == parts[: len(others)]:
                    yield Problem(("cases", name, "set", path), f"found {path}, but {other} is swept; leave one out")


RESERVED: Final = ("cell", "replicate", "number", "seed", "digest", "ended_ns", "ended_by", "faults", "error")
"""Columns of every study, which no factor may be called."""
