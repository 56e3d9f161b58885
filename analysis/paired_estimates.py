"""What several measurements of the same runs say together, with 95 % intervals: ratios, differences, growth.

Each sample is one measurement of all runs, in the order of the runs, infinite where a time did not come. Intervals are
between percentiles of a bootstrap that draws whole runs, so that chance which the samples share is kept together
(Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from analysis.estimates import CONFIDENCE, FEWEST, RESAMPLES, Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[Any]
    Statistic = Callable[[Samples], Samples]
    Combination = Callable[[Samples], Samples]


def ratio_of(samples: Sequence[Sequence[float]], statistic: Statistic) -> Estimate | None:
    """Return the statistic of the first sample over that of the second; None where the second is 0."""
    return combined(samples, statistic, _ratio)


def difference_of(
    samples: Sequence[Sequence[float] | Samples], statistic: Statistic, paired: bool = True
) -> Estimate | None:
    """Return by which part of the second sample's statistic the first one's is more, negative where it is less."""
    return combined(samples, statistic, lambda found: _ratio(found) - 1, paired)


def _ratio(found: Samples) -> Samples:
    import numpy as np

    ratio: Samples = found[0] / np.where(found[1] == 0, np.nan, found[1])
    return ratio


def exponent_of(
    samples: Sequence[Sequence[float]], sizes: Sequence[float], statistic: Statistic, law: str
) -> Estimate | None:
    """Return the exponent with which a statistic grows with the size, by least squares of logarithms.

    With the law `power` that is b in a·N^b, with the law `log` b in a·(log N)^b, so that up to 1 means a growth of
    O(log N) over these sizes. Infinite where it comes at the smallest size and at another one never comes.
    """
    import numpy as np

    scale = np.log(np.array(sizes, dtype=float))
    scale = np.log(scale) if law == "log" else scale
    weights = (scale - scale.mean()) / ((scale - scale.mean()) ** 2).sum()

    def slope(found: Samples) -> Samples:
        fitted = np.tensordot(weights, np.log(np.where(found > 0, found, np.nan)), axes=1)
        never = np.where(np.isinf(found[0]), np.nan, np.inf)
        return np.where(np.isinf(found).any(axis=0), never, fitted)

    return combined(samples, statistic, slope)


def fit_of(found: Sequence[float], sizes: Sequence[float], law: str) -> tuple[float, float]:
    """Return the exponent of a law, and by what part it misses values more than 0 in the root mean square, about."""
    import numpy as np

    scale = np.log(np.array(sizes, dtype=float))
    scale = np.log(scale) if law == "log" else scale
    values = np.log(np.array(found, dtype=float))
    line = np.polyfit(scale, values, 1)
    left = values - np.polyval(line, scale)
    return float(line[0]), float(np.sqrt((left**2).mean()))


def combined(
    samples: Sequence[Sequence[float] | Samples], statistic: Statistic, combination: Combination, paired: bool = True
) -> Estimate | None:
    """Return what a combination makes of the statistics of samples, with the interval of a bootstrap over runs.

    `statistic` works along the last axis, `combination` along the first. None where there are no runs, or where the
    value is not defined; without an interval where there are few runs, or where it is not defined for some draw.
    Samples that are not `paired` are measurements of other runs, each drawn by itself.
    """
    import numpy as np

    arrays = [np.array(sample, dtype=float) for sample in samples]
    fewest = min(array.size for array in arrays)
    if not fewest:
        return None

    def found(*drawn: Samples, axis: int = -1) -> Samples:
        return combination(np.stack([statistic(each) for each in drawn]))

    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(found(*arrays))
        if np.isnan(value):
            return None
        drawn = _drawn(arrays, found, paired) if fewest >= FEWEST else np.array([np.nan])
    if np.isnan(drawn).any():
        return Estimate(value, None, None)
    low = np.quantile(drawn, (1 - CONFIDENCE) / 2, method="lower")
    return Estimate(value, float(low), float(np.quantile(drawn, (1 + CONFIDENCE) / 2, method="higher")))


def _drawn(arrays: Sequence[Samples], found: Callable[..., Samples], paired: bool) -> Samples:
    """Return what is found in each of the samples that the bootstrap draws."""
    from warnings import catch_warnings, simplefilter

    import numpy as np
    from scipy.stats import DegenerateDataWarning, bootstrap

    with catch_warnings():
        simplefilter("ignore", DegenerateDataWarning)  # of the interval that it offers, in place of which ours is taken
        drawn: Samples = bootstrap(
            arrays,
            found,
            n_resamples=RESAMPLES,
            batch=max(1, 1_000_000 // max(array.size for array in arrays)),
            paired=paired,
            vectorized=True,
            method="percentile",
            random_state=np.random.default_rng(0),
        ).bootstrap_distribution
    return drawn
