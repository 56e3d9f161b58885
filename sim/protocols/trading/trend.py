"""The indicator of a market analyser: two exponential moving averages of a price, a fast and a slow one."""

from __future__ import annotations


class Trend:
    """Averages over about `fast` and `slow` ticks; `direction` is 1 where the fast one is above the slow one by more
    than `threshold` of it, -1 where it is below, else 0."""

    __slots__ = ("_fast", "_fast_weight", "_slow", "_slow_weight", "threshold")

    def __init__(self, fast: int, slow: int, threshold: float) -> None:
        assert 0 < fast < slow
        self.threshold = threshold
        self._fast_weight, self._slow_weight = 2.0 / (fast + 1), 2.0 / (slow + 1)
        self._fast = self._slow = 0.0

    def take(self, price: float) -> int:
        """Take the next price; gives the direction."""
        if not self._slow:
            self._fast = self._slow = price
        self._fast += self._fast_weight * (price - self._fast)
        self._slow += self._slow_weight * (price - self._slow)
        return self.direction

    @property
    def direction(self) -> int:
        """Where the price is going: 1, 0 or -1."""
        gap = self._fast - self._slow
        if abs(gap) <= self.threshold * self._slow:
            return 0
        return 1 if gap > 0 else -1
