"""Cells of a study beside its first one: what is told to differ beyond noise."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.estimates import Estimate
from analysis.report.study_comparisons import compared, runs_to_differ
from analysis.report.study_estimates import difference_cell
from analysis.study_view import StudyView

SEEDS = 20


def view_of(*samples: list[float], metric: str = "messages", ended: float = 1e12) -> StudyView:
    """A study with a cell for each sample, whose n-th values share the n-th seed."""
    rows = [
        {"case": f"cell {cell}", "cell": cell, "replicate": place, "seed": 100 + place, "error": None, metric: value}
        for cell, sample in enumerate(samples)
        for place, value in enumerate(sample)
    ]
    frame = pd.DataFrame(rows).assign(ended_ns=ended)
    return StudyView("made", frame, ("case",), (metric,))


def noise(seed: int, of: float) -> list[float]:
    """Values around 100."""
    return [float(value) for value in np.random.default_rng(seed).normal(100, of, SEEDS)]


def test_pairs_find_what_noise_hides() -> None:
    """A shift by 2 among values that spread by 30 is found where seeds are shared, and is not where they are not."""
    first = noise(1, 30)
    shifted = [value + 2 + small / 100 for value, small in zip(first, noise(2, 30), strict=True)]
    paired = compared(view_of(first, shifted), "messages", common=True)[1]
    assert paired.beyond_noise
    assert paired.difference.low is not None
    assert 2 < paired.difference.low < 3 < paired.difference.value + 1
    assert not compared(view_of(first, shifted), "messages", common=False)[1].beyond_noise


def test_medians_are_told_apart_however_far_out_some_values_are() -> None:
    """Where every run is above its pair, one that is far above the others hides nothing, as it would in a mean."""
    first = [2.0] * SEEDS
    later = [32.0 + place / 10 for place in range(SEEDS - 1)] + [1e6]
    found = compared(view_of(first, later), "messages", common=True)[1]
    assert found.p == 2.0 ** (1 - SEEDS)
    assert found.beyond_noise
    assert 30 < found.difference.value < 32


@pytest.mark.parametrize(("comparisons", "common", "runs"), [(1, True, 6), (15, True, 10), (1, False, 4)])
def test_the_fewest_runs_that_can_differ_are_those_of_the_tests(comparisons: int, common: bool, runs: int) -> None:
    """With one run fewer, p is above 5 % even where every value of one cell is above every one of the other."""
    assert runs_to_differ(comparisons, common) == runs
    samples = [[float(place) for place in range(runs)], *[[100.0 + place for place in range(runs)]] * comparisons]
    assert all(each.beyond_noise for each in compared(view_of(*samples), "messages", common).values())
    fewer = compared(view_of(*(sample[1:] for sample in samples)), "messages", common)
    assert not any(each.beyond_noise for each in fewer.values())


@pytest.mark.parametrize(
    ("difference", "unit", "words"),
    [
        (Estimate(-0.464, -0.467, 0.01), "share", "−46.4 pp (−46.7 to 1)"),
        (Estimate(-2e6, None, None), "ns", "−2 ms"),
        (Estimate(1.5, 1.0, 2.0), "relative", "150 % (100 to 200)"),
        (Estimate(math.inf, None, None), "ns", "not known"),
    ],
)
def test_differences_have_the_unit_and_the_sign_that_suit_them(difference: Estimate, unit: str, words: str) -> None:
    """Shares differ by percentage points, parts of the first cell in per cent, and a minus is no hyphen."""
    assert difference_cell(difference, unit).whole == words


def test_a_cell_beside_its_twin_does_not_differ() -> None:
    """Equal values are no difference, with an interval of no width."""
    twin = compared(view_of(noise(1, 30), noise(1, 30)), "messages", common=True)[1]
    assert (twin.difference.value, twin.adjusted, twin.beyond_noise) == (0.0, 1.0, False)


def test_many_cells_of_the_same_noise_are_not_told_to_differ() -> None:
    """Of forty cells that differ by nothing, none is beyond noise, though some p are below 5 %."""
    found = compared(view_of(*(noise(seed, 10) for seed in range(40))), "messages", common=False)
    assert len(found) == 39
    assert any(each.p < 0.05 for each in found.values())
    assert not any(each.beyond_noise for each in found.values())


def test_times_that_never_came_are_compared_up_to_the_end_of_the_runs() -> None:
    """A cell in which nothing ever comes takes longer, by as much as the runs lasted at least."""
    early, never = [1e9 + place for place in range(SEEDS)], [math.nan] * SEEDS
    found = compared(view_of(early, never, metric="converged_at", ended=30e9), "converged_at", common=True)[1]
    assert found.beyond_noise
    assert 28.9e9 < found.difference.value < 29.1e9


def test_without_pairs_means_of_the_same_times_are_compared() -> None:
    """Cells of other seeds are compared by means as well, so that the words of the table are true of them."""
    early, later = [1e9 + place for place in range(SEEDS)], [math.nan] * 10 + [3e9 + place for place in range(10)]
    found = compared(view_of(early, later, metric="converged_at", ended=30e9), "converged_at", common=False)[1]
    assert found.beyond_noise
    assert 15.4e9 < found.difference.value < 15.6e9


def test_times_that_came_in_neither_cell_are_not_told_to_be_equal() -> None:
    """Of two cells in which nothing came, and of times that all came after a run had ended, no difference is known."""
    never, late = [math.nan] * SEEDS, [1e9 + place for place in range(SEEDS)]
    for common in (True, False):
        assert compared(view_of(never, never, metric="converged_at"), "converged_at", common) == {}
        one_ended = view_of(late, [math.nan, *late[1:]], metric="converged_at")
        one_ended.frame.loc[SEEDS, "ended_ns"] = 5e8
        assert compared(one_ended, "converged_at", common) == {}


def test_a_time_since_something_else_that_never_came_is_longer_than_those_that_did() -> None:
    """A recovery that came in no run of a cell is not told to be alike, but as long as the longest that did."""
    always, never = [1e9 + 1e8 * place for place in range(SEEDS)], [math.nan] * SEEDS
    for common in (True, False):
        view = view_of(always, never, metric="swarm_recovery_max")
        found = compared(view, "swarm_recovery_max", common)[1]
        assert found.beyond_noise
        assert found.difference.value > 0


def test_runs_that_failed_leave_their_pairs_out() -> None:
    """Only seeds that both cells have are compared."""
    view = view_of(noise(1, 30), [value + 5 for value in noise(1, 30)])
    failed = view.frame["seed"].isin([101, 107]) & (view.frame["cell"] == 1)
    view.frame.loc[failed, "error"] = "ZeroDivisionError"
    assert abs(compared(view, "messages", common=True)[1].difference.value - 5) < 1e-9


def test_a_single_cell_is_compared_with_nothing() -> None:
    """There is nothing beside it."""
    assert compared(view_of(noise(1, 30)), "messages", common=True) == {}
