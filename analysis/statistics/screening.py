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


@dataclass(frozen=True, slots=True)
class MainEffect:
    """How far a measurement goes with a factor by itself.

    `share` is that of the variance of ranks which the factor's values explain, from 0 to 1, less what chance would;
    `direction` is Spearman's correlation, from -1 to 1, None for a factor that is no number; `adjusted` is the p of the
    test corrected by Holm for the number of factors.
    """

    factor: str
    share: float
    direction: float | None
    test: Test
    adjusted: float


def main_effects(frame: pd.DataFrame, factors: Sequence[str], metric: str) -> list[MainEffect]:
    """Return for each factor how far a metric goes with it by itself, the strongest first.

    Kruskal and Wallis' test over the factor's values ("Use of ranks in one-criterion variance analysis", Journal of
    the American Statistical Association 47, 1952) and the share epsilon squared (Kelley, "An unbiased correlation
    ratio measure", Proceedings of the National Academy of Sciences 21, 1935); a factor with many numbers is cut into
    classes of as many runs. Assumes independent runs, and a design in which factors vary independently of each other;
    what factors do only together is not seen, which Sobol indices would show. A time that never came counts as later
    than all others; other runs without a value are left out. Factors that do not vary are not there.
    """
    values = ranked_values(frame, metric)
    known = values.notna()
    found = [_effect(frame.loc[known, factor], values[known], factor) for factor in factors]
    effects = [each for each in found if each is not None]
    adjusted = holm([test.p for _, _, _, test in effects])
    ordered = [MainEffect(*effect, p) for effect, p in zip(effects, adjusted, strict=True)]
    return sorted(ordered, key=lambda effect: -effect.share)


def ranked_values(frame: pd.DataFrame, metric: str) -> pd.Series[Any]:
    """Return the values of a metric, infinite where it is a time that never came."""
    from math import inf

    from analysis.metrics import METRICS

    values: pd.Series[Any] = frame[metric].astype(float)
    kind = METRICS.get(metric)
    return values.fillna(inf) if kind is not None and kind.may_never_come else values


def _effect(
    settings: pd.Series[Any], values: pd.Series[Any], factor: str
) -> tuple[str, float, float | None, Test] | None:
    from scipy.stats import kruskal, spearmanr

    classes = _classes(settings)
    groups = [values[classes == each].to_numpy() for each in dict.fromkeys(classes)]
    if len(groups) < 2:
        return None
    if values.nunique() < 2:
        return factor, 0.0, None, Test("Kruskal-Wallis", 0.0, 1.0)
    found = kruskal(*groups)
    spare = len(values) - len(groups)
    share = (float(found.statistic) - len(groups) + 1) / spare if spare else 0.0
    direction = float(spearmanr(settings, values.rank()).statistic) if _is_number(settings) else None
    test = Test("Kruskal-Wallis", float(found.statistic), float(found.pvalue))
    return factor, min(1.0, max(0.0, share)), direction, test


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
