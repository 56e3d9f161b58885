"""Ratios, differences and exponents of growth, with intervals that keep runs together."""

from __future__ import annotations

from math import inf, log
from random import Random
from typing import Any

import numpy as np
import pytest

from analysis.estimates import quantile_of
from analysis.paired_estimates import difference_of, exponent_of, fit_of, ratio_of

RANDOM = Random(5)
WAITS = [RANDOM.expovariate(1) for _ in range(100)]
SIZES = (10, 100, 1000)


def median(sample: Any) -> Any:
    """The statistic of all tests."""
    return np.median(sample, axis=-1)


def test_a_ratio_of_runs_with_common_chance_is_sharp() -> None:
    """Twice as much in every run is exactly twice, with no interval to speak of; shuffled runs say less."""
    doubled = [2 * wait for wait in WAITS]
    paired = ratio_of([doubled, WAITS], median)
    assert paired is not None
    assert (paired.low, paired.value, paired.high) == (2.0, 2.0, 2.0)
    shuffled = RANDOM.sample(doubled, len(doubled))
    apart = ratio_of([shuffled, WAITS], median)
    assert apart is not None
    assert apart.low is not None
    assert apart.high is not None
    assert apart.low < 2 < apart.high


def test_a_difference_is_the_ratio_less_one() -> None:
    """A tenth of the baseline is -90 %."""
    found = difference_of([[wait / 10 for wait in WAITS], WAITS], median)
    assert found is not None
    assert found.value == pytest.approx(-0.9)


@pytest.mark.parametrize(
    ("samples", "value"),
    [
        ([WAITS, [0.0] * 100], None),
        ([[0.0] * 100, [0.0] * 100], None),
        ([[], []], None),
        ([[inf] * 100, [inf] * 100], None),
        ([[inf] * 100, WAITS], inf),
        ([WAITS, [inf] * 100], 0.0),
        ([[0.0] * 100, WAITS], 0.0),
    ],
    ids=["by zero", "zero by zero", "no runs", "never by never", "never", "against never", "nothing"],
)
def test_ratios_at_the_edges(samples: list[list[float]], value: float | None) -> None:
    """Where the baseline is 0, or both never come, there is no ratio; where one never comes it is infinite, or 0."""
    found = ratio_of(samples, median)
    assert (found.value if found else None) == value


def test_a_ratio_that_some_draws_do_not_define_has_no_interval() -> None:
    """A baseline whose median is 0 in some draws leaves the interval open, and so do fewer than six runs."""
    wavering = ratio_of([WAITS, [0.0] * 45 + [1.0] * 55], median)
    assert wavering is not None
    assert (wavering.low, wavering.high) == (None, None)
    few = ratio_of([WAITS[:5], WAITS[:5]], median)
    assert few is not None
    assert (few.value, few.low) == (1.0, None)


@pytest.mark.parametrize(("law", "grows"), [("power", lambda size: size**1.5), ("log", lambda size: log(size) ** 1.5)])
def test_exponents_are_found(law: str, grows: Any) -> None:
    """Growth by a law gives its exponent, and that law fits better than the other."""
    samples = [[grows(size) * (1 + 0.01 * wait) for wait in WAITS] for size in SIZES]
    found = exponent_of(samples, SIZES, median, law)
    assert found is not None
    assert found.value == pytest.approx(1.5)
    values = [float(median(np.array(sample))) for sample in samples]
    other = {"power": "log", "log": "power"}[law]
    assert fit_of(values, SIZES, law) == (pytest.approx(1.5), pytest.approx(0))
    assert fit_of(values, SIZES, other)[1] > 1e-3


@pytest.mark.parametrize(
    ("samples", "value"),
    [
        ([WAITS, WAITS, [inf] * 100], inf),
        ([[inf] * 100, WAITS, WAITS], None),
        ([[inf] * 100] * 3, None),
        ([[0.0] * 100, WAITS, WAITS], None),
    ],
    ids=["never at the largest", "never at the smallest", "never", "zero"],
)
def test_exponents_at_the_edges(samples: list[list[float]], value: float | None) -> None:
    """What never comes at a larger size grows without bound; without a value at the smallest size nothing is known."""
    found = exponent_of(samples, SIZES, median, "power")
    assert (found.value if found else None) == value


def test_a_quantile_is_an_order_statistic() -> None:
    """The value has so many of the sample at or below it; times that never came are later than all others."""
    values = list(range(1, 101))
    found = quantile_of(values, 0.9)
    assert found is not None
    assert found.value == 90
    assert found.low is not None
    assert found.high is not None
    assert found.low < 90 < found.high
    late = quantile_of(values[:80], 0.9, never=20)
    assert late is not None
    assert late.value == inf
    none = quantile_of([], 0.5)
    assert none is None
    extreme = quantile_of(values, 0.999)
    assert extreme is not None
    assert extreme.high is None
