"""What many looks at a swarm come to: its mean coherence, how it moves around the cycle, how fast it comes together."""

from __future__ import annotations

from math import tau
from typing import TYPE_CHECKING, Final

from analysis.swarm.order import between, decay_rate
from analysis.swarm.phases import NANOSECOND

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analysis.coherence_tracker import CoherenceTracker

IN_STEP: Final = 0.5
"""Coherence below which the mean phase is not taken as that of the swarm."""
DECAY_FROM, DECAY_TO = 1e-2, 1e-4
"""Shares of the largest spread between which its decay is measured: late enough for the slowest mode to prevail, and
above what the rounding of records leaves."""
FEWEST: Final = 5
"""Looks that a rate is measured by at least."""


class Looks:
    """The looks of a tracker in a run that ended at `end`, from a time on; times are nanoseconds.

    Each stands for the time until the next, or the end.
    """

    def __init__(self, tracker: CoherenceTracker, end: int, since: int = 0) -> None:
        import numpy as np

        times = np.array(tracker.times, np.int64)
        here = (times >= since) & np.isfinite(tracker.coherences)
        self.times = times[here]
        self.coherences = np.array(tracker.coherences)[here]
        self.mean_phases = np.array(tracker.mean_phases)[here]
        self.spreads = np.array(tracker.spreads)[here]
        self._within = tracker.within()[here]
        self._aliased = _aliased(tracker)
        self._lasts: NDArray[np.float64] = np.diff(times, append=end)[here].astype(np.float64)

    def _mean_of(self, values: NDArray[np.float64]) -> float | None:
        total = float(self._lasts.sum())
        return float((values * self._lasts).sum() / total) if total else None

    @property
    def mean(self) -> float | None:
        """The mean coherence over time."""
        return self._mean_of(self.coherences)

    @property
    def deviation(self) -> float | None:
        """The standard deviation of the coherence over time."""
        mean = self.mean
        variance = None if mean is None else self._mean_of((self.coherences - mean) ** 2)
        return None if variance is None else float(variance**0.5)

    @property
    def lowest(self) -> float | None:
        """The lowest coherence."""
        return float(self.coherences.min()) if self.coherences.size else None

    @property
    def share_within(self) -> float | None:
        """The share of time in which the coherence was within tolerance."""
        return self._mean_of(self._within.astype(float))

    @property
    def period(self) -> float | None:
        """The mean time of a turn of the mean phase, in nanoseconds; None where the swarm is not in step all the time.

        None too where it does not turn at all, or where all phases are recorded together less than twice a period.
        """
        import numpy as np

        if self.times.size < 2 or self._aliased or self.coherences.min() < IN_STEP:
            return None
        turned = float(between(np.diff(self.mean_phases), 0.0).sum())
        return float(self.times[-1] - self.times[0]) * tau / turned if turned else None

    @property
    def decay_rate(self) -> float | None:
        """The rate per second at which the spread decays, from a hundredth of its largest to a ten-thousandth."""
        import numpy as np

        if not self.spreads.size:
            return None
        largest = self.spreads.max()
        below = [np.flatnonzero(self.spreads <= share * largest) for share in (DECAY_FROM, DECAY_TO)]
        first, last = (int(found[0]) if found.size else self.spreads.size for found in below)
        seconds, spreads = self.times[first:last].astype(np.float64) * NANOSECOND, self.spreads[first:last]
        changed = np.diff(spreads, prepend=np.inf) != 0  # a snapshot holds until the next: it is seen once
        return decay_rate(seconds[changed], spreads[changed]) if changed.sum() >= FEWEST else None


def _aliased(tracker: CoherenceTracker) -> bool:
    snapshots = tracker.phases.snapshots
    return bool(snapshots) and 2 * (snapshots[-1] - snapshots[0]) >= tracker.declared.period
