"""The variance of numbers that come, change and go, kept exact enough to follow it down by many powers of ten."""

from __future__ import annotations

from math import inf, isfinite, isnan, sqrt
from sys import float_info
from typing import Final

_EPSILON: Final = float_info.epsilon
_LOSS: Final = 1e-6
"""Share of its peak to which the sum of squares may fall before all is summed anew: it costs six digits at most."""


class RunningVariance:
    """Variance (over all, not a sample's) of a multiset of numbers; each change takes constant time, amortised.

    Sums are kept of the distances from a centre near the mean. Whenever the variance is a small share of what it was,
    or as many changes have come as there are numbers, all is summed anew around the present mean, so that neither
    cancellation nor rounding can build up.
    """

    def __init__(self) -> None:
        self._numbers: dict[float, int] = {}
        self._centre = 0.0
        self._sum = 0.0
        self._squares = 0.0
        self._peak = 0.0
        self._changes = 0
        self.count = 0

    def replace(self, before: float | None, after: float | None) -> None:
        """Take out one number and put in another; None for nothing."""
        if before is not None:
            self._change(before, -1)
        if after is not None:
            self._change(after, 1)
        self._changes += 1
        self._peak = max(self._peak, self._squares)
        if self._changes > self.count + 8 or self._around_mean() < _LOSS * self._peak:
            self._sum_anew()

    def _change(self, number: float, step: int) -> None:
        self.count += step
        distance = number - self._centre
        self._sum += step * distance
        self._squares += step * distance * distance
        multiplicity = self._numbers.get(number, 0) + step
        if multiplicity:
            self._numbers[number] = multiplicity
        else:
            del self._numbers[number]

    def _around_mean(self) -> float:
        """Sum of the squared distances from the mean."""
        return self._squares - self._sum * self._sum / self.count if self.count else 0.0

    def _sum_anew(self) -> None:
        self._changes = 0
        centre = self._centre + self._sum / self.count if self.count else 0.0
        self._centre = centre if isfinite(centre) else 0.0
        distances = [(number - self._centre, times) for number, times in self._numbers.items()]
        self._sum = sum(times * distance for distance, times in distances)
        self._squares = self._peak = sum(times * distance * distance for distance, times in distances)

    @property
    def deviation(self) -> float:
        """The standard deviation: 0 within rounding and where there are no numbers, infinite where one of them is."""
        variance = self._around_mean() / max(1, self.count)
        if isnan(variance):
            return inf
        rounding = 4 * _EPSILON * self._centre
        return sqrt(variance) if variance > rounding * rounding else 0.0
