"""Which factors of any design matter at all: how far the ranks of a measurement go with each, by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.statistics.multiple import holm
from analysis.statistics.significance import Test

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

LEVELS: Final = 8
"""Classes into which a factor with many different numbers is cut."""
LEAST_IN_CLASS: Final = 5
"""Runs of each such class."""
POINT: Final = "point"
"""The column with the number of the point of a sampled design."""
MATRIX: Final = "matrix"
"""The column with the matrix of a point of a design for Sobol indices."""
FEW: Final = 12
"""Points up to which the p of a correlation is that of permutations, as Student's t is not yet near it."""
_PERMUTATIONS: Final = 5_040
_SEED: Final = 1979


@dataclass(frozen=True, slots=True)
class MainEffect:
    """How far a measurement goes with a factor by itself.

    `share` is that of the variance of ranks which the factor's values explain, from 0 to 1, less what chance would;
    `direction` is Spearman's correlation, from -1 to 1, None for a factor that is no number; `adjusted` is the p of the
    test corrected by Holm for the number of factors; `units` is the number of values that it is taken over: runs, or
    points of a sampled design.
    """

    factor: str
    share: float
    direction: float | None
    test: Test
    adjusted: float
    units: int


def main_effects(frame: pd.DataFrame, factors: Sequence[str], metric: str) -> list[MainEffect]:
    """Return for each factor how far a metric goes with it by itself, the strongest first.

    In a grid the values are runs, and the test is that of Kruskal and Wallis over the factor's values ("Use of ranks in
    one-criterion variance analysis", Journal of the American Statistical Association 47, 1952), with the share epsilon
    squared (Kelley, "An unbiased correlation ratio measure", Proceedings of the National Academy of Sciences 21, 1935);
    a factor with many numbers is cut into classes of as many runs. Assumes independent runs, and factors crossed with
    each other; seeds that cells share are blocks, which this leaves out of account: it then rather misses an effect.

    In a sampled design, which has a column `point`, the runs of a point share the values of all factors, and count
    as one value, their median. A factor of numbers is tested by Spearman's correlation over points (ranks for sampled
    designs: Iman and Conover, "The use of the rank transform in regression", Technometrics 21, 1979; Saltelli and
    others, "Global Sensitivity Analysis: The Primer", 2008), and its share is the square, less what chance would give:
    an effect that goes up and down again is not seen. Factors of words are tested by Kruskal and Wallis over points. Of
    a design for Sobol indices only the matrices A and B count, whose points are independent.

    What factors do only together is not seen, which Sobol indices would show. A time that never came counts as later
    than all others; other runs without a value are left out. Factors that do not vary are not there.
    """
    values = ranked_values(frame, metric)
    known = frame.assign(**{metric: values})[values.notna()]
    found = [_effect(known, factor, metric) for factor in factors]
    effects = [each for each in found if each is not None]
    adjusted = holm([test.p for _, _, _, test, _ in effects])
    ordered = [
        MainEffect(factor, share, direction, test, p, units)
        for (factor, share, direction, test, units), p in zip(effects, adjusted, strict=True)
    ]
    return sorted(ordered, key=lambda effect: -effect.share)


def ranked_values(frame: pd.DataFrame, metric: str) -> pd.Series[Any]:
    """Return the values of a metric, infinite where it is a time that never came."""
    from math import inf

    from analysis.metrics import METRICS

    values: pd.Series[Any] = frame[metric].astype(float)
    kind = METRICS.get(metric)
    return values.fillna(inf) if kind is not None and kind.may_never_come else values


_Effect = tuple[str, float, float | None, Test, int]


def _effect(frame: pd.DataFrame, factor: str, metric: str) -> _Effect | None:
    sampled = POINT in frame
    rows = _by_point(frame, factor, metric) if sampled else frame
    settings, values = rows[factor], rows[metric]
    if settings.nunique(dropna=False) < 2:
        return None
    number = _is_number(settings)
    name = "Spearman" if sampled and number else "Kruskal-Wallis"
    if values.nunique() < 2:
        return factor, 0.0, None, Test(name, 0.0, 1.0), len(values)
    share, test = (_correlated if sampled and number else _between)(settings, values)
    direction = _spearman(settings, values.rank()) if number else None
    return factor, min(1.0, max(0.0, share)), direction, test, len(values)


def _by_point(frame: pd.DataFrame, factor: str, metric: str) -> pd.DataFrame:
    """Return a row for each point of a sampled design: its value of a factor, and the median of a metric.

    A factor that is swept beside the design has a row for each of its values at each point.
    """
    rows = frame[frame[MATRIX].isin(("A", "B"))] if MATRIX in frame else frame
    place = [name for name in (MATRIX, POINT) if name in rows]
    return rows.groupby([*place, factor], sort=False, dropna=False)[metric].median().reset_index()


def _between(settings: pd.Series[Any], values: pd.Series[Any]) -> tuple[float, Test]:
    from scipy.stats import kruskal

    classes = _classes(settings)
    groups = [values[classes == each].to_numpy() for each in dict.fromkeys(classes)]
    found = kruskal(*groups)
    spare = len(values) - len(groups)
    share = (float(found.statistic) - len(groups) + 1) / spare if spare else 0.0
    return share, Test("Kruskal-Wallis", float(found.statistic), float(found.pvalue))


def _correlated(settings: pd.Series[Any], values: pd.Series[Any]) -> tuple[float, Test]:
    from scipy.stats import permutation_test, spearmanr

    ranks, count = values.rank().to_numpy(), len(values)
    found = spearmanr(settings, ranks)
    p = float(found.pvalue)
    if count <= FEW:
        drawn = permutation_test(
            (settings.rank().to_numpy(), ranks),
            _products,
            permutation_type="pairings",
            vectorized=True,
            n_resamples=_PERMUTATIONS,
            random_state=_SEED,
        )
        p = float(drawn.pvalue)
    correlation = float(found.statistic)
    share = ((count - 1) * correlation**2 - 1) / (count - 2) if count > 2 else 0.0
    return share, Test("Spearman", correlation, p)


def _products(first: NDArray[Any], second: NDArray[Any], axis: int = -1) -> Any:
    """Return what the correlation of ranks grows with, whatever their order: the mean product about the centre."""
    centred = first - first.mean(axis=axis, keepdims=True)
    return (centred * second).mean(axis=axis)


def _spearman(settings: pd.Series[Any], ranks: pd.Series[Any]) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(settings, ranks).statistic)


def _is_number(settings: pd.Series[Any]) -> bool:
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return bool(is_numeric_dtype(settings)) and not is_bool_dtype(settings)


def _classes(settings: pd.Series[Any]) -> NDArray[Any]:
    """Return the values of a factor, or of one with many different numbers the class of each."""
    import numpy as np

    if not _is_number(settings) or settings.nunique() <= LEVELS:
        return np.asarray(settings.astype(str))
    number = max(2, min(LEVELS, len(settings) // LEAST_IN_CLASS))
    ranks = np.asarray(settings.rank(method="average")) - 1
    classes: NDArray[Any] = np.minimum((ranks * number / len(settings)).astype(int), number - 1)
    return classes
