"""The steady state of a series over time: where the start is left behind, and a mean whose interval knows of memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from analysis.estimates import CONFIDENCE, Estimate

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH: Final = 5
"""Values that MSER-5 averages before it looks."""
LEAST_BATCHES: Final = 10
"""Averages below which a series is too short to say where it settles."""
BATCHES: Final = 20
"""Batches of which the mean of a steady state is taken, by default."""


def warm_up_of(series: Sequence[float]) -> int | None:
    """Return how many first values to leave out, so that the rest is of the steady state (MSER-5).

    Of all cuts the one that gives the least standard error of the mean (White, "An effective truncation heuristic for
    bias reduction in simulation output", Simulation 69, 1997) of averages of five values (White, Cobb and Spratt, "A
    comparison of five steady-state truncation heuristics for simulation", Winter Simulation Conference 2000). None
    where that lies in the second half, or the series has fewer than fifty values: it is then too short to tell. Assumes
    equal steps of time and a series that settles.
    """
    import numpy as np

    values = np.asarray(series, dtype=float)
    count = len(values) // BATCH
    if count < LEAST_BATCHES:
        return None
    means = values[: count * BATCH].reshape(count, BATCH).mean(axis=1)
    centred = means - means.mean()
    left = np.arange(count, 0, -1)
    sums, squares = (each[::-1].cumsum()[::-1] for each in (centred, centred**2))
    errors = np.maximum(squares - sums**2 / left, 0) / left**2
    best = int(np.argmin(errors[: count - BATCH]))  # the last few averages agree by chance
    return best * BATCH if best <= count // 2 else None


def batch_means(series: Sequence[float], batches: int | None = None) -> Estimate | None:
    """Return the mean of a series in its steady state, with the interval of Student's t over means of batches.

    Leave its warm-up out first. Twenty batches by default, or as many as asked for; without an interval where a batch
    would have fewer than two values. Assumes a stationary series in equal steps of time whose batches are long beside
    its memory, so that their means are nearly independent: at least twenty times the time constant of its correlation
    (Law, "Simulation Modeling and Analysis", 2015, section 9.5.3; Schmeiser, "Batch size effects in the analysis of
    simulation output", Operations Research 30, 1982). None for an empty series.
    """
    import numpy as np

    values = np.asarray(series, dtype=float)
    if not values.size:
        return None
    number = BATCHES if batches is None else batches
    if number < 2 or len(values) < 2 * number:
        return Estimate(float(values.mean()), None, None)
    length = len(values) // number
    return _of_batches(values[len(values) - number * length :].reshape(number, length).mean(axis=1))


def _of_batches(means: NDArray[Any]) -> Estimate:
    from scipy.stats import t

    mean = float(means.mean())
    margin = float(t.ppf((1 + CONFIDENCE) / 2, len(means) - 1) * means.std(ddof=1) / len(means) ** 0.5)
    return Estimate(mean, mean - margin, mean + margin)
