"""Each cell of a study beside its first one: by how much a metric differs, and whether beyond noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import comb
from typing import TYPE_CHECKING, Final

from analysis.estimates import Estimate
from analysis.metrics import known_metric
from analysis.statistics.differences import Difference, paired_difference, unpaired_difference
from analysis.statistics.multiple import holm
from analysis.study_view import StudyView, times_of

if TYPE_CHECKING:
    import pandas as pd

MOST_COMPARED: Final = 200
"""Cells beyond which none is compared."""
LEVEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """A cell beside the first one: how medians differ, cell minus first, `p` of the test of that, and that after Holm.

    Where runs pair, it is the median of the differences of pairs, with the sign test; otherwise the difference of
    medians, with the Mann-Whitney test. `relative` is the difference in parts of the first one, None where that is not
    above 0.
    """

    cell: int
    difference: Estimate
    relative: Estimate | None
    p: float
    adjusted: float = 1.0

    @property
    def beyond_noise(self) -> bool:
        """Whether they differ by more than chance explains, at 5 % over all comparisons of the metric."""
        return self.adjusted < LEVEL


def compared(view: StudyView, metric: str, common: bool) -> dict[int, Comparison]:
    """Return each cell of a study but the first one beside it; `common`: replicates share their seeds, and pair."""
    cells = dict(view.cells())
    if not 1 < len(cells) <= MOST_COMPARED or "point" in view.frame:  # the first of sampled points is not special
        return {}
    base, *others = cells
    found = [_comparison(number, cells[base], cells[number], metric, common) for number in others]
    known = [each for each in found if each is not None]
    adjusted = holm([each.p for each in known])
    return {each.cell: replace(each, adjusted=p) for each, p in zip(known, adjusted, strict=True)}


def _comparison(number: int, first: pd.DataFrame, second: pd.DataFrame, metric: str, common: bool) -> Comparison | None:
    if common:
        shared = sorted(set(first["seed"]) & set(second["seed"]))
        first, second = (rows.set_index("seed").loc[shared] for rows in (first, second))
    difference = _difference(first, second, metric, common)
    return None if difference is None else Comparison(number, difference.value, difference.relative, difference.test.p)


def _difference(first: pd.DataFrame, second: pd.DataFrame, metric: str, common: bool) -> Difference | None:
    """Return how medians differ; of times of which some never came, up to when all of them are known."""
    one, other = (rows[metric].astype(float).tolist() for rows in (first, second))
    if known_metric(metric).may_never_come and bool(first[metric].isna().any() or second[metric].isna().any()):
        cut = _cut_times(first, second, metric)
        if cut is None:
            return None
        one, other = cut
    return (paired_difference if common else unpaired_difference)(one, other, "median")


def _cut_times(first: pd.DataFrame, second: pd.DataFrame, metric: str) -> tuple[list[float], list[float]] | None:
    """Return the times of both, all cut at the first end of a run in which it did not come.

    None where it came in no run before that, so that nothing is known of it.
    """
    import pandas as pd

    values, came = times_of(pd.concat([first, second]), metric)  # together, as they are censored at one time
    until = min(value for value, whether in zip(values, came, strict=True) if not whether)
    if min(values) >= until:
        return None
    cut = [min(value, until) for value in values]
    return cut[: len(first)], cut[len(first) :]


def runs_to_differ(comparisons: int, common: bool) -> int:
    """Return how many runs a cell needs for any of so many comparisons to be beyond noise, were all runs to agree."""
    runs = 1
    while comparisons * (0.5 ** (runs - 1) if common else 2 / comb(2 * runs, runs)) >= LEVEL:
        runs += 1
    return runs
