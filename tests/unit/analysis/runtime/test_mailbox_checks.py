"""The checks of mailboxes and items say what records show: holds, violated, or unknown."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.manifest import RunBalance
from analysis.runtime.mailbox_checks import MailboxBounded, NothingLost
from analysis.verdict import Check, RunEnd, Subject
from sim.records import Record

END = RunEnd(1_000, "duration", RunBalance(sent=0, duplicated=0, outcomes={}, waiting=0, in_flight=0, sums=True))


def judged(check: type[Check], *records: tuple[str, dict[str, Any]]) -> tuple[str, str]:
    """The verdict of a check on such records, and why."""
    judge = check(Subject(None, 2))  # type: ignore[call-arg]
    for place, (kind, fields) in enumerate(records):
        judge.observe(Record(place, place, 0, kind, fields))
    verdict = judge.finish(END)
    return verdict.verdict, verdict.reason


def offered(*items: int) -> list[tuple[str, dict[str, Any]]]:
    """Items that were offered."""
    return [("item-offered", {"item": item}) for item in items]


def delivered(*items: int) -> list[tuple[str, dict[str, Any]]]:
    """Items that were delivered."""
    return [("item-delivered", {"item": item}) for item in items]


def dropped(item: int | None) -> tuple[str, dict[str, Any]]:
    """An item that was dropped."""
    return "dropped-message", {"actor": "a", "reason": "reject", "message": item}


def held(*items: int, lost: bool) -> tuple[str, dict[str, Any]]:
    """Items in the memory of a node."""
    return "held", {"messages": items, "lost": lost}


@pytest.mark.parametrize(
    ("records", "verdict", "reason"),
    [
        ([], "unknown", "nothing was offered"),
        ([*offered(1, 2), *delivered(2, 1)], "holds", "2 offered, 2 delivered"),
        ([*offered(1, 2), *delivered(1)], "violated", "1 items are nowhere"),
        ([*offered(1, 2), *delivered(1), dropped(2)], "holds", "1 dropped"),
        ([*offered(1, 2), *delivered(1), dropped(None)], "violated", "1 items are nowhere"),
        ([*offered(1, 2), *delivered(1), held(2, lost=False)], "holds", "1 in memory"),
        ([*offered(1, 2), *delivered(1), held(2, lost=True)], "holds", "1 gone with a node"),
        ([*offered(1), *delivered(1, 1)], "violated", "item 1 was delivered twice"),
        ([*offered(1), *delivered(1, 3)], "violated", "item 3 was delivered and was never offered"),
    ],
)
def test_every_item_is_accounted_for(records: list[Any], verdict: str, reason: str) -> None:
    """An item is delivered once, or it is known where it went."""
    found = judged(NothingLost, *records)
    assert found[0] == verdict
    assert reason in found[1]


@pytest.mark.parametrize(
    ("records", "verdict", "reason"),
    [
        ([], "unknown", "no mailbox held anything"),
        ([("mailbox", {"actor": "a", "depth": 8, "capacity": 10, "event": "high"})], "holds", "the fullest at 80%"),
        (
            [("actor-total", {"actor": "a", "peak": 11, "capacity": 10})],
            "violated",
            "a held 11 messages",
        ),
        ([("mailbox", {"actor": "a", "depth": 11, "capacity": 10, "event": "over"})], "violated", "held 11 messages"),
    ],
)
def test_no_mailbox_holds_more_than_its_bound(records: list[Any], verdict: str, reason: str) -> None:
    """One message too many is a violation, whenever it was told."""
    found = judged(MailboxBounded, *records)
    assert found[0] == verdict
    assert reason in found[1]
