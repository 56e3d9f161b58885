"""What reports say of checks that no run violates."""

from types import SimpleNamespace
from typing import Any

import pytest

from analysis.report.study_verdicts import verdict_sentences


def facts(common: bool, *cells: tuple[int, int, int]) -> Any:
    """Return cells by how many of their runs hold, violate a check, and leave it unknown."""
    counts = [dict(zip(("holds", "violated", "unknown"), cell, strict=True)) for cell in cells]
    return SimpleNamespace(common=common, answers=[{"checks": {"converged": each}} for each in counts])


def test_runs_that_leave_a_check_unknown_say_nothing_of_violations() -> None:
    """The bound is that of the runs in which it holds: of 20 of 40, 1 - 0.05^(1/20) = 13.9 %; of none there is none."""
    (told,) = verdict_sentences(facts(False, (20, 0, 20)))
    assert told == "No violation in 20 runs: with 95 % confidence, at most 13.9 % of such runs have one."
    assert list(verdict_sentences(facts(False, (0, 0, 40)))) == []
    assert list(verdict_sentences(facts(False, (39, 1, 0)))) == []


@pytest.mark.parametrize("common", [True, False])
def test_a_bound_over_cells_that_share_seeds_says_so(common: bool) -> None:
    """Runs of one seed in several cells may fail together, so that the bound over all of them assumes more."""
    (told,) = verdict_sentences(facts(common, (20, 0, 0), (20, 0, 0)))
    assert told.endswith("taking cells that share seeds as independent.") == common
