"""Local clocks: what a node takes for the time, and how long its timers really last."""

from __future__ import annotations

BILLION = 1_000_000_000


class Clock:
    """A clock that runs at a rate of its own, from an offset; all arithmetic in whole nanoseconds.

    Parameters: `offset` in nanoseconds of local time at true time zero; `drift` in parts per billion (50_000: the clock
    gains 50 microseconds a second).
    """

    __slots__ = ("_local", "_rate", "_true")

    def __init__(self, offset: int = 0, drift: int = 0) -> None:
        self._true = 0
        self._local = offset
        self._rate = BILLION + drift
        assert self._rate > 0

    def read(self, now: int) -> int:
        """Local time at true time `now`, both in nanoseconds."""
        return self._local + (now - self._true) * self._rate // BILLION

    def true_delay(self, delay: int) -> int:
        """True nanoseconds that pass while this clock counts `delay`, rounded up: a timer is never early."""
        return -(-delay * BILLION // self._rate)

    def step(self, now: int, by: int) -> None:
        """Set the clock forward (or back, where negative) by so many nanoseconds."""
        self._local, self._true = self.read(now) + by, now

    def set_drift(self, now: int, drift: int) -> None:
        """Run at another rate from now on; the reading does not jump."""
        self._local, self._true, self._rate = self.read(now), now, BILLION + drift
        assert self._rate > 0
