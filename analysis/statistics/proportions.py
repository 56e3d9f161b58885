"""Shares of runs in which something was found, with their intervals."""

from __future__ import annotations

from analysis.estimates import CONFIDENCE, Estimate, share_of


def share_wilson(found: int, runs: int) -> Estimate | None:
    """Return the share with Wilson's interval, which covers 95 % on average over shares; None for no runs.

    Assumes independent runs (Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22, 1927).
    """
    return share_of(found, runs)


def share_exact(found: int, runs: int, confidence: float = CONFIDENCE) -> Estimate | None:
    """Return the share with Clopper and Pearson's interval, which never covers less than 95 %; None for no runs.

    Assumes independent runs (Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case
    of the binomial", Biometrika 26, 1934). Wider than Wilson's, for where a bound must never be too tight.
    """
    if not runs:
        return None
    from scipy.stats import binomtest

    interval = binomtest(found, runs).proportion_ci(confidence, method="exact")
    return Estimate(found / runs, float(interval.low), float(interval.high))
