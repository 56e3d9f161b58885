"""What a report is told of a run or a study, by those who know how to open it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.run_folder import RunFolder
    from analysis.study_view import StudyView
    from topologies.topology import Topology


@dataclass(frozen=True)
class FaultFacts:
    """One fault: what it is called, its kind, what breaks and when in words, and in a run what it came to."""

    id: str
    kind: str
    words: str
    came_to: str = ""


@dataclass(frozen=True)
class ScenarioFacts:
    """A scenario: as plain data with all defaults, as the text of a file, its faults, and its topology if known."""

    plain: Mapping[str, Any]
    text: str
    faults: Sequence[FaultFacts] = ()
    topology: Topology | None = None


@dataclass(frozen=True)
class RunFacts:
    """A run on disk, what it came to as plain data, and its scenario."""

    run: RunFolder
    summary: Mapping[str, Any]
    scenario: ScenarioFacts


@dataclass(frozen=True)
class StudyFacts:
    """A study: its view, the scenarios and answers of its cells, and how it was made.

    `answers` are the cells of the study's summary, as plain data; `seed` is the root of all chance, of `seeds` runs in
    each cell; `common` says whether the runs of cells share it; `stop`, the rule by which cells stop, in place of
    `seeds`; `design`, of a sampled one its `kind`, its `points`, and its `factors`, each with what it is drawn from in
    words; `file` is the study's file as text, and `again` the command that makes it again; `versions` are those of
    Murmur and of what decides results.
    """

    view: StudyView
    cells: Sequence[ScenarioFacts]
    answers: Sequence[Mapping[str, Any]]
    seed: int
    seeds: int
    common: bool
    stop: Mapping[str, Any] | None
    design: Mapping[str, Any] | None
    file: str
    again: str
    versions: Mapping[str, str]

    def label(self, cell: int) -> str:
        """Return the words that tell a cell from the others; drawn numbers with the names of their factors."""
        if self.design is None:
            return self.view.label(cell)
        labels = self.answers[cell]["labels"]
        return ", ".join(_factor_words(factor, labels[factor]) for factor in self.view.varied())


def _factor_words(factor: str, value: Any) -> str:
    """Return a factor with its value, the unit of its name behind it: `loss 2.5 %` of `loss (%)`."""
    name, _, unit = factor.removesuffix(")").partition(" (") if factor.endswith(")") else (factor, "", "")
    told = f"{value:.12g}" if isinstance(value, float) else str(value)
    return f"{name} {told}\u00a0{unit}" if unit else f"{name} {told}"
