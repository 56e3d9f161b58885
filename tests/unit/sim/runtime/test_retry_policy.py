"""Rests between attempts grow as the policy says, and jitter keeps within its bounds."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean

import pytest
from pydantic import ValidationError

from sim.randomness import Stream
from sim.runtime.retry_policy import RetryPolicy


def test_rests_double_up_to_the_longest() -> None:
    """Without jitter they are exact."""
    policy = RetryPolicy(retries=5, rest=100, longest_rest=500, jitter="none")
    assert list(policy.rests(Stream(1))) == [100, 200, 400, 500, 500]


@pytest.mark.parametrize(("jitter", "low", "average"), [("full", 0, 0.5), ("equal", 0.5, 0.75)])
def test_jitter_is_uniform_within_its_bounds(jitter: str, low: float, average: float) -> None:
    """Over many draws each rest lies between its bounds, and its mean in the middle."""
    policy, stream = RetryPolicy(retries=3, rest=1000, jitter=jitter), Stream(2)
    drawn = list(zip(*(policy.rests(stream) for _ in range(2000)), strict=True))
    for whole, rests in zip((1000, 2000, 4000), drawn, strict=True):
        assert low * whole <= min(rests) <= max(rests) <= whole
        assert mean(rests) == pytest.approx(average * whole, rel=0.05)


def test_decorrelated_jitter_follows_the_last_rest() -> None:
    """Each rest lies between the first and three times the one before it, or the longest."""
    policy, stream = RetryPolicy(retries=50, rest=100, longest_rest=5000, jitter="decorrelated"), Stream(3)
    rests = [100, *policy.rests(stream)]
    assert all(100 <= rest <= min(5000, 3 * before) for before, rest in pairwise(rests))
    assert max(rests) == 5000


def test_no_retries_are_no_rests() -> None:
    """With 0 nothing is tried again; a negative number is refused."""
    assert not list(RetryPolicy(retries=0).rests(Stream(1)))
    with pytest.raises(ValidationError):
        RetryPolicy(retries=-1)
