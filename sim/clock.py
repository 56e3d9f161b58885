"""Local clocks: what a node takes for the time, and how long its timers really last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

BILLION = 1_000_000_000
SLOWEST: Final = -990_000_000
"""Parts per billion by which a clock can lose time at most: it never stands still and never runs backwards."""


class ClockError:
    """One cause of what a clock is off by, so that it can be taken back alone.

    `drift` in parts per billion is what it adds to the clock's rate; `amount` what it had added by true time `since`,
    in billionths of nanoseconds.
    """

    __slots__ = ("amount", "drift", "since")

    def __init__(self, since: int, offset: int, drift: int) -> None:
        self.since = since
        self.amount = offset * BILLION
        self.drift = drift

    def settle(self, now: int) -> int:
        """Bring `amount` up to date, and give it."""
        self.amount += (now - self.since) * self.drift
        self.since = now
        return self.amount


class Clock:
    """A clock that runs at a rate of its own, from an offset; all arithmetic in whole billionths of nanoseconds.

    Parameters: `offset` in nanoseconds of local time at true time zero; `drift` in parts per billion (50_000: the clock
    gains 50 microseconds a second). On top of these come the errors that were added and not yet taken away. Adding and
    taking away are exact: a clock without errors reads what it would have read had there never been any.
    """

    __slots__ = ("_errors", "_rate", "_reading", "_ticks", "_true", "waverings")

    def __init__(self, offset: int = 0, drift: int = 0) -> None:
        self._true = 0
        self._reading = offset * BILLION
        self._ticks = 0
        self._rate = BILLION + drift
        self._errors: list[ClockError] = []
        self.waverings: tuple[Callable[[int], int], ...] = ()
        """What each reading is off by besides, in nanoseconds, by true time; timers do not feel it."""
        assert self._rate > 0

    def read(self, now: int) -> int:
        """Local time at true time `now`, both in nanoseconds."""
        reading = (self._reading + (now - self._true) * self._rate) // BILLION
        if self.waverings:
            return reading + sum([wavering(now) for wavering in self.waverings])
        return reading

    def elapsed(self, now: int) -> int:
        """Nanoseconds that the clock has counted since true time zero: it is never set, and only its rate matters."""
        return (self._ticks + (now - self._true) * self._rate) // BILLION

    @property
    def rate(self) -> int:
        """Local nanoseconds in a true second."""
        return self._rate

    def true_delay(self, delay: int) -> int:
        """True nanoseconds that pass while this clock counts `delay`, rounded up: a timer is never early."""
        return -(-delay * BILLION // self._rate)

    def step(self, now: int, by: int) -> None:
        """Set the clock forward (or back, where negative) by so many nanoseconds."""
        self._turn(now, by * BILLION, 0)

    def set_drift(self, now: int, drift: int) -> None:
        """Run at another rate from now on; the reading does not jump."""
        self._turn(now, 0, BILLION + drift - self._rate)

    def add_error(self, now: int, offset: int = 0, drift: int = 0) -> ClockError:
        """Be off by further nanoseconds at once, and by further parts per billion from now on.

        A drift that would have the clock lose more than 99 % of the time is cut to that.
        """
        error = ClockError(now, offset, max(drift, BILLION + SLOWEST - self._rate))
        self._errors.append(error)
        self._turn(now, error.amount, error.drift)
        return error

    def change_drift(self, now: int, error: ClockError, drift: int) -> None:
        """Have an error add another drift from now on, cut as in `add_error`; what it has added so far stays."""
        error.settle(now)
        others = self._rate - error.drift
        new = max(drift, BILLION + SLOWEST - others)
        self._turn(now, 0, new - error.drift)
        error.drift = new

    def remove_error(self, now: int, error: ClockError, keep_amount: bool = False) -> None:
        """Take an error away: what it has added with it, unless that is to stay as the clock's own."""
        self._errors.remove(error)
        amount = error.settle(now)
        self._turn(now, 0 if keep_amount else -amount, -error.drift)

    def error(self, now: int) -> int:
        """How far the clock is ahead of true time, in nanoseconds, its waverings left aside."""
        return (self._reading + (now - self._true) * self._rate) // BILLION - now

    def reset(self, now: int) -> None:
        """Set the clock to true time, as NTP does where it steps; what goes on to drift drifts from there."""
        for error in self._errors:
            error.settle(now)
            error.amount = 0
        self._turn(now, 0, 0)
        self._reading = now * BILLION

    def _turn(self, now: int, amount: int, rate: int) -> None:
        """Add to the reading, and to the rate from now on."""
        counted = (now - self._true) * self._rate
        self._ticks += counted
        self._reading += counted + amount
        self._true = now
        self._rate += rate
        assert self._rate > 0
