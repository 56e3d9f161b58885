"""By how much a second sample of a measurement differs from a first one, of the same seeds or of others.

Studies run the n-th replicate of every cell under the same seed, so that cells can be compared run by run (common
random numbers): most of the chance is then the same on both sides, and the intervals are narrower.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, copysign, inf
from typing import TYPE_CHECKING, Any, Final, Literal
from warnings import catch_warnings, simplefilter

from analysis.estimates import CONFIDENCE, FEWEST, Estimate, mean_of, median_of
from analysis.paired_estimates import combined, difference_of
from analysis.statistics.bootstrap import estimate_of, expanded
from analysis.statistics.significance import Test
from topologies.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[Any]

StatisticName = Literal["mean", "median"]

STATISTICS: Final = ("mean", "median")
MOST_WAYS: Final = 3_500
"""Ways to share values out to two samples up to which all of them are tried: those of seven and seven."""
ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference, second minus first, with what it is in parts of the first one, how large it is, and a test of it.

    `relative` is None where the first is not above 0. `effect` says in the measure that `effect_name` names how large
    the difference is beside how much runs differ among themselves; it is above 0 where the second is larger. `pairs`
    is how many pairs of runs were compared, 0 where they are not paired.
    """

    value: Estimate
    relative: Estimate | None
    effect: float
    effect_name: str
    test: Test
    pairs: int

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "difference": self.value.plain(),
            "relative": None if self.relative is None else self.relative.plain(),
            "effect": self.effect,
            "effect_name": self.effect_name,
            **self.test.plain(),
            "pairs": self.pairs,
        }


def paired_difference(
    first: Sequence[float], second: Sequence[float], statistic: StatisticName = "mean"
) -> Difference | None:
    """Return by how much a second measurement of the same seeds is more than a first one, pair by pair.

    The mean of the differences has a BCa interval from six pairs on, Cohen's d_z (their mean over their standard
    deviation; Lakens, "Calculating and reporting effect sizes", Frontiers in Psychology 4, 2013) and the paired t test
    (of differences that are all the same, the sign test's p), and assumes independent pairs whose differences have a
    finite variance. The median of the differences has the interval between
    two order statistics and the sign test, which always agree with each other, and the matched-pairs rank-biserial
    correlation (Kerby, "The simple difference formula", Comprehensive Psychology 3, 2014), and assumes independent
    pairs alone: not that the differences are symmetric, which the Hodges-Lehmann estimate needs to be their median.

    Pairs in which either is NaN are left out; infinite is a time that never came, later than all others, which the
    mean cannot take. None where no pair is left. Raises InputError for samples that do not pair.
    """
    import numpy as np

    one, other = _checked(first, second, statistic, paired=True)
    if not one.size:
        return None
    with np.errstate(invalid="ignore"):
        differences = np.where(one == other, 0.0, other - one)
    if statistic == "mean":
        if _without_scatter(differences - differences.mean(), np.concatenate([one, other])):
            differences = np.full(len(differences), differences[0])
        value = mean_of(differences.tolist())
        assert value is not None
        return Difference(
            value, _relative_mean(one, other, paired=True), _d_z(differences), "Cohen's d_z", _t(differences), one.size
        )
    value = median_of(differences.tolist())
    assert value is not None
    relative = difference_of([other, one], _median) if np.median(one) > 0 else None
    effect = _rank_biserial(differences)
    return Difference(value, relative, effect, "rank-biserial correlation", sign_test(differences), one.size)


def unpaired_difference(
    first: Sequence[float], second: Sequence[float], statistic: StatisticName = "mean"
) -> Difference | None:
    """Return by how much the statistic of a second sample is more than that of a first one, of other seeds.

    The difference of means has the interval of Welch's t test, which agrees with it, and assumes independent values
    with finite variances (Welch, "The generalization of Student's problem", Biometrika 34, 1947). The difference of
    medians has an interval between percentiles of the bootstrap and the Mann-Whitney test (which asks whether values of
    one tend to be larger, and so is not quite a test of medians), and assumes independent values. The effect is Cliff's
    delta: how much more often a value of the second is the larger one than the smaller one (Cliff, "Dominance
    statistics", Psychological Bulletin 114, 1993).

    NaN is left out; infinite is a time that never came, which the mean cannot take. None where either is empty.
    """
    import numpy as np
    from scipy.stats import mannwhitneyu

    one, other = _checked(first, second, statistic, paired=False)
    if not one.size or not other.size:
        return None
    ranked = mannwhitneyu(other, one, method=_ranking(one, other) if statistic == "median" else "auto")
    delta = float(2 * ranked.statistic / (one.size * other.size) - 1)
    if statistic == "mean":
        value = _difference_of_means(one, other)
        return Difference(
            value, _relative_mean(one, other, paired=False), delta, "Cliff's delta", _welch(one, other), 0
        )
    found = combined([other, one], _median, lambda each: each[0] - each[1], paired=False)
    value = found or Estimate(0.0, None, None)  # it came in half of the runs on neither side
    relative = difference_of([other, one], _median, paired=False) if np.median(one) > 0 else None
    test = Test("Mann-Whitney", float(ranked.statistic), float(ranked.pvalue))
    return Difference(value, relative, delta, "Cliff's delta", test, 0)


def _ranking(one: Samples, other: Samples) -> Any:
    """Return how the Mann-Whitney test finds p: of few values with ties by all ways to share them out.

    The normal distribution, which stands in for them otherwise, would be too sure of these.
    """
    import numpy as np
    from scipy.stats import PermutationMethod

    every = np.concatenate([one, other])
    tied = min(one.size, other.size) > 1 and len(np.unique(every)) < every.size
    return PermutationMethod(n_resamples=MOST_WAYS) if tied and comb(every.size, one.size) <= MOST_WAYS else "auto"


