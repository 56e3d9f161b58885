"""Shares of runs, bounds of what was never found, and how many runs it takes."""

from __future__ import annotations

import pytest

from analysis.statistics import rule_of_three, runs_needed, runs_to_see, share_exact, share_wilson, upper_bound
from topologies.errors import InputError


def test_the_exact_interval_is_that_of_the_tables() -> None:
    """4 of 20 lie between 5.73 % and 43.66 % (Clopper and Pearson's tables), and 0 of 10 below 30.85 %."""
    found = share_exact(4, 20)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.0573, 0.4366), abs=1e-4)
    none = share_exact(0, 10)
    assert none is not None
    assert (none.low, none.high) == pytest.approx((0, 0.3085), abs=1e-4)
    assert share_exact(0, 0) is None
    assert share_wilson(0, 0) is None


def test_wilsons_interval_lies_within_the_exact_one() -> None:
    """81 of 263 lie between 25.53 % and 36.62 % by Wilson (Newcombe 1998, table I), which is narrower."""
    wilson, exact = share_wilson(81, 263), share_exact(81, 263)
    assert wilson is not None
    assert exact is not None
    assert (wilson.low, wilson.high) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert (exact.low, exact.high) == pytest.approx((0.2527, 0.3676), abs=1e-4)


def test_what_was_never_found_is_rarer_than_three_by_the_runs() -> None:
    """The exact bound is 1 - 0.05^(1/n), which three by n is close to, from above."""
    for runs in (30, 100, 1000):
        exact = upper_bound(0, runs)
        assert exact == pytest.approx(1 - 0.05 ** (1 / runs))
        assert exact < rule_of_three(runs) < 1.06 * exact
    assert rule_of_three(0) == upper_bound(0, 0) == rule_of_three(2) == 1
    assert upper_bound(1, 100) == pytest.approx(0.0466, abs=1e-4)


def test_enough_runs_see_what_is_rare() -> None:
    """So many runs miss it with less than five in a hundred, one fewer with more."""
    for share in (0.5, 0.01, 1e-4):
        runs = runs_to_see(share)
        assert (1 - share) ** runs <= 0.05 < (1 - share) ** (runs - 1)
    assert runs_to_see(1.0) == 1
    assert [runs_to_see(share, 1 - (1 - share) ** 2) for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.9)] == [2] * 6


def test_runs_for_a_share_to_within_a_part_of_itself() -> None:
    """One in a hundred to within a tenth takes 38,000 runs, and the interval then is that wide."""
    runs = runs_needed(0.01, 0.1)
    assert runs == 38_031
    found = share_wilson(round(0.01 * runs), runs)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert (found.high - found.low) / 2 / found.value == pytest.approx(0.1, rel=0.02)


def test_shares_that_are_none_are_refused() -> None:
    """Nothing can be planned for what never happens."""
    with pytest.raises(InputError, match="share: found 0; expected more than 0"):
        runs_to_see(0)
    with pytest.raises(InputError, match="found 1\\.5"):
        runs_needed(1.5, 0.1)
    with pytest.raises(InputError, match="relative half-width: found 0"):
        runs_needed(0.5, 0)
    with pytest.raises(InputError, match="chance: found 1; expected more than 0 and less than 1"):
        runs_to_see(0.5, 1)
