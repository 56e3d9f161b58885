"""Times that may never come: of a run that ended first it is only known that its time is later (censored there)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

from analysis.estimates import CONFIDENCE, Estimate
from analysis.statistics.multiple import holm
from analysis.statistics.significance import Test

if TYPE_CHECKING:
    from scipy.stats import CensoredData

Times = tuple[Sequence[float], Sequence[bool]]
"""Times, and whether each came; one that did not is the end of its run."""


@dataclass(frozen=True)
class Survival:
    """The share of runs in which something has not come yet, S(t), as steps (Kaplan and Meier).

    At each of `times`, ascending, the share falls to `share`, with an interval from `low` to `high`; before the first
    it is 1. `at_risk` runs had not come, and had not ended, just before. In `events` runs it came, `censored` runs
    ended first.
    """

    times: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: int
    censored: int
    lasted: tuple[float, ...]
    """When each run left, because it came or because the run ended, ascending."""

    @property
    def median(self) -> Estimate:
        """The time by which it has come in half of the runs; infinite where it has not while the runs lasted."""
        return self.quantile(0.5)

    def quantile(self, probability: float) -> Estimate:
        """Return the time by which it has come in this share of runs, with its interval; infinite where it has not.

        Where S(t) stays at that level, the middle of the step, as for a median of an even number. The interval is
        that of the times whose own interval of S(t) holds the level (Brookmeyer and Crowley, "A confidence interval
        for the median survival time", Biometrics 38, 1982), without a bound where even the least or the largest of so
        few runs would be beyond it too often, as for a median of fewer than six. Assumes that runs end for reasons
        that have nothing to do with the time that is waited for.
        """
        left = 1 - probability
        value = self._first_at_most(self.share, left, middle=True)
        runs, tail = len(self.lasted), (1 - CONFIDENCE) / 2
        low = None if left**runs > tail else self._first_at_most(self.low, left)
        return Estimate(value, low, None if probability**runs > tail else self._first_at_most(self.high, left))

    def _first_at_most(self, shares: Sequence[float], level: float, middle: bool = False) -> float:
        slack = 1e-12  # of products of shares such as 9/10 · 8/9
        reached = [place for place, share in enumerate(shares) if share <= level + slack]
        if not reached:
            return inf
        first = reached[0]
        level_stays = middle and abs(shares[first] - level) <= slack and first + 1 < len(shares)
        return (self.times[first] + self.times[first + 1]) / 2 if level_stays else self.times[first]

    def share_at(self, moments: Sequence[float]) -> list[float]:
        """Return S(t) at some moments."""
        from bisect import bisect_right

        return [(1.0, *self.share)[bisect_right(self.times, moment)] for moment in moments]

    def at_risk_at(self, moments: Sequence[float]) -> list[int]:
        """Return how many runs neither had come nor had ended, just before some moments."""
        from bisect import bisect_left

        return [len(self.lasted) - bisect_left(self.lasted, moment) for moment in moments]


def survival_of(times: Sequence[float], observed: Sequence[bool], confidence: float = CONFIDENCE) -> Survival | None:
    """Return the share of runs in which something has not come yet, over time; None for no runs.

    `times` are those at which it came, or, where `observed` is False, at which the run ended first. Assumes independent
    runs that end for reasons that have nothing to do with the time that is waited for (Kaplan and Meier,
    "Nonparametric estimation from incomplete observations", Journal of the American Statistical Association 53, 1958).
    Intervals at each time are Greenwood's, of log(-log S) (Kalbfleisch and Prentice, "The Statistical Analysis of
    Failure Time Data", 1980).
    """
    if not len(times):
        return None
    import numpy as np
    from scipy.stats import ecdf

    found = ecdf(censored(times, observed)).sf
    with catch_warnings():
        simplefilter("ignore", RuntimeWarning)  # no interval where S is 1 or 0, for which the bounds below stand in
        interval = found.confidence_interval(confidence, method="log-log")
    low = np.where(found.probabilities == 1, 1.0, np.nan_to_num(interval.low.probabilities))
    high = np.where(found.probabilities == 1, 1.0, _last_known(interval.high.probabilities))
    lasted = np.sort(np.asarray(times, dtype=float))
    falls = found.probabilities < np.concatenate([[1.0], found.probabilities[:-1]])
    moments = found.quantiles[falls]
    return Survival(
        tuple(moments.tolist()),
        tuple(found.probabilities[falls].tolist()),
        tuple(low[falls].tolist()),
        tuple(high[falls].tolist()),
        tuple((len(lasted) - np.searchsorted(lasted, moments)).tolist()),
        int(sum(observed)),
        len(times) - int(sum(observed)),
        tuple(lasted.tolist()),
    )


def _last_known(bounds: Any) -> Any:
    """Return upper bounds, that of S = 0, which has none, being the one before it."""
    import numpy as np

    known = np.concatenate([[1.0], bounds])
    places = np.maximum.accumulate(np.where(np.isnan(known), 0, np.arange(len(known))))
    return known[places][1:]


def censored(times: Sequence[float], observed: Sequence[bool]) -> CensoredData:
    """Return times as scipy holds them; those that were not observed are later than what is given."""
    import numpy as np
    from scipy.stats import CensoredData

    assert len(times) == len(observed), "a time and whether it came for each run"
    return CensoredData.right_censored(np.asarray(times, dtype=float), ~np.asarray(observed, dtype=bool))


def restricted_mean(times: Sequence[float], observed: Sequence[bool], until: float | None = None) -> Estimate | None:
    """Return the mean time up to a horizon: how long is waited on average, where no one waits beyond `until`.

    The horizon is by default the latest time in the sample; to compare samples give them the same. None for no runs,
    and where nothing is known of the time up to the horizon, because all that was still waited for had ended before.
    The area below the Kaplan-Meier curve, with Greenwood's variance (Irwin, "The standard error of an estimate of
    expectation of life", Journal of Hygiene 47, 1949; Klein and Moeschberger, "Survival Analysis", 2003, section 4.5)
    and the quantile of Student's t, as it is the mean of the sample where nothing is censored. Assumes independent runs
    that end for reasons that have nothing to do with the time that is waited for; of fewer than about twenty, or where
    hardly any came, too narrow.
    """
    curve = survival_of(times, observed)
    if curve is None:
        return None
    import numpy as np
    from scipy.stats import t

    horizon = curve.lasted[-1] if until is None else float(until)
    known = np.concatenate([[1.0], curve.share])
    if horizon > curve.lasted[-1] and known[-1] > 0:
        return None
    moments = np.minimum(np.concatenate([[0.0], curve.times, [horizon]]), horizon)
    areas = known * np.diff(moments)
    mean = float(areas.sum())
    came = curve.events
    if came < 2:
        return Estimate(mean, None, None)
    beyond = areas[::-1].cumsum()[::-1][1:]
    waiting = np.asarray(curve.at_risk, dtype=float)
    fell = waiting * (1 - known[1:] / known[:-1])
    last = np.isclose(waiting, fell)
    terms = beyond**2 * fell / np.where(last, 1.0, waiting * (waiting - fell))
    variance = float(terms[~last].sum()) * came / (came - 1)
    margin = float(t.ppf((1 + CONFIDENCE) / 2, len(curve.lasted) - 1)) * variance**0.5
    return Estimate(mean, max(0.0, mean - margin), min(horizon, mean + margin))


@dataclass(frozen=True, slots=True)
class PairwiseTest:
    """The test of two samples among many; `adjusted` is its p corrected by Holm for all pairs."""

    first: str
    second: str
    test: Test
    adjusted: float


def logrank(first: Times, second: Times) -> Test:
    """Return the log-rank test: whether one of two samples of times keeps coming earlier.

    Assumes independent runs, censored for reasons that have nothing to do with their times, and sees best what
    multiplies the rate of coming at all times by the same factor; curves that cross may cancel (Mantel, "Evaluation of
    survival data", Cancer Chemotherapy Reports 50, 1966; Peto and Peto, Journal of the Royal Statistical Society A 135,
    1972). Where nothing came in either, nothing tells them apart, and p is 1. The statistic is above 0 where
    the first comes earlier.
    """
    import numpy as np
    from scipy import stats

    if not any([*first[1], *second[1]]) or not len(first[0]) or not len(second[0]):
        return Test("log-rank", 0.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = stats.logrank(censored(*first), censored(*second))
    if not np.isfinite(found.statistic):
        return Test("log-rank", 0.0, 1.0)
    return Test("log-rank", float(found.statistic), float(found.pvalue))


def pairwise_logrank(samples: Mapping[str, Times]) -> list[PairwiseTest]:
    """Return the log-rank test of every pair of samples, with p corrected by Holm for the number of pairs.

    Assumes what `logrank` does.
    """
    pairs = list(combinations(samples, 2))
    tests = [logrank(samples[first], samples[second]) for first, second in pairs]
    adjusted = holm([test.p for test in tests])
    return [PairwiseTest(*pair, test, p) for pair, test, p in zip(pairs, tests, adjusted, strict=True)]
