"""What a hunt came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scenarios.execution.parts import rows_in
from scenarios.hunting.extremes import Extreme, at_the_ends, extremes_in
from scenarios.hunting.finding import ERROR, Finding, findings_in
from scenarios.hunting.rate import Rate, rate_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from scenarios.execution.row import Row
    from scenarios.schema import Scenario


MOST_TOLD: Final = 4
"""Findings that the line about a hunt names."""
IN_MEMORY: Final = "not kept on disk"


@dataclass(frozen=True)
class Hunt:
    """What many runs of a scenario came to.

    `scenario` has the root seed, of which the seeds of the runs are derived; `table` has a row for each run, by number,
    with the columns that `scenarios.execution.row` describes. `keep` is how many runs are shown and kept of each sort;
    `folder` is where the hunt is on disk, if it is; `kept` maps the numbers of runs to their run folders. `plans` has
    the scenarios of runs whose plan of faults was changed by a guided hunt, of those that were found or are at an
    extreme; `files` maps numbers to scenario files, of such runs and of those that ended in an error. `timing` tells of
    the machine, all else is the same for equal hunts.
    """

    scenario: Scenario
    table: pa.Table = field(repr=False)
    keep: int
    folder: Path | None = None
    kept: Mapping[int, Path] = field(default_factory=dict, repr=False)
    timing: Mapping[str, float] = field(default_factory=dict)
    plans: Mapping[int, Scenario] = field(default_factory=dict, repr=False)
    files: Mapping[int, Path] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        """What it came to in a line, for people; `summary` has all of it."""
        told = [f"{each.check} in {each.rate.found:,}" for each in self.findings[:MOST_TOLD]]
        if len(self.findings) > MOST_TOLD:
            told.append(f"{len(self.findings) - MOST_TOLD} more kinds")
        size = f"{self.runs:,} run{'' if self.runs == 1 else 's'}"
        found = f"found {', '.join(told)}; first with seed {self._first_seed}" if told else "nothing found"
        return f"<Hunt {self.scenario.name}: seed {self.scenario.seed}, {size}; {found}; {self.folder or IN_MEMORY}>"

    @property
    def _first_seed(self) -> int:
        return min((each.numbers[0], each.seeds[0]) for each in self.findings)[1]

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return int(self.table.num_rows)

    @cached_property
    def rows(self) -> list[Row]:
        """What each run came to, by number, as plain data; a hundred times the memory of the table."""
        return list(rows_in(self.table))

    def row_of(self, number: int) -> Row:
        """Return what one run came to."""
        return next(rows_in(self.table.slice(number, 1)))

    def scenario_of(self, number: int) -> Scenario:
        """Return the scenario of a run with its seed, by the number of the run."""
        seeded = self.scenario.model_copy(update={"seed": self.row_of(number)["seed"]})
        return self.plans.get(number, seeded)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What was violated, equal violations put together, the most frequent first."""
        return findings_in(rows_in(self.table))

    @cached_property
    def extremes(self) -> tuple[Extreme, ...]:
        """The slowest runs, and the most expensive."""
        return extremes_in(at_the_ends(rows_in(self.table), self.keep), self.keep)

    @cached_property
    def verdicts(self) -> dict[str, dict[str, int]]:
        """For each check, how many runs came to each verdict."""
        columns = [name for name in self.table.column_names if name.startswith("check.")]
        return {column.removeprefix("check."): _counts(self.table[column]) for column in columns}

    @cached_property
    def rate(self) -> Rate:
        """In how many runs anything was found."""
        found = {number for finding in self.findings for number in finding.numbers}
        return rate_of(len(found), self.runs)

    @property
    def first(self) -> int | None:
        """How many runs it took until something was found; None where nothing was."""
        return min((finding.numbers[0] for finding in self.findings), default=-2) + 1 if self.findings else None

    @property
    def failed(self) -> int:
        """How many runs ended in an error."""
        return sum(finding.rate.found for finding in self.findings if finding.check == ERROR)

    @property
    def exit_code(self) -> int:
        """0: nothing was found; 1: something was; 3: nothing was, but a check is unknown in some run."""
        if self.findings:
            return 1
        return 3 if any("unknown" in counts for counts in self.verdicts.values()) else 0

    @property
    def summary(self) -> dict[str, Any]:
        """What it came to as plain data, the same for equal hunts."""
        return {
            "scenario": self.scenario.name,
            "seed": self.scenario.seed,
            "runs": self.runs,
            "found": self.rate.found,
            "per_1000": 1000 * self.rate.share,
            "per_1000_interval": [1000 * self.rate.low, 1000 * self.rate.high],
            "runs_until_found": self.first,
            "verdicts": self.verdicts,
            "findings": [finding.plain() for finding in self.findings],
            "extremes": [extreme.plain() for extreme in self.extremes],
            "kept": {str(number): path.name for number, path in sorted({**self.files, **self.kept}.items())},
        }

    def frame(self) -> pd.DataFrame:
        """Return the rows as a pandas frame, one for each run."""
        frame: pd.DataFrame = self.table.to_pandas()
        return frame


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    """Return how often a column holds each value, by value."""
    counted = {str(each["values"]): int(each["counts"]) for each in column.drop_null().value_counts().to_pylist()}
    return dict(sorted(counted.items()))
