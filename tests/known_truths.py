"""Intervals of samples whose truth is known: what each is of, and its bounds in so many simulated cases.

`tests/coverage_of_intervals.py` counts how often each holds its truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import exp, inf, log
from typing import Any, Final

import numpy as np
from scipy.signal import lfilter

from analysis.estimates import Estimate, median_of, quantile_of
from analysis.statistics import (
    batch_means,
    difference_of_shares,
    paired_difference,
    paired_difference_of_shares,
    paired_times,
    restricted_mean,
    scaling_fits,
    share_exact,
    share_wilson,
    sobol_of,
    survival_of,
    unpaired_difference,
    upper_bound,
    warm_up_of,
)
from analysis.statistics.bootstrap import bounds, mean_bounds
from analysis.statistics.differences import StatisticName

Chance = np.random.Generator
Bounds = tuple[Any, Any]
"""Lower and upper bounds, one of each case."""
CASES: Final = 2000
SIZES: Final = (16.0, 64.0, 256.0, 1024.0)


@dataclass(frozen=True)
class Interval:
    """An interval by the function that gives it, what it is simulated with, and its truth.

    `bounds` gives those of so many cases. `quick` cases are simulated with every change, `CASES` for the table. An
    interval that may only be too wide, `at_least`, has no upper bound on how often it covers.
    """

    function: str
    sample: str
    truth: float
    bounds: Callable[[Chance, int], Bounds]
    quick: int = CASES
    at_least: bool = False

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return f"{self.function}: {self.sample}"


def both(estimates: Iterable[Estimate | None]) -> Bounds:
    """The bounds of estimates; what has none covers nothing."""
    pairs = [(inf, -inf) if each is None or each.low is None else (each.low, each.high) for each in estimates]
    low, high = np.array(pairs, dtype=float).T
    return low, high


def of_one(estimate: Callable[[Any], Estimate | None], draw: Callable[[Chance, Any], Any], size: int) -> Any:
    """The bounds of a function of one sample, drawn so many times."""
    return lambda chance, cases: both(estimate(row.tolist()) for row in draw(chance, (cases, size)))


def exponential(chance: Chance, shape: Any) -> Any:
    """Values of a long tail, mean 1, median ln 2."""
    return chance.exponential(size=shape)


def normal(chance: Chance, shape: Any) -> Any:
    """Values without skew about 0."""
    return chance.normal(size=shape)


def _means(draw: Callable[[Chance, Any], Any], size: int) -> Callable[[Chance, int], Bounds]:
    return lambda chance, cases: mean_bounds(draw(chance, (cases, size)))


def _resampled(statistic: Any, size: int) -> Callable[[Chance, int], Bounds]:
    return lambda chance, cases: bounds([exponential(chance, (cases, size))], statistic)


def _shares(estimate: Callable[[int, int], Estimate | None], runs: int, share: float) -> Callable[..., Bounds]:
    return lambda chance, cases: both(estimate(int(found), runs) for found in chance.binomial(runs, share, cases))


def _upper(chance: Chance, cases: int) -> Bounds:
    highs = np.array([upper_bound(int(found), 100) for found in chance.binomial(100, 0.05, cases)])
    return np.zeros(cases), highs


def _censored(estimate: Callable[[Any, Any], Estimate | None], size: int) -> Callable[[Chance, int], Bounds]:
    """The bounds of exponential times of which those beyond 1.5, and those beyond a random end, never came."""

    def found(chance: Chance, cases: int) -> Bounds:
        times = exponential(chance, (cases, size))
        ends = np.minimum(chance.uniform(0.5, 3, (cases, size)), 1.5)
        seen, came = np.minimum(times, ends), times <= ends
        return both(estimate(row.tolist(), which.tolist()) for row, which in zip(seen, came, strict=True))

    return found


def _survived(times: Any, came: Any) -> Estimate:
    curve = survival_of(times, came)
    assert curve is not None
    place = max(0, sum(each <= 0.5 for each in curve.times) - 1)
    return Estimate(curve.share[place], curve.low[place], curve.high[place])


def _of_curve(probability: float) -> Callable[[Any, Any], Estimate | None]:
    def found(times: Any, came: Any) -> Estimate | None:
        curve = survival_of(times, came)
        return None if curve is None else curve.quantile(probability)

    return found


def _paired(chance: Chance, cases: int, size: int) -> tuple[Any, Any]:
    """Two measurements that share most of their chance, and whose differences are skewed: mean 1, median ln 2."""
    first = chance.gamma(4, 1, (cases, size))
    return first, first + exponential(chance, (cases, size))


def _differences(statistic: StatisticName, relative: bool, size: int) -> Callable[[Chance, int], Bounds]:
    def found(chance: Chance, cases: int) -> Bounds:
        pairs = zip(*_paired(chance, cases, size), strict=True)
        each = [paired_difference(one.tolist(), other.tolist(), statistic) for one, other in pairs]
        return both(None if it is None else it.relative if relative else it.value for it in each)

    return found


def _unpaired(statistic: StatisticName, size: int) -> Callable[[Chance, int], Bounds]:
    def found(chance: Chance, cases: int) -> Bounds:
        one, other = exponential(chance, (cases, size)), 2 * exponential(chance, (cases, size))
        each = [unpaired_difference(a.tolist(), b.tolist(), statistic) for a, b in zip(one, other, strict=True)]
        return both(None if it is None else it.value for it in each)

    return found


def _difference_of_shares(chance: Chance, cases: int) -> Bounds:
    lots = zip(chance.binomial(100, 0.1, cases), chance.binomial(100, 0.25, cases), strict=True)
    each = [difference_of_shares(int(one), 100, int(other), 100) for one, other in lots]
    return both(None if it is None else it.value for it in each)


def _paired_shares(chance: Chance, cases: int) -> Bounds:
    shared = chance.random((cases, 100))
    one, other = shared < 0.1, np.where(chance.random((cases, 100)) < 0.7, shared, chance.random((cases, 100))) < 0.25
    each = [paired_difference_of_shares(a.tolist(), b.tolist()) for a, b in zip(one, other, strict=True)]
    return both(None if it is None else it.value for it in each)


def _paired_times(chance: Chance, cases: int) -> Bounds:
    """Times of which the second come twice as fast, and earlier in two pairs of three; both end at 1.5."""
    one, other = exponential(chance, (cases, 60)), 0.5 * exponential(chance, (cases, 60))
    lots = zip(one, other, strict=True)
    each = [paired_times(*((np.minimum(lot, 1.5), lot <= 1.5) for lot in pair)) for pair in lots]
    return both(None if it is None else it.share_earlier for it in each)


def _growth(law: str, parameter: str, seeds: int) -> Callable[[Chance, int], Bounds]:
    """The bounds of a parameter; values scatter about the law by a skewed factor that is wider at small sizes."""
    laws = {"power": lambda s: 3 * s**0.5, "logarithmic": lambda s: 2 + 3 * log(s), "linear": lambda s: 20 + 0.2 * s}
    level = np.array([laws[law](size) for size in SIZES])
    scatter = np.array([0.3, 0.2, 0.15, 0.1])

    def found(chance: Chance, cases: int) -> Bounds:
        logs = (chance.gamma(4, 1, (cases, seeds, len(SIZES))) - 4) / 2 * scatter + np.log(level)
        fits = (scaling_fits(SIZES, np.exp(case.T).tolist()) for case in logs)
        return both(next(fit for fit in each if fit.law == law).parameters[parameter] for each in fits)

    return found


def _band(chance: Chance, cases: int) -> Bounds:
    """The bounds of what a power law says beyond the sizes that it was fitted to, at 4,096: 192."""
    samples = 3 * np.array(SIZES) ** 0.5 * np.exp(chance.normal(0, 0.2, (cases, 10, len(SIZES))))
    fits = (next(fit for fit in scaling_fits(SIZES, case.T.tolist()) if fit.law == "power") for case in samples)
    bands = [fit.band([4096]) for fit in fits]
    low, high = np.array([each for each in bands if each is not None])[:, :, 0].T
    return low, high


def _sobol(order: str) -> Callable[[Chance, int], Bounds]:
    """The bounds of the index of the first of two factors that also act together, at 128 random base points."""

    def found(chance: Chance, cases: int) -> Bounds:
        each = []
        for _ in range(cases):
            base, other = chance.random((2, 128, 2)) - 0.5
            mixed = [np.where(np.arange(2) == factor, other, base) for factor in range(2)]
            points = np.concatenate([base, other, *mixed])
            values = points[:, 0] + points[:, 1] + 3 * points[:, 0] * points[:, 1]
            each.append(getattr(sobol_of(values.tolist(), ["first", "second"]), order)["first"])
        return both(each)

    return found


def _remembering(chance: Chance, cases: int) -> Bounds:
    """The bounds of the mean of series of 4,000 steps that start far off and forget a tenth a step: mean 0."""
    noise = chance.normal(size=(cases, 4000))
    noise[:, 0] += 50
    series = (lfilter([1.0], [1.0, -0.9], row) for row in noise)
    return both(batch_means(row[warm_up_of(row) :]) for row in series)


def _queue(chance: Chance, cases: int) -> Bounds:
    """The bounds of the mean wait in a queue M/M/1 of load 0.3, over 10,000 customers from an empty one."""
    each = []
    for _ in range(cases):
        steps = np.cumsum(chance.exponential(0.3, 10_000) - chance.exponential(1, 10_000))
        waits = steps - np.minimum.accumulate(np.minimum(steps, 0))
        each.append(batch_means(waits[warm_up_of(waits) :]))
    return both(each)


_VARIANCES: Final = {"alone": 1 / 12, "together": 9 / 144}
"""Of x + y + 3xy with x and y uniform from -1/2 to 1/2: what either explains alone, and what only both do."""
_WHOLE: Final = 2 * _VARIANCES["alone"] + _VARIANCES["together"]

INTERVALS: Final = (
    Interval("median_of", "30 exponential values", log(2), of_one(median_of, exponential, 30), quick=300),
    Interval("median_of", "30 normal values", 0, of_one(median_of, normal, 30), quick=200),
    Interval("bca_median", "30 exponential values", log(2), _resampled(np.median, 30), quick=200),
    Interval(
        "quantile_of",
        "0.9 of 100 exponential values",
        log(10),
        of_one(partial(quantile_of, probability=0.9), exponential, 100),
        quick=200,
    ),
    Interval(
        "bca_quantile",
        "0.9 of 200 exponential values",
        log(10),
        _resampled(partial(np.quantile, q=0.9), 200),
        quick=50,
    ),
    Interval("mean_of", "20 normal values", 0, _means(normal, 20)),
    Interval("mean_of", "30 exponential values", 1, _means(exponential, 30)),
    Interval("mean_of", "100 exponential values", 1, _means(exponential, 100), quick=500),
    Interval("share_wilson", "a share of 20 % in 50 runs", 0.2, _shares(share_wilson, 50, 0.2), quick=600),
    Interval("share_exact", "a share of 10 % in 100 runs", 0.1, _shares(share_exact, 100, 0.1), 100, at_least=True),
    Interval("upper_bound", "a share of 5 % in 100 runs", 0.05, _upper, quick=300, at_least=True),
    Interval("Survival.median", "50 exponential times, a third censored", log(2), _censored(_of_curve(0.5), 50), 600),
    Interval("Survival.quantile", "0.25 of 50 such times", log(4 / 3), _censored(_of_curve(0.25), 50), 300),
    Interval("Survival.share", "at 0.5, of 50 such times", exp(-0.5), _censored(_survived, 50), 600),
    Interval(
        "restricted_mean",
        "up to 1, of 50 such times",
        1 - exp(-1),
        _censored(partial(restricted_mean, until=1), 50),
        quick=500,
    ),
    Interval("paired_difference", "mean of 50 skewed differences", 1, _differences("mean", False, 50), quick=100),
    Interval("paired_difference", "mean, relative, of 50", 0.25, _differences("mean", True, 50), quick=60),
    Interval("paired_difference", "median of 30", log(2), _differences("median", False, 30), quick=80),
    Interval("unpaired_difference", "means of 100 exponential values each", 1, _unpaired("mean", 100), quick=100),
    Interval("unpaired_difference", "medians of 50 each", log(2), _unpaired("median", 50), quick=40),
    Interval("difference_of_shares", "10 and 25 % in 100 runs each", 0.15, _difference_of_shares, quick=300),
    Interval("paired_difference_of_shares", "10 and 25 % in 100 pairs", 0.15, _paired_shares, quick=500),
    Interval("paired_times", "share earlier in 60 pairs", 2 / 3, _paired_times, quick=60),
    Interval("scaling_fits", "exponent, 20 seeds at 4 sizes", 0.5, _growth("power", "exponent", 20), quick=80),
    Interval("scaling_fits", "exponent, 10 seeds at 4 sizes", 0.5, _growth("power", "exponent", 10), quick=100),
    Interval("scaling_fits", "slope of ln, 20 seeds at 4 sizes", 3, _growth("logarithmic", "slope", 20), quick=100),
    Interval("scaling_fits", "linear slope, 20 seeds at 4 sizes", 0.2, _growth("linear", "slope", 20), quick=100),
    Interval("Fit.band", "at 4,096, 10 seeds at sizes up to 1,024", 192, _band, quick=80),
    Interval("sobol_of", "first order, 128 random points", _VARIANCES["alone"] / _WHOLE, _sobol("first"), quick=20),
    Interval(
        "sobol_of",
        "total, 128 random points",
        (_VARIANCES["alone"] + _VARIANCES["together"]) / _WHOLE,
        _sobol("total"),
        quick=20,
    ),
    Interval("batch_means", "4,000 steps of memory 10, after warm_up_of", 0, _remembering, quick=500),
    Interval("batch_means", "10,000 waits in M/M/1 at load 0.3", 0.09 / 0.7, _queue, quick=200),
)
"""Every interval that the package gives."""
