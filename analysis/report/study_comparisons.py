"""Each cell of a study beside its first one: by how much a metric differs, and whether beyond noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from analysis.estimates import Estimate
from analysis.metrics import known_metric
from analysis.statistics.differences import Difference, paired_difference, unpaired_difference
from analysis.statistics.multiple import holm
from analysis.statistics.paired_times import paired_times
from analysis.study_view import StudyView, times_of

if TYPE_CHECKING:
    import pandas as pd

MOST_COMPARED: Final = 200
"""Cells beyond which none is compared."""
LEVEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """A cell beside the first one: the difference of means, cell minus first, `p` of its test, and that after Holm.

    `relative` is the difference in parts of the first one, None where that is not above 0.
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
    """Return the difference of means; of times of which some never came, up to when all of them are known."""
    never = known_metric(metric).may_never_come and bool(first[metric].isna().any() or second[metric].isna().any())
    if never:
        return _difference_of_times(first, second, metric, common)
    one, other = (rows[metric].astype(float) for rows in (first, second))
    return (paired_difference if common else unpaired_difference)(one.tolist(), other.tolist(), "mean")


def _difference_of_times(first: pd.DataFrame, second: pd.DataFrame, metric: str, common: bool) -> Difference | None:
    """Return the difference of mean times, all cut at the first end of a run in which it did not come.

    None where it came in no run before that, so that nothing is known of it.
    """
    import pandas as pd

    values, came = times_of(pd.concat([first, second]), metric)  # together, as they are censored at one time
    until = min(value for value, whether in zip(values, came, strict=True) if not whether)
    if min(values) >= until:
        return None
    one, other = slice(len(first)), slice(len(first), None)
    if common:
        pairs = paired_times((values[one], came[one]), (values[other], came[other]))
        return None if pairs is None else pairs.restricted
    cut = [min(value, until) for value in values]
    return unpaired_difference(cut[one], cut[other], "mean")
