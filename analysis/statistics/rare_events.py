"""What can be said of what was hardly ever found, or never, and how many runs it takes to say more."""

from __future__ import annotations

from math import ceil, log1p
from typing import Final

from analysis.estimates import CONFIDENCE
from topologies.errors import InputError

ROUNDING: Final = 1e-12
"""Part of a number of runs that is no run more."""


def rule_of_three(runs: int) -> float:
    """Return the bound, with 95 % confidence, of the share of what was found in none of so many runs: 3 / runs.

    Assumes independent runs, and about thirty of them or more (Hanley and Lippman-Hand, "If nothing goes wrong, is
    everything all right?", Journal of the American Medical Association 249, 1983); `upper_bound` is exact.
    """
    return min(1.0, 3 / runs) if runs > 0 else 1.0


def upper_bound(found: int, runs: int, confidence: float = CONFIDENCE) -> float:
    """Return the exact one-sided bound of a share: a larger one would, in 95 % of cases, have been found more often.

    Assumes independent runs (Clopper and Pearson, "The use of confidence or fiducial limits", Biometrika 26, 1934).
    """
    if not runs:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(found, runs, alternative="less").proportion_ci(confidence, method="exact").high)


def runs_to_see(share: float, chance: float = CONFIDENCE) -> int:
    """Return how many runs it takes to find, with that chance, at least once what is in such a share of runs.

    Assumes independent runs: the chance to miss it n times is (1 - share)^n. Raises InputError for a share that is not
    between 0 and 1.
    """
    _check("share", share)
    if not 0 < chance < 1:
        raise InputError(f"chance: found {chance}; expected more than 0 and less than 1, such as 0.95")
    return 1 if share == 1 else max(1, ceil(log1p(-chance) / log1p(-share) * (1 - ROUNDING)))


def runs_needed(share: float, relative_half_width: float, confidence: float = CONFIDENCE) -> int:
    """Return how many runs it takes to know a share to within this part of itself, either way.

    Assumes independent runs, and that the share is about this (half-width of the normal approximation,
    z² (1 - p) / (p h²); Cochran, "Sampling Techniques", 1977, chapter 4). A share of 1 % to within a tenth takes
    38,000 runs. Raises InputError for a share that is not between 0 and 1, or for a width that is not above 0.
    """
    from statistics import NormalDist

    _check("share", share)
    if not relative_half_width > 0:
        raise InputError(f"relative half-width: found {relative_half_width}; expected more than 0, such as 0.1")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return max(1, ceil(z**2 * (1 - share) / (share * relative_half_width**2)))


def _check(name: str, share: float) -> None:
    if not 0 < share <= 1:
        raise InputError(f"{name}: found {share}; expected more than 0 and at most 1")
