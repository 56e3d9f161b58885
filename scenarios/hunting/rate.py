"""How often something happens, with what the runs leave open about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something was found: `found` in `runs`, as a share, with the bounds of its interval.

    The interval is that of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in the case of
    the binomial", 1934), at a confidence of 95 %. Where nothing was found it is one-sided, from zero: close to the
    rule of three, 3/n (Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", 1983).
    """

    found: int
    runs: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share of the runs."""
        return self.found / self.runs if self.runs else 0.0


def rate_of(found: int, runs: int) -> Rate:
    """Return the rate of something that was found in so many of these runs."""
    if not runs:
        return Rate(0, 0, 0.0, 1.0)
    from scipy.stats import binomtest

    side = "two-sided" if found else "less"
    interval = binomtest(found, runs, alternative=side).proportion_ci(CONFIDENCE, method="exact")
    return Rate(found, runs, float(interval.low), float(interval.high))
