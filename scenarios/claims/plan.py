"""Which runs show claims: a study for all claims that have the same setups, and the cells of it that each one reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from analysis.canonical import canonical_json
from scenarios.claims.library import read
from scenarios.claims.measure import Growth, Holds
from scenarios.claims.schema import SIDES, Claim, ClaimsFile, Runs, claims_file_of, side_of
from scenarios.document import Document, FieldPath
from scenarios.names import unknown_name
from scenarios.seed import parse_seed
from scenarios.study.design import Design, design_of
from scenarios.study.fields import MOST_SEEDS
from topologies.errors import InputError

USUAL_RUNS: Final = 200
"""Runs of each setup, unless another number is asked for."""

Role = str | int
"""What a cell is in a setup: one side of a comparison, a size, or the setup itself."""
ITSELF: Final = ""


@dataclass(frozen=True)
class Shown:
    """Where a setup of a claim is shown: in a study, in the cells of these numbers, by their roles."""

    study: str
    cells: Mapping[Role, int]


@dataclass(frozen=True)
class Planned:
    """A claim with where each of its setups is shown."""

    name: str
    claim: Claim
    setups: Mapping[str, Shown]


@dataclass(frozen=True)
class Plan:
    """What is measured of a table: its claims, and the studies to run, by the claim that each is named for."""

    table: ClaimsFile
    usual_runs: int
    claims: tuple[Planned, ...]
    designs: Mapping[str, Design]

    @property
    def runs(self) -> int:
        """How many runs there are in all."""
        return sum(design.runs for design in self.designs.values())


@dataclass
class _Cells:
    """The different cells that a claim needs, each with a label and with what runs there, so many times the usual."""

    times: float
    runs: dict[str, Runs] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def add(self, label: str, runs: Runs) -> str:
        """Add a cell in which this runs, unless it is there already, and return what spells it."""
        spelled = canonical_json([runs.scenario, list(runs.set.items())])
        if spelled not in self.numbers:
            while label in self.runs:
                label += "'"
            self.numbers[spelled] = len(self.runs)
            self.runs[label] = runs
        return spelled

    def have(self, others: _Cells) -> bool:
        """Whether all cells of others are here, as often run."""
        return self.times == others.times and others.numbers.keys() <= self.numbers.keys()


def plan_of(
    table: Document | Mapping[str, Any] | str | Path,
    *,
    runs: int = USUAL_RUNS,
    only: Collection[str] = (),
    seed: int | str | None = None,
    plugins: Collection[str] = (),
) -> Plan:
    """Return what is run to measure a table of claims: a built-in's name, a file, plain data, or what a file said.

    Parameters as for `claims`. Raises InputError with one line for each mistake.
    """
    if isinstance(runs, bool) or not isinstance(runs, int) or not 1 <= runs <= MOST_SEEDS:
        raise InputError(f"runs: found {runs!r}; expected an integer from 1 to {MOST_SEEDS:,}")
    document = _document(table)
    file = claims_file_of(document)
    if seed is not None:
        file = file.model_copy(update={"seed": parse_seed(seed)})
    for name in only:
        if name not in file.claims:
            raise InputError(f"--only: {unknown_name(name, file.claims)}")
    claims, shared = _assigned(file)
    wanted = [each for each in claims if not only or each.name in only]
    studies = dict.fromkeys(shown.study for each in wanted for shown in each.setups.values())
    designs = {name: _design(name, claims, shared[name], file, document, runs, plugins) for name in studies}
    return Plan(file, runs, tuple(wanted), designs)


def _document(table: Document | Mapping[str, Any] | str | Path) -> Document:
    if isinstance(table, Document):
        return table
    return read(table) if isinstance(table, str | Path) else Document("claims", dict(table))


def _assigned(file: ClaimsFile) -> tuple[list[Planned], dict[str, _Cells]]:
    """Return all claims of a table with their studies; one whose cells an earlier claim has takes that one's study."""
    shared: dict[str, _Cells] = {}
    claims = []
    for name, claim in file.claims.items():
        parts: dict[float, _Cells] = {}
        places = {}
        for setup, each in claim.setups.items():
            times = each.times or claim.times
            places[setup] = times, _places(claim, setup, parts.setdefault(times, _Cells(times)))
        studies = {}
        for times, cells in parts.items():
            own = name if len(parts) == 1 else f"{name}-x{times:g}"
            while own in shared:  # where a claim is called like a part of another one
                own += "-"
            studies[times] = next((study for study, of in shared.items() if of.have(cells)), own)
            shared.setdefault(studies[times], cells)
        setups = {}
        for setup, (times, spelled) in places.items():
            numbers = shared[studies[times]].numbers
            setups[setup] = Shown(studies[times], {role: numbers[text] for role, text in spelled.items()})
        claims.append(Planned(name, claim, setups))
    return claims, shared


def _places(claim: Claim, setup: str, cells: _Cells) -> dict[Role, str]:
    """Add the cells of one setup, and return what spells each of them, by their roles."""
    if isinstance(claim.measure, Growth):
        sizes = claim.setups[setup].sizes or claim.measure.sizes
        grown = {size: _grown(side_of(claim, setup), claim.measure.over, size) for size in sizes}
        return {size: cells.add(f"{setup} @ {size}", runs) for size, runs in grown.items()}
    if claim.measure.compares:
        labels = {SIDES[0]: setup, SIDES[1]: f"{SIDES[1]}: {setup}"}
        return {side: cells.add(labels[side], side_of(claim, setup, side)) for side in SIDES}
    return {ITSELF: cells.add(setup, side_of(claim, setup))}


def _grown(runs: Runs, path: str, size: int) -> Runs:
    fields = {name: value for name, value in runs.set.items() if name != path}
    places = {**runs.places, path: ("measure", "over")}
    return Runs(runs.scenario, runs.named, {**fields, path: size}, places)


def _design(
    name: str,
    claims: Sequence[Planned],
    cells: _Cells,
    file: ClaimsFile,
    document: Document,
    runs: int,
    plugins: Collection[str],
) -> Design:
    """Return the study of these cells, which reports what any claim of the table reads in them."""
    here = [each for each in claims if any(shown.study == name for shown in each.setups.values())]
    metrics = dict.fromkeys(each.claim.measure.metric for each in here if not isinstance(each.claim.measure, Holds))
    data = {
        "name": name,
        "description": here[0].claim.text,
        "seed": file.seed,
        "cases": {label: {"scenario": each.scenario, "set": each.set} for label, each in cells.runs.items()},
        "labels": {"case": "setup"},
        "seeds": min(MOST_SEEDS, max(1, round(runs * cells.times))),
        "metrics": list(metrics),
    }
    lines = dict(_lines(here[0].name, cells, document))
    try:
        design = design_of(Document(document.name, data, lines, folder=document.folder), plugins=plugins)
        return replace(design, setting=replace(design.setting, censors=False))  # such a run counts nowhere
    except InputError as error:
        told = "\n".join(f"{line} (in the claim {here[0].name})" for line in error.message.splitlines())
        raise InputError(told, error.path) from None


def _lines(name: str, cells: _Cells, document: Document) -> Iterator[tuple[FieldPath, tuple[int, int]]]:
    """Yield where in the table each field of a study was said."""
    for label, runs in cells.runs.items():
        said = {("set", path): place for path, place in runs.places.items()} | {("scenario",): runs.named}
        for inside, place in said.items():
            line = document.lines.get(("claims", name, *place))
            if line is not None:
                yield ("cases", label, *inside), line
