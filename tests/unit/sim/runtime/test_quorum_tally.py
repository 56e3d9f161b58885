"""Counts of votes: when a quorum is reached, when it cannot be any more, and what is late."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.runtime.quorum_tally import QuorumTally, intersect, order_writes


@given(st.integers(1, 7), st.data())
def test_it_is_reached_exactly_when_enough_have_answered(members: int, data: st.DataObject) -> None:
    """And unreachable exactly when too many have refused; after that all is late."""
    threshold = data.draw(st.integers(1, members))
    says = data.draw(st.lists(st.booleans(), min_size=members, max_size=members))
    tally = QuorumTally(range(members), threshold)
    heard = 0
    for member, yes in enumerate(says):
        was_open = tally.verdict == "open"
        counted = tally.answer(member, member) if yes else tally.refuse(member)
        assert counted == was_open
        heard += counted
        if was_open:
            answers = sum(says[: member + 1])
            refused = member + 1 - answers
            expected = "reached" if answers >= threshold else "open"
            assert tally.verdict == ("unreachable" if refused > members - threshold else expected)
    assert tally.verdict == ("reached" if sum(says) >= threshold else "unreachable")
    assert tally.late == members - heard
    assert len(tally.silent) == tally.late


def test_a_member_counts_once() -> None:
    """What it says again changes nothing, before and after the decision."""
    tally = QuorumTally("abc", 2)
    assert tally.answer("a", 1)
    assert not tally.answer("a", 2)
    assert not tally.refuse("a")
    assert tally.verdict == "open"
    tally.answer("b", 3)
    assert not tally.answer("a", 4)
    assert (tally.answers, tally.repeated, tally.late) == ({"a": 1, "b": 3}, 3, 0)
    assert not tally.answer("c", 5)
    assert (tally.late, tally.silent) == (1, ["c"])


def test_votes_have_weights() -> None:
    """Two of three votes: the heavy member and any other, or never without it."""
    heavy = QuorumTally("abc", 3, votes=(2, 1, 1))
    heavy.answer("a", None)
    heavy.answer("c", None)
    assert heavy.verdict == "reached"
    without = QuorumTally("abc", 3, votes=(2, 1, 1))
    without.refuse("a")
    assert without.verdict == "unreachable"


@pytest.mark.parametrize(("threshold", "verdict"), [(0, "reached"), (3, "open"), (4, "unreachable")])
def test_some_quorums_are_decided_before_anyone_answers(threshold: int, verdict: str) -> None:
    """Nobody is needed for none, and four of three can never answer."""
    assert QuorumTally("abc", threshold).verdict == verdict


@pytest.mark.parametrize("members", range(1, 6))
def test_the_rules_of_intersection_are_those_of_sets(members: int) -> None:
    """R + W > N exactly when no two sets of those sizes are disjoint, and 2 W > N for two of size W."""
    for reads in range(1, members + 1):
        for writes in range(1, members + 1):
            met = all(
                set(one) & set(other)
                for one in combinations(range(members), reads)
                for other in combinations(range(members), writes)
            )
            assert intersect(members, reads, writes) == met
            if reads == writes:
                assert order_writes(members, writes) == met
