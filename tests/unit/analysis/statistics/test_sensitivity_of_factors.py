"""Sobol indices beside the analytic ones of the Ishigami function, and the screening by ranks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc, sobol_indices

from analysis.statistics import main_effects, sobol_of
from topologies.errors import InputError

ISHIGAMI = {"first": {"x": 0.3139, "y": 0.4424, "z": 0.0}, "total": {"x": 0.5576, "y": 0.4424, "z": 0.2437}}
"""Of a = 7, b = 0.1 (Saltelli and others, "Global Sensitivity Analysis: The Primer", 2008)."""


def design(points: int, factors: int) -> Any:
    """The rows of a design for Sobol indices: base points, others, and the base with one factor of the others."""
    drawn = qmc.Sobol(2 * factors, seed=np.random.default_rng(5)).random(points)
    base, other = drawn[:, :factors], drawn[:, factors:]
    mixed = [np.where(np.arange(factors) == factor, other, base) for factor in range(factors)]
    return np.concatenate([base, other, *mixed])


def ishigami(points: Any) -> Any:
    """The Ishigami function of points of the unit cube."""
    x, y, z = (2 * np.pi * points - np.pi).T
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def test_the_indices_of_the_ishigami_function_are_found() -> None:
    """Each interval of 512 base points holds the analytic index, which lies within 0.05 of the estimate."""
    found = sobol_of(ishigami(design(512, 3)), ["x", "y", "z"])
    assert found.points == 512
    for order, truths in ISHIGAMI.items():
        for name, truth in truths.items():
            estimate = getattr(found, order)[name]
            assert estimate.low < truth < estimate.high
            assert estimate.value == pytest.approx(truth, abs=0.05)


def test_the_indices_are_those_of_scipy() -> None:
    """The bootstrap and the estimate work by one formula: at the whole sample they give the same."""
    values = ishigami(design(64, 3))
    parts = {"f_A": values[:64], "f_B": values[64:128], "f_AB": values[128:].reshape(3, 1, 64)}
    theirs, ours = sobol_indices(func=parts, n=64), sobol_of(values, ["x", "y", "z"])
    assert [each.value for each in ours.first.values()] == pytest.approx(theirs.first_order.tolist())
    assert [each.value for each in ours.total.values()] == pytest.approx(theirs.total_order.tolist())
    assert ours == sobol_of(values, ["x", "y", "z"])


def test_a_measurement_that_does_not_vary_depends_on_nothing() -> None:
    """Its indices are 0, without intervals."""
    found = sobol_of([3.0] * 20, ["x", "y", "z"])
    assert {(each.value, each.low) for each in (*found.first.values(), *found.total.values())} == {(0.0, None)}


def test_values_that_are_no_such_design_are_refused() -> None:
    """The number of values has to fit, to a power of two, and none may be missing."""
    with pytest.raises(InputError, match=r"found 7 values .* expected 1 \+ 2 times"):
        sobol_of([1.0] * 7, ["x"])
    with pytest.raises(InputError, match="power of two"):
        sobol_of([1.0] * 9, ["x"])
    with pytest.raises(InputError, match="points without a value"):
        sobol_of([1.0] * 11 + [float("nan")], ["x"])


def frame(runs: int = 240) -> pd.DataFrame:
    """Runs of a metric that grows with one factor, differs by another, and has nothing to do with a third."""
    stream = np.random.default_rng(2)
    sizes, kinds = stream.uniform(1, 9, runs), stream.choice(["ring", "mesh"], runs)
    spread = 4 * sizes + 8 * (kinds == "ring") + stream.normal(0, 3, runs)
    return pd.DataFrame(
        {"size": sizes, "kind": kinds, "noise": stream.integers(0, 3, runs), "one": 1, "messages_sent": spread}
    )


def test_the_strongest_factor_comes_first() -> None:
    """A factor of numbers has a direction, words have none, and what does not vary is not there."""
    found = main_effects(frame(), ["noise", "one", "kind", "size"], "messages_sent")
    assert [each.factor for each in found] == ["size", "kind", "noise"]
    size, kind, noise = found
    assert size.share > 0.6
    assert size.direction is not None
    assert size.direction > 0.8
    assert kind.direction is None
    assert size.adjusted < 1e-6
    assert kind.adjusted < 0.01
    assert noise.adjusted > 0.05
    assert noise.share < 0.05


def test_a_time_that_never_came_is_later_than_all_others() -> None:
    """Where one setting of a factor keeps the time from coming, that factor explains it."""
    rows = pd.DataFrame({"fault": ["cut"] * 10 + ["none"] * 10, "converged_at": [float("nan")] * 10 + [*range(10)]})
    (effect,) = main_effects(rows, ["fault"], "converged_at")
    assert effect.test.p < 0.001
    left_out = main_effects(rows.rename(columns={"converged_at": "messages_sent"}), ["fault"], "messages_sent")
    assert left_out == [], "of other metrics a run without a value is left out, and the fault does not vary any more"


def sampled(stream: np.random.Generator, points: int = 16, seeds: int = 3) -> pd.DataFrame:
    """Runs of a sampled design whose points differ by a strong factor, with two factors that have no effect."""
    strong, null = qmc.LatinHypercube(2, seed=stream).random(points).T
    words = stream.permutation(["a", "b"] * (points // 2))
    rows = pd.DataFrame({"point": range(points), "strong": strong, "null": null, "words": words})
    rows = rows.loc[rows.index.repeat(seeds)].reset_index(drop=True)
    return rows.assign(messages_sent=10 * rows["strong"] + stream.normal(0, 1, len(rows)))


def test_factors_of_a_sampled_design_without_effect_are_rarely_taken_for_one() -> None:
    """In 200 designs of 16 points and 3 seeds about 5 % of tests are below 0.05, while the strong factor always is.

    More than 20 of 200 are there once in a thousand times, if each is with a chance of 5 %.
    """
    stream = np.random.default_rng(11)
    found = [main_effects(sampled(stream), ["strong", "null", "words"], "messages_sent") for _ in range(200)]
    assert all(effects[0].factor == "strong" and effects[0].adjusted < 0.001 for effects in found)
    for factor in ("null", "words"):
        p = [each.test.p for effects in found for each in effects if each.factor == factor]
        assert sum(each < 0.05 for each in p) <= 20
        assert 0.3 < np.median(p) < 0.7


def test_points_are_counted_and_not_runs() -> None:
    """More seeds of a point add no points, and a factor of numbers has Spearman's test."""
    first, *_, last = main_effects(sampled(np.random.default_rng(1), seeds=9), ["null", "strong"], "messages_sent")
    assert (first.factor, first.units, first.test.name) == ("strong", 16, "Spearman")
    assert first.direction is not None
    assert first.share == pytest.approx((15 * first.direction**2 - 1) / 14)
    assert last.share < 0.2


def test_few_points_have_the_p_of_permutations() -> None:
    """Four points in order are 2 of 24 orders, and never beyond noise."""
    rows = pd.DataFrame({"point": range(4), "size": [1.0, 2.0, 3.0, 4.0], "messages_sent": [1.0, 5.0, 6.0, 9.0]})
    (effect,) = main_effects(rows, ["size"], "messages_sent")
    assert effect.test.p == pytest.approx(2 / 24)


def test_points_that_a_design_for_sobol_indices_repeats_are_left_out() -> None:
    """Main effects of such a design are taken over the matrices A and B, whose points are independent."""
    values = design(16, 2)
    matrices = np.repeat(["A", "B", "AB1", "AB2"], 16)
    rows = pd.DataFrame({"matrix": matrices, "point": list(range(16)) * 4, "x": values[:, 0], "y": values[:, 1]})
    effects = main_effects(rows.assign(messages_sent=values[:, 0]), ["x", "y"], "messages_sent")
    assert [each.units for each in effects] == [32, 32]
