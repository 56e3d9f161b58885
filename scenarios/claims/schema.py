"""A table of claims: what is claimed of a design, by whom, and which runs would show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scenarios.claims.bound import Claimed
from scenarios.claims.measure import LEAST_SIZES, Compared, Growth, Measure, Value
from scenarios.document import Document, FieldPath
from scenarios.problems import Problem, problems_of, report
from scenarios.schema import FromList, Name
from scenarios.seed import Seed
from scenarios.study.fields import Path, Word
from sim.units import as_written, shown
from topologies.errors import InputError

LONGEST_SETUP: Final = 48
"""Characters of the name of a setup."""

SIDES: Final = ("measured", "against")
"""What a comparison compares."""
_NO_SCENARIO: Final = "missing field 'scenario' (what is run); give one to the claim, or here"

_OPTIONS: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


Times = Annotated[float, Field(gt=0, le=100)]


@dataclass(frozen=True)
class Runs:
    """What runs in a setup: a scenario, and the fields that are changed in it, in their order.

    `places` says for each of the fields where in the claim it is changed, `named` where the scenario is named.
    """

    scenario: str | None
    named: FieldPath
    set: dict[str, Any]
    places: dict[str, FieldPath]


class Side(BaseModel):
    """What runs: a scenario, and fields that are changed in it."""

    model_config = _OPTIONS
    scenario: str | None = Field(
        default=None,
        min_length=1,
        description="built-in scenario, or a file, whose path counts from the table's folder",
    )
    set: dict[Path, Any] = Field(default={}, description="fields that are changed, by dotted path")


class Setup(Side):
    """One condition under which a claim is measured."""

    measured: Side | None = Field(
        default=None, description="of a comparison: changes of what is compared, not of its baseline"
    )
    against: Side | None = Field(default=None, description="of a comparison: changes of the baseline alone")
    sizes: Annotated[tuple[Annotated[int, Field(ge=3)], ...], FromList] = Field(
        default=(), description="of a growth: sizes instead of those of the claim"
    )

    times: Times | None = Field(
        default=None, description="multiple of the usual number of runs, instead of the claim's"
    )


class Claim(Side):
    """What is claimed, what is measured of it, and in which setups."""

    text: str = Field(min_length=1, max_length=1000, description="what is claimed, in words")
    source: str = Field(min_length=1, max_length=1000, description="who claims it, and where")
    measure: Measure = Field(description="the number that is measured")
    claimed: Claimed = Field(description="what is claimed of that number")
    measured: Side | None = Field(default=None, description="of a comparison: what is compared, in all setups")
    against: Side | None = Field(default=None, description="of a comparison: the baseline, in all setups")
    setups: dict[Word, Setup] = Field(min_length=1, description="the conditions, by name")
    turns_on: str = Field(default="", max_length=1000, description="on what the verdict turns, where it depends")
    times: Times = Field(
        default=1.0, description="multiple of the usual number of runs: 20 for a share near 1, 0.1 where runs take long"
    )


def side_of(claim: Claim, name: str, side: str | None = None) -> Runs:
    """Return what runs in the setup of this name, or on one side of it: what is said further inside wins."""
    setup = claim.setups[name]
    inside: FieldPath = ("setups", name)
    levels: list[tuple[FieldPath, Side]] = [((), claim), (inside, setup)]
    if side is not None:
        levels += [((side,), getattr(claim, side) or Side()), ((*inside, side), getattr(setup, side) or Side())]
    scenario, named = next(
        ((block.scenario, (*place, "scenario")) for place, block in reversed(levels) if block.scenario), (None, inside)
    )
    fields: dict[str, Any] = {}
    places: dict[str, FieldPath] = {}
    for place, block in levels:
        for path, value in block.set.items():
            fields.pop(path, None)
            fields[path], places[path] = value, (*place, "set", path)
    return Runs(scenario, named, fields, places)


class ClaimsFile(BaseModel):
    """The claims of one design, by a short name each."""

    model_config = _OPTIONS
    name: Name = Field(description="name of the table: letters, digits, '.', '_' and '-'")
    description: str = Field(default="", max_length=10_000, description="whose claims they are, for people")
    seed: Seed = Field(default=0, description="root of all chance: an integer, or the hash of a commit")
    claims: dict[Name, Claim] = Field(min_length=1, description="the claims, by name")


def claims_file_of(document: Document) -> ClaimsFile:
    """Return the table of claims that a document holds; raises InputError with one line for each mistake."""
    try:
        ClaimsFile.model_validate(as_written(document.data))
        table = ClaimsFile.model_validate(document.data)
    except ValidationError as error:
        raise report(problems_of(error, ClaimsFile, document.data), document) from None
    problems = [problem for name, claim in table.claims.items() for problem in _contradictions(("claims", name), claim)]
    if problems:
        raise report(problems, document)
    return table


def _contradictions(place: FieldPath, claim: Claim) -> Iterator[Problem]:
    """Yield what is wrong between the fields of a claim."""
    try:
        claim.claimed.bounds(claim.measure.unit)
    except InputError as error:
        yield Problem((*place, "claimed", *error.path), error.message)
    yield from _no_mean((*place, "measure", "statistic"), claim.measure)
    for name, setup in claim.setups.items():
        if len(name) > LONGEST_SETUP:
            yield Problem(
                (*place, "setups", name), f"found a name of {len(name)} characters; expected at most {LONGEST_SETUP}"
            )
        yield from _wrong_sides((*place, "setups", name), claim, name)
        yield from _wrong_sizes((*place, "setups", name, "sizes"), claim, setup)
    if isinstance(claim.measure, Growth):
        yield from _disorder((*place, "measure", "sizes"), claim.measure.sizes)
    if not claim.measure.compares:
        yield from _superfluous(place, claim)


def _no_mean(place: FieldPath, measure: Measure) -> Iterator[Problem]:
    """Yield where the mean of times is asked for of which some may never come."""
    if isinstance(measure, Value | Compared | Growth) and measure.statistic == "mean" and measure.may_never_come:
        told = f"found mean of {measure.metric}, which may never come and then has no mean"
        yield Problem(place, f"{told}; take median, or a quantile such as p90")


def _wrong_sides(place: FieldPath, claim: Claim, name: str) -> Iterator[Problem]:
    """Yield where a setup has no scenario, or two sides that are the same."""
    setup = claim.setups[name]
    if not claim.measure.compares:
        yield from _superfluous(place, setup)
        if side_of(claim, name).scenario is None:
            yield Problem((*place, "scenario"), _NO_SCENARIO)
        return
    ours, theirs = (side_of(claim, name, side) for side in SIDES)
    for side in (ours, theirs):
        if side.scenario is None:
            yield Problem((*place, "scenario"), _NO_SCENARIO)
    if (ours.scenario, ours.set) == (theirs.scenario, theirs.set):
        yield Problem((*place, "against"), "found nothing that tells the baseline from what is measured; change it")


def _superfluous(place: FieldPath, block: Setup | Claim) -> Iterator[Problem]:
    for name in SIDES:
        if name in block.model_fields_set:
            yield Problem((*place, name), f"found {name}, which only a ratio and a difference have; remove it")


def _wrong_sizes(place: FieldPath, claim: Claim, setup: Setup) -> Iterator[Problem]:
    if not isinstance(claim.measure, Growth):
        if setup.sizes:
            yield Problem(place, "found sizes, which only a growth has; remove them")
    elif setup.sizes:
        yield from _disorder(place, setup.sizes)


def _disorder(place: FieldPath, sizes: tuple[int, ...]) -> Iterator[Problem]:
    if list(sizes) != sorted(set(sizes)) or len(sizes) < LEAST_SIZES:
        yield Problem(place, f"found {shown(list(sizes))}; expected at least {LEAST_SIZES} sizes, ascending, each once")
