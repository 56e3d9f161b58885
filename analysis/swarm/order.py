"""Order among phases: functions of an array of phases in radians, one for each agent that counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import tau
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Angles = NDArray[np.float64]

BINS: Final = 36
"""Parts of the circle in which agents are counted for the entropy: 10 degrees each."""
TWISTED_WITHIN: Final = 0.1
"""Radians by which neighbours of a twisted state may differ from the common step."""


def mean_vector(phases: Angles, order: int = 1) -> complex:
    """Return the mean of exp(i order phase), whose length is the order parameter of that order.

    The first order is Kuramoto's coherence; the second sees two opposite clusters as order, Daido 1992 (Progress of
    Theoretical Physics 88, 1213).
    """
    import numpy as np

    assert phases.size
    return complex(np.cos(order * phases).mean(), np.sin(order * phases).mean())


def coherence(phases: Angles, order: int = 1) -> float:
    """Return the order parameter of that order, 0 to 1."""
    return abs(mean_vector(phases, order))


def mean_phase(phases: Angles) -> float:
    """Return the direction of the mean vector, in radians from 0 to 2π; of no meaning where coherence is 0."""
    from cmath import phase

    return phase(mean_vector(phases)) % tau


def between(phases: Angles, origin: float) -> Angles:
    """Return the way from an origin to each phase, in radians from -π to π."""
    import numpy as np

    return np.mod(phases - origin + np.pi, 2 * np.pi) - np.pi


def spread(phases: Angles) -> float:
    """Return the standard deviation of the phases around the mean phase, in radians."""
    import numpy as np

    return float(np.sqrt(np.square(between(phases, mean_phase(phases))).mean()))


def coherence_by_region(phases: Angles, regions: Sequence[str]) -> dict[str, float]:
    """Return the coherence in each region, by name; `phases` of all nodes, NaN where one is left out."""
    import numpy as np

    names = np.array(regions)
    counted = np.isfinite(phases)
    found = ((name, phases[counted & (names == name)]) for name in sorted(set(regions)))
    return {name: coherence(inside) for name, inside in found if inside.size}


def entropy(phases: Angles, bins: int = BINS) -> float:
    """Return how evenly the phases fill the circle: 0 where all are in one of the bins, 1 where these are even.

    Shannon's entropy of the shares in equal parts of the circle, the first of which begins at phase 0, over its largest
    value: that of as many equal shares as there are bins, or agents where those are fewer.
    """
    import numpy as np

    assert phases.size
    most = min(bins, phases.size)
    if most == 1:
        return 0.0
    place = np.minimum((np.mod(phases, 2 * np.pi) * (bins / (2 * np.pi))).astype(np.int64), bins - 1)
    counts = np.bincount(place, minlength=bins)
    shares = counts[counts > 0] / phases.size
    return max(0.0, float(-(shares * np.log(shares)).sum() / np.log(most)))


def gap_ratio(phases: Angles) -> float:
    """Return the largest gap between neighbours on the circle over the mean gap: 1 where evenly spaced, n at once."""
    import numpy as np

    assert phases.size
    ordered = np.sort(np.mod(phases, 2 * np.pi))
    gaps = np.diff(ordered, append=ordered[0] + 2 * np.pi)
    return float(gaps.max() * phases.size / (2 * np.pi))


@dataclass(frozen=True, slots=True)
class Winding:
    """How many turns the phases make once around a ring, and whether they do so in equal steps: a twisted state."""

    number: int
    twisted: bool


def winding(phases: Angles, within: float = TWISTED_WITHIN) -> Winding:
    """Return the winding of phases around a ring, in the order of its nodes, the last of which is linked to the first.

    Twisted states: Wiley, Strogatz, Girvan 2006, "The size of the sync basin" (Chaos 16, 015103); a state is one where
    no step differs by more than `within` radians from the common one.
    """
    import numpy as np

    steps = between(np.diff(phases, append=phases[0]), 0.0)
    number = round(float(steps.sum()) / tau)
    return Winding(number, bool(np.abs(steps - tau * number / phases.size).max() <= within))


def goal_phase(phase: float, period: int, time: int) -> float:
    """Return where the goal's cycle is at a time, in radians: at `phase` at time 0; period and time in nanoseconds."""
    return (phase + tau * (time % period) / period) % tau


def distance_on_circle(one: float, other: float) -> float:
    """Return the shorter way between two phases, in radians from 0 to π."""
    gap = abs(one - other) % tau
    return min(gap, tau - gap)


def decay_rate(seconds: Angles, spreads: Angles) -> float:
    """Return the rate, per second, at which a spread decays as exp(-rate t): least squares of its logarithm."""
    import numpy as np

    assert seconds.size == spreads.size >= 2
    slope, _ = np.polyfit(seconds - seconds[0], np.log(spreads), 1)
    return float(-slope)
