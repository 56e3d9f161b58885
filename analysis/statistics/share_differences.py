"""By how much shares of runs differ, in runs of other seeds or of the same."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, sqrt
from statistics import NormalDist

from analysis.estimates import CONFIDENCE, Estimate, share_of
from analysis.statistics.differences import Difference
from analysis.statistics.significance import Test
from topologies.errors import InputError


def difference_of_shares(found_first: int, runs_first: int, found_second: int, runs_second: int) -> Difference | None:
    """Return by how much the share in a second lot of runs is more than in a first one, of other seeds.

    Newcombe's interval of the Wilson bounds ("Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17, 1998, method 10), the ratio's of Katz and others (Biometrics 34, 1978), Fisher's
    exact test, and Cohen's h ("Statistical Power Analysis", 1988, chapter 6). Assumes independent runs. None where
    either lot has no runs.
    """
    one, other = share_of(found_first, runs_first), share_of(found_second, runs_second)
    if one is None or other is None:
        return None
    from scipy.stats import fisher_exact

    table = [[found_second, runs_second - found_second], [found_first, runs_first - found_first]]
    exact = fisher_exact(table)
    value = other.value - one.value
    down, up = _apart(other.value, other.low, one.value, one.high), _apart(other.value, other.high, one.value, one.low)
    h = 2 * asin(sqrt(other.value)) - 2 * asin(sqrt(one.value))
    return Difference(
        Estimate(value, value - down, value + up),
        _ratio(found_first, runs_first, found_second, runs_second),
        h,
        "Cohen's h",
        Test("Fisher's exact", float(exact.statistic), float(exact.pvalue)),
        0,
    )


def _apart(share: float, bound: float | None, other: float, other_bound: float | None) -> float:
    assert bound is not None
    assert other_bound is not None
    return sqrt((share - bound) ** 2 + (other - other_bound) ** 2)


def _ratio(found_first: int, runs_first: int, found_second: int, runs_second: int) -> Estimate | None:
    """Return by which part a share is more than the first; None where the first was never found."""
    if not found_first:
        return None
    if not found_second:
        return Estimate(-1.0, None, None)
    if (found_first, found_second) == (runs_first, runs_second):
        return Estimate(0.0, None, None)  # the variance of its logarithm would be 0
    from scipy.stats.contingency import relative_risk

    found = relative_risk(found_second, runs_second, found_first, runs_first)
    interval = found.confidence_interval(CONFIDENCE)
    return Estimate(float(found.relative_risk) - 1, float(interval.low) - 1, float(interval.high) - 1)


def paired_difference_of_shares(first: Sequence[bool], second: Sequence[bool]) -> Difference | None:
    """Return by how much the share of runs in which something was found is more in a second lot of the same seeds.

    Only pairs that differ tell. The interval of Agresti and Min ("Simple improved confidence intervals for comparing
    matched proportions", Statistics in Medicine 24, 2005) and the exact test of McNemar (Psychometrika 12, 1947);
    the effect is Cohen's g, the share of the pairs that differ in which the second has it, less a half. Assumes
    independent pairs. None for no pairs. Raises InputError for samples that do not pair.
    """
    if len(first) != len(second):
        raise InputError(f"found {len(first)} and {len(second)} runs; expected as many, pair by pair")
    if not len(first):
        return None
    from scipy.stats import binomtest

    pairs = len(first)
    gained = sum(bool(b) and not a for a, b in zip(first, second, strict=True))
    lost = sum(bool(a) and not b for a, b in zip(first, second, strict=True))
    differ = gained + lost
    value = (gained - lost) / pairs
    low, high = _agresti_min(gained, lost, pairs)
    before = sum(map(bool, first))
    relative = Estimate(sum(map(bool, second)) / before - 1, None, None) if before else None
    p = float(binomtest(gained, differ).pvalue) if differ else 1.0
    effect = gained / differ - 0.5 if differ else 0.0
    return Difference(
        Estimate(value, low, high), relative, effect, "Cohen's g", Test("McNemar's exact", float(differ), p), pairs
    )


def _agresti_min(gained: int, lost: int, pairs: int) -> tuple[float, float]:
    """Return Wald's interval of the difference, with half a pair more of each of the four sorts."""
    number = pairs + 2
    middle = (gained - lost) / number
    spread = sqrt((gained + lost + 1) / number - middle**2) / sqrt(number)
    margin = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * spread
    return max(-1.0, middle - margin), min(1.0, middle + margin)
