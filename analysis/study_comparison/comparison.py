"""What changed between two studies, of all that is compared, and what that means for a pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.statistics.differences import StatisticName
from analysis.statistics.multiple import holm
from analysis.study_comparison.cell_pairs import CellPairs, matched_runs, pair_cells
from analysis.study_comparison.change import (
    Change,
    change_of_check,
    change_of_failures,
    change_of_metric,
    may_never_come,
)
from analysis.study_comparison.judgement import Judgement, judged
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study_view import StudyView


@dataclass(frozen=True)
class StudyComparison:
    """What changed from a `first` study to a `second`, by their names.

    `identical` are the labels of the cells whose runs have the same digests, seed by seed; `only_first` and
    `only_second` those of cells without a counterpart; `not_compared` metrics that one of the two does not have.
    `worse_by` is the bound that was asked for.
    """

    first: str
    second: str
    rows: tuple[Judgement, ...]
    identical: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    not_compared: tuple[str, ...]
    worse_by: float | None

    def __repr__(self) -> str:
        return f"<StudyComparison {self.first} → {self.second}: {len(self.rows)} rows, exit code {self.exit_code}>"

    @property
    def exit_code(self) -> int:
        """0: nothing got worse; 1: something did, beyond noise and beyond the bound; 3: there are too few runs to tell.

        Without a bound, 3 is for the case that nothing at all can be told.
        """
        if self.worse_by is None:
            if any(row.verdict == "worse" for row in self.rows):
                return 1
            return 3 if all(row.verdict == "cannot tell" for row in self.rows) else 0
        if any(row.bound == "exceeded" and row.verdict == "worse" for row in self.rows):
            return 1
        return 3 if any(row.bound in ("not excluded", "exceeded") for row in self.rows) else 0

    @property
    def runs_needed(self) -> int | None:
        """About how many runs of a cell would decide about the bound everywhere; None where that is not known."""
        return max((row.runs_needed for row in self.rows if row.runs_needed is not None), default=None)

    @property
    def summary(self) -> dict[str, Any]:
        """What changed as plain data."""
        names = ("first", "second", "identical", "only_first", "only_second", "not_compared", "worse_by")
        return {
            **{name: getattr(self, name) for name in names},
            "runs_needed": self.runs_needed,
            "exit_code": self.exit_code,
            "rows": [row.plain() for row in self.rows],
        }

    def frame(self) -> pd.DataFrame:
        """Return a row for each thing that was compared, as a tidy pandas frame."""
        import pandas as pd

        return pd.json_normalize([row.plain() for row in self.rows])


def compare_studies(
    first: StudyView,
    second: StudyView,
    *,
    metrics: Sequence[str] = (),
    pairs: Mapping[str, str] | None = None,
    cells: Sequence[str] = (),
    worse_by: float | None = None,
    statistic: StatisticName = "mean",
) -> StudyComparison:
    """Return what changed from one study to another, cell by cell: metrics, checks, and how many runs failed.

    Parameters: `metrics`, those to compare, by default those that both report; `pairs` and `cells` as in `pair_cells`;
    `worse_by`, by how much anything may get worse, as a part of its first value (0.05: 5 %; of shares of runs, points);
    `statistic`, what is compared of a metric. Raises InputError where there is nothing to compare.
    """
    if worse_by is not None and worse_by < 0:
        raise InputError(f"worse_by: found {worse_by}; expected 0 or more, such as 0.05 for 5 %")
    paired = pair_cells(first, second, pairs, cells)
    named = list(metrics) or [name for name in first.metrics if name in second.metrics]
    missing = [name for name in named if not _comparable(first, second, name)]
    if metrics and missing:
        raise InputError(f"no run of either study, or of one of them, has a value of {', '.join(missing)}")
    compared = [name for name in named if name not in missing]
    left = {*first.metrics, *second.metrics} - {*compared}
    checks = list(dict.fromkeys([*first.checks, *second.checks]))
    changes = list(_changes(first, second, paired, compared, checks, statistic))
    if not changes:
        raise InputError(
            f"{first.name} and {second.name} have nothing to compare; name a metric of their runs by --metric"
        )
    told = [change.difference.test.p for change in changes if change.difference is not None and not change.same]
    adjusted = iter(holm(told))
    rows = [
        judged(change, 1.0 if change.difference is None or change.same else next(adjusted), worse_by)
        for change in changes
    ]
    return StudyComparison(
        first.name,
        second.name,
        tuple(rows),
        tuple(_identical(first, second, paired)),
        paired.only_first,
        paired.only_second,
        () if metrics else tuple(sorted(left)),
        worse_by,
    )


def _comparable(first: StudyView, second: StudyView, metric: str) -> bool:
    """Whether both studies tell of a metric: by its values, or as of a time that never came in one of them."""
    if not all(metric in study.frame for study in (first, second)):
        return False
    known = [bool(study.frame[metric].notna().any()) for study in (first, second)]
    return any(known) if may_never_come(metric) else all(known)


def _changes(
    first: StudyView,
    second: StudyView,
    paired: CellPairs,
    metrics: Sequence[str],
    checks: Sequence[str],
    statistic: StatisticName,
) -> Iterator[Change]:
    for pair in paired.pairs:
        every = [
            study.frame[study.frame["cell"] == cell] for study, cell in ((first, pair.first), (second, pair.second))
        ]
        failures = change_of_failures(pair.label, *matched_runs(*every))
        whole = [rows[rows["error"].isna()] for rows in every]
        if all(len(rows) for rows in whole):
            one, other, by_seed = matched_runs(*whole)
            for metric in metrics:
                yield change_of_metric(pair.label, metric, one, other, by_seed, statistic)
            for check in checks:
                change = change_of_check(pair.label, check, one, other, by_seed)
                if change is not None:
                    yield change
        if failures is not None:
            yield failures


def _identical(first: StudyView, second: StudyView, paired: CellPairs) -> Iterator[str]:
    """Yield the labels of the cells whose runs are the same in either study."""
    for pair in paired.pairs:
        one, other, by_seed = matched_runs(
            first.frame[first.frame["cell"] == pair.first], second.frame[second.frame["cell"] == pair.second]
        )
        digests = [rows["digest"].tolist() for rows in (one, other)]
        if by_seed and digests[0] == digests[1] and all(digests[0]):
            yield pair.label
