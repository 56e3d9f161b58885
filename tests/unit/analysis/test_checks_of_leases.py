"""Judges of leases on stories of a few records."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.checks import Checks
from analysis.manifest import RunBalance
from analysis.verdict import RunEnd, Subject
from sim.records import Record

SUBJECT = Subject(None, 3, records=frozenset(("leased", "let-go", "used", "accepted", "turned-away")))
BALANCE = RunBalance(sent=0, duplicated=0, outcomes={}, waiting=0, in_flight=0, sums=True)


def judged(check: str, story: list[tuple[int, str, int]]) -> tuple[str, str, int]:
    """The verdict, its reason, and how many records show it; a story is (node, what, token), one a nanosecond.

    `lapsed` is a lease let go that was over two nanoseconds before.
    """
    (judge,) = Checks([check], SUBJECT).checks
    for number, (node, kind, token) in enumerate(story):
        late = 2 * (kind == "lapsed")
        kind = "let-go" if kind == "lapsed" else kind
        if kind in judge.kinds:
            fields: dict[str, Any] = {"resource": "r", "token": token, "holder": node, "late": late}
            judge.observe(Record(number, number, node, kind, fields))
    verdict = judge.finish(RunEnd(len(story), "duration", BALANCE))
    return verdict.verdict, verdict.reason, len(verdict.evidence)


@pytest.mark.parametrize(
    ("story", "verdict"),
    [
        ([(0, "leased", 1), (1, "leased", 2), (0, "used", 1)], "violated"),
        ([(0, "leased", 1), (1, "leased", 2), (0, "leased", 1)], "violated"),
        ([(0, "leased", 1), (1, "leased", 2), (0, "let-go", 1)], "violated"),
        ([(0, "leased", 1), (1, "leased", 2), (0, "lapsed", 1)], "holds"),
        ([(0, "leased", 1), (1, "leased", 2), *[(1, "used", 2)] * 4, (0, "lapsed", 1)], "violated"),
        ([(0, "leased", 1), (1, "leased", 2), (0, "crashed", 0)], "holds"),
        ([(0, "leased", 1), (0, "let-go", 1), (1, "leased", 2), (1, "used", 2)], "holds"),
        ([(0, "leased", 1), (1, "leased", 2), (0, "lapsed", 1), (0, "leased", 3)], "holds"),
        ([(0, "leased", 1), (0, "leased", 1), (0, "used", 1)], "holds"),
        ([], "unknown"),
    ],
    ids=str,
)
def test_possession_is_judged_in_true_time(story: list[tuple[int, str, int]], verdict: str) -> None:
    """Who has not let its lease go when another has it is judged by what it does afterwards."""
    found, reason, shown = judged("lease-exclusive", story)
    assert found == verdict, reason
    assert shown == 3 * (verdict == "violated")


@pytest.mark.parametrize(
    ("story", "verdict"),
    [
        ([(0, "accepted", 1), (1, "accepted", 2), (0, "accepted", 1)], "violated"),
        ([(0, "accepted", 1), (1, "accepted", 2), (0, "turned-away", 1)], "holds"),
        ([(0, "turned-away", 1)], "unknown"),
    ],
    ids=str,
)
def test_tokens_of_writes_never_fall(story: list[tuple[int, str, int]], verdict: str) -> None:
    """A write with an older token that is taken is a violation, one that is turned away is none."""
    assert judged("fencing", story)[0] == verdict