def sign_test(differences: Sequence[float] | Samples) -> Test:
    """Return the sign test: whether as many differences are above 0 as below; those of 0 are left out.

    Assumes independent pairs (Conover, "Practical Nonparametric Statistics", 1999, section 3.4). The statistic is the
    share of differences above 0.
    """
    import numpy as np
    from scipy.stats import binomtest

    more, less = int(np.sum(np.asarray(differences) > 0)), int(np.sum(np.asarray(differences) < 0))
    if not more + less:
        return Test("sign", 0.5, 1.0)
    return Test("sign", more / (more + less), float(binomtest(more, more + less).pvalue))


def _checked(first: Sequence[float], second: Sequence[float], statistic: str, paired: bool) -> tuple[Samples, Samples]:
    import numpy as np

    one, other = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if statistic not in STATISTICS:
        raise InputError(f"found the statistic {statistic!r}; expected one of {', '.join(STATISTICS)}")
    if paired and len(one) != len(other):
        raise InputError(f"found {len(one)} and {len(other)} values; expected as many, pair by pair")
    if paired:
        known = ~(np.isnan(one) | np.isnan(other))
        one, other = one[known], other[known]
    else:
        one, other = one[~np.isnan(one)], other[~np.isnan(other)]
    if statistic == "mean" and not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise InputError("found times that never came, which have no mean; compare medians, or use paired_times")
    return one, other


def _median(values: Samples) -> Samples:
    import numpy as np

    middle: Samples = np.median(values, axis=-1)
    return middle


def _relative_mean(one: Samples, other: Samples, paired: bool) -> Estimate | None:
    import numpy as np

    if one.mean() <= 0:
        return None
    value = float(other.mean() / one.mean()) - 1
    constant = _without_scatter(one - one.mean(), one) and _without_scatter(other - other.mean(), other)
    proportional = paired and _without_scatter(other - (1 + value) * one, other)
    if len(one) >= FEWEST <= len(other) and (constant or proportional):
        return Estimate(value, value, value)

    def ratio(second: Samples, first: Samples, axis: int = -1) -> Samples:
        found: Samples = np.mean(second, axis=axis) / np.mean(first, axis=axis) - 1
        return found

    return _estimate(other, one, ratio, paired)


def _difference_of_means(one: Samples, other: Samples) -> Estimate:
    value = float(other.mean() - one.mean())
    constant = one.min() == one.max() and other.min() == other.max()
    if min(len(one), len(other)) < (FEWEST if constant else 2):
        return Estimate(value, None, None)
    if constant:
        return Estimate(value, value, value)
    interval = _unequal_variances(one, other).confidence_interval(CONFIDENCE)
    return Estimate(value, float(interval.low), float(interval.high))


def _estimate(second: Samples, first: Samples, statistic: Callable[..., Samples], paired: bool) -> Estimate:
    if min(len(first), len(second)) < FEWEST:
        return Estimate(float(statistic(second, first)), None, None)
    return estimate_of([second, first], statistic, paired, expanded(min(len(first), len(second))))


def _t(differences: Samples) -> Test:
    from scipy.stats import ttest_1samp

    if len(differences) < 2 or differences.min() == differences.max():
        return _without_spread("paired t", float(differences[0]), 2.0 ** (1 - len(differences)))
    found = ttest_1samp(differences, 0.0)
    return Test("paired t", float(found.statistic), float(found.pvalue))


def _welch(one: Samples, other: Samples) -> Test:
    few = min(len(one), len(other)) < 2
    if few or (one.min() == one.max() and other.min() == other.max()):
        p = 1.0 if few else 2 / comb(len(one) + len(other), len(one))
        return _without_spread("Welch's t", float(other.mean() - one.mean()), p)
    found = _unequal_variances(one, other)
    return Test("Welch's t", float(found.statistic), float(found.pvalue))


def _unequal_variances(one: Samples, other: Samples) -> Any:
    """Return what scipy makes of Welch's test."""
    from scipy.stats import ttest_ind

    with catch_warnings():
        simplefilter("ignore", RuntimeWarning)  # of one side that does not vary, which is no loss of precision here
        return ttest_ind(other, one, equal_var=False)


def _without_spread(name: str, difference: float, p: float) -> Test:
    """Return the test of values that are all the same, or are too few to differ.

    Their variance says nothing: p is the chance that so many lie on their sides, by the sign test or by ranks.
    """
    return Test(name, 0.0, 1.0) if difference == 0 or p == 1 else Test(name, copysign(inf, difference), p)


def _without_scatter(left: Samples, values: Samples) -> bool:
    """Whether what is left of values is rounding alone."""
    import numpy as np

    return bool(np.abs(left).max() <= ROUNDING * np.abs(values).max())


def _d_z(differences: Samples) -> float:
    mean = float(differences.mean())
    spread = float(differences.std(ddof=1)) if len(differences) > 1 else 0.0
    if differences.min() == differences.max():
        return 0.0 if mean == 0 or len(differences) < 2 else copysign(inf, mean)
    return mean / spread


def _rank_biserial(differences: Samples) -> float:
    """Return how much more of the sum of ranks of sizes belongs to differences above 0 than to those below."""
    import numpy as np
    from scipy.stats import rankdata

    apart = differences[differences != 0]
    if not apart.size:
        return 0.0
    ranks = rankdata(np.abs(apart))
    return float((ranks[apart > 0].sum() - ranks[apart < 0].sum()) / ranks.sum())
