"""Which factors a measurement depends on, and how far alone: Sobol indices, of a design that is made for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analysis.estimates import Estimate
from topologies.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

ENOUGH_POINTS: Final = 256
"""Base points that suffice as a rule: of them the widest interval of the Ishigami function is 0.36 of the variance."""


@dataclass(frozen=True)
class SobolIndices:
    """For each factor the share of the variance that goes with it.

    `first` is what it explains alone, `total` what it explains together with all others: the two are the same where
    factors do not act on each other's effects. `points` is the number of base points of the design.
    """

    first: Mapping[str, Estimate]
    total: Mapping[str, Estimate]
    points: int


def sobol_of(values: Sequence[float], factors: Sequence[str]) -> SobolIndices:
    """Return the Sobol indices of a measurement at the points of a design `sobol-indices`, with intervals.

    `values` are in the order of the design: at its base points, at as many others, then for each factor in turn at the
    base points with that factor's settings of the others. scipy's estimates (`scipy.stats.sobol_indices`: Saltelli and
    others, "Variance based sensitivity analysis of model output", Computer Physics Communications 181, 2010), with BCa
    intervals of a bootstrap over base points. Assumes factors that are independent of each other and uniform over
    their ranges, and a measurement that is a function of them alone: take means over seeds, as what chance adds counts
    in every total. An index is a share of variance, and says little where a few huge values make up the variance: take
    logarithms then. Raises InputError where values are missing, or are not as many as the design has points.
    """
    import numpy as np
    from scipy.stats import sobol_indices

    found = np.asarray(values, dtype=float)
    points, rest = divmod(len(found), len(factors) + 2)
    if rest or not points:
        blocks = f"{len(factors)} + 2 times as many as there are base points"
        raise InputError(f"found {len(found)} values of a design for Sobol indices; expected {blocks}")
    _check(points)
    if not np.isfinite(found).all():
        raise InputError("found points without a value; Sobol indices need one at each point of the design")
    base, other = found[:points], found[points : 2 * points]
    mixed = found[2 * points :].reshape(len(factors), points)
    parts = {"f_A": base, "f_B": other, "f_AB": mixed[:, None, :]}
    indices = sobol_indices(func=parts, n=points)
    low, high = _bounds(base, other, mixed)
    estimates = [
        {
            name: _estimate(float(np.atleast_1d(each)[place]), low[order, place], high[order, place])
            for place, name in enumerate(factors)
        }
        for order, each in enumerate((indices.first_order, indices.total_order))
    ]
    return SobolIndices(estimates[0], estimates[1], points)


def _check(points: int) -> None:
    if points < 2 or points & (points - 1):
        raise InputError(f"found {points} points of a design for Sobol indices; expected a power of two, such as 64")


def _bounds(base: Floats, other: Floats, mixed: Floats) -> tuple[Floats, Floats]:
    """Return bounds of first and total indices, by order and factor; NaN where nothing varies."""
    import numpy as np

    from analysis.statistics.bootstrap import bounds

    centre = np.concatenate([base, other]).mean()
    rows = np.stack([base, other, *mixed]) - centre

    def indices(places: Floats, axis: int = -1) -> Floats:
        drawn = rows[:, places.astype(int)]
        centred = drawn - drawn[:2].mean(axis=(0, -1), keepdims=True)
        variance = centred[:2].var(axis=(0, -1))
        first = (centred[1] * (centred[2:] - centred[0])).mean(axis=-1) / variance
        total = 0.5 * ((centred[0] - centred[2:]) ** 2).mean(axis=-1) / variance
        return np.stack([first, total])

    low, high = bounds([np.arange(len(base))], indices)
    return low, high


def _estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, None, None) if low != low or high != high else Estimate(value, float(low), float(high))
