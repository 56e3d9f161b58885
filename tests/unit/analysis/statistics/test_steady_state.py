"""The warm-up of series, and means whose intervals know of the series' memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.statistics import batch_means, mean_of, warm_up_of


def remembering(memory: float, steps: int, start: float, seed: int = 0) -> Any:
    """A series about 0 of which each value is a part of the one before it, and chance."""
    from scipy.signal import lfilter

    noise = np.random.default_rng(seed).normal(size=steps)
    return lfilter([1.0], [1.0, -memory], noise, zi=[memory * start])[0]


def test_the_start_is_left_out() -> None:
    """A series that starts far off is cut where the start is forgotten, one that starts at home hardly."""
    far, home = remembering(0.9, 2000, 500), remembering(0.9, 2000, 0)
    cut, kept = warm_up_of(far), warm_up_of(home)
    assert cut is not None
    assert kept is not None
    assert 25 <= cut <= 200
    assert abs(far[cut:].mean()) < abs(far.mean())
    assert kept <= 200


def test_the_cut_is_that_of_the_rule_by_hand() -> None:
    """Of averages of five values that which gives the least squared error by the square of what is left."""
    series = remembering(0.8, 300, 20, seed=3)
    means = series.reshape(60, 5).mean(axis=1)
    errors = [((means[cut:] - means[cut:].mean()) ** 2).sum() / (60 - cut) ** 2 for cut in range(55)]
    assert warm_up_of(series) == 5 * int(np.argmin(errors))


def test_a_series_that_does_not_settle_has_no_warm_up() -> None:
    """One that only grows, and one of too few values, are too short to tell."""
    assert warm_up_of([float(value) for value in range(200)]) is None
    assert warm_up_of([1.0] * 49) is None
    assert warm_up_of([1.0] * 50) == 0


def test_the_interval_of_batch_means_knows_of_memory() -> None:
    """It is several times as wide as that of independent values, and that of two values is none."""
    series = remembering(0.9, 4000, 0)
    found, blind = batch_means(series), mean_of(series.tolist())
    assert found is not None
    assert blind is not None
    assert found.value == pytest.approx(blind.value)
    assert found.low is not None
    assert blind.low is not None
    assert found.value - found.low > 3 * (blind.value - blind.low)
    short = batch_means([1.0, 2.0])
    assert short is not None
    assert (short.value, short.low) == (1.5, None)
    assert batch_means([]) is None
