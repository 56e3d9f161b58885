"""Raft is safe whatever comes next: messages, timers, syncs, crashes and requests in any order."""

from __future__ import annotations

import pytest

from tests.raft_schedules import Schedule

STEPS = 2_000


@pytest.mark.parametrize("block", range(5))
def test_no_schedule_makes_raft_unsafe(block: int) -> None:
    """No property of figure 3.2 is violated, and each history is linearizable, in schedules drawn by seed."""
    for seed in range(40 * block, 40 * block + 40):
        for verdict in Schedule(seed).run(STEPS):
            assert verdict.verdict != "violated", (seed, verdict)


@pytest.mark.parametrize("safeguard", ["log-up-to-date", "vote-persistence", "session-table"])
def test_schedules_reach_what_safeguards_are_for(safeguard: str) -> None:
    """Without a safeguard one of some schedules is caught, so that those above could have failed."""
    assert any(
        verdict.verdict == "violated"
        for seed in range(300)
        for verdict in Schedule(seed, ablate=(safeguard,), membership="single-server").run(STEPS)
    )
