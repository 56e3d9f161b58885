"""Judges of broadcasts: each holds for the whole, catches what lacks a safeguard, and says what it cannot know."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from analysis.checks import Checks
from analysis.manifest import RunBalance, RunVerdict
from analysis.verdict import RunEnd, Subject
from sim.protocols.broadcast.ablations import WITHOUT
from sim.records import Record
from tests.small_hunt import first_violated
from tests.small_protocols import SECOND

SUBJECT = Subject(None, 3, records=frozenset(("broadcast", "delivery")))
BALANCE = RunBalance(sent=0, duplicated=0, outcomes={}, waiting=0, in_flight=0, sums=True)


def judged(check: str, story: list[tuple[int | None, str, Any]], by: str = "duration") -> RunVerdict:
    """The verdict on a story: (node, what, item) a second apart; an item is its origin and number."""
    (judge,) = Checks([check], SUBJECT).checks
    for number, (node, kind, what) in enumerate(story):
        fields = what
        if isinstance(what, str):
            origin, count = what.split(".")
            fields = {"item": what, "origin": int(origin), "number": int(count)}
        if kind in judge.kinds:
            judge.observe(Record(number * SECOND, number, node, kind, fields))
    return judge.finish(RunEnd(len(story) * SECOND, by, BALANCE))


BEGUN = [(0, "broadcast", "0.1"), (0, "delivery", "0.1"), (0, "broadcast", "0.2")]


@pytest.mark.parametrize(
    ("check", "story", "verdict", "words"),
    [
        ("fifo-order", [*BEGUN, (1, "delivery", "0.2")], "violated", "node 1 handed up 0.2 before 0.1"),
        ("fifo-order", [*BEGUN, (1, "delivery", "0.1"), (1, "delivery", "0.2")], "holds", "3 deliveries"),
        ("fifo-order", [], "unknown", "nothing was handed up"),
        (
            "causal-order",
            [*BEGUN, (1, "delivery", "0.1"), (1, "broadcast", "1.1"), (2, "delivery", "1.1")],
            "violated",
            "node 2 handed up 1.1 before 0.1",
        ),
        (
            "fifo-order",
            [*BEGUN, (1, "delivery", "0.1"), (1, "broadcast", "1.1"), (2, "delivery", "1.1")],
            "holds",
            "3 deliveries",
        ),
        ("causal-order", [*BEGUN, (1, "broadcast", "1.1"), (2, "delivery", "1.1")], "holds", "2 deliveries"),
        (
            "total-order",
            [*BEGUN, (1, "broadcast", "1.1"), (1, "delivery", "1.1")],
            "violated",
            "node 0 handed up 0.1 where node 1 handed up 1.1",
        ),
        ("total-order", [*BEGUN, (1, "delivery", "0.1"), (0, "delivery", "0.2")], "holds", "2 places, the same at 2"),
        ("total-order", BEGUN[:1], "unknown", "nothing was handed up"),
        ("broadcast-reliable", [(1, "delivery", "0.7")], "violated", "node 1 handed up 0.7, which nobody broadcast"),
        ("broadcast-reliable", [*BEGUN, (0, "delivery", "0.1")], "violated", "handed up 0.1 a second time"),
        ("broadcast-reliable", BEGUN, "unknown", "2 deliveries were still owed"),
        ("broadcast-reliable", BEGUN[:1], "unknown", "nothing was handed up"),
        (
            "broadcast-reliable",
            [*BEGUN, (2, "crashed", {}), (1, "delivery", "0.1")],
            "holds",
            "2 broadcasts",
        ),
    ],
    ids=str,
)
def test_a_story_is_judged(check: str, story: list[tuple[int | None, str, Any]], verdict: str, words: str) -> None:
    """What a few records tell is what each judge says."""
    found = judged(check, story)
    assert (found.verdict, words in found.reason) == (verdict, True), found.reason


def test_who_is_owed_a_broadcast_at_the_end() -> None:
    """With nothing left to happen a node that lacks what others have is a violation; so is one of the core, in time."""
    assert judged("broadcast-reliable", BEGUN, by="quiescent").verdict == "violated"
    phase = (None, "liveness", {"core": (0, 1), "within": 2 * SECOND})
    later = [(0, "broadcast", f"0.{number}") for number in range(3, 8)]
    late = judged("broadcast-reliable", [*BEGUN, phase, *later, (1, "delivery", "0.1")])
    assert (late.verdict, late.reason) == ("violated", "5s: node 1 lacks 0.1 that others have")
    assert judged("broadcast-reliable", [*BEGUN, phase, (1, "delivery", "0.1"), *later]).verdict == "holds"


@pytest.mark.parametrize("order", ["fifo", "causal", "total"])
def test_a_hunt_finds_each_order_without_its_buffer(order: str) -> None:
    """Without the buffer a small hunt violates the order that was asked for; with it, nothing."""
    asked = [f"protocol.order={order}", f"checks=[{order}-order]"]
    assert first_violated("broadcast-hunt", [*asked, "protocol.ablate=[ordering-buffer]"], 6) == {f"{order}-order"}
    assert not first_violated("broadcast-hunt", asked, 3)


def test_a_hunt_finds_what_is_not_repaired() -> None:
    """Without repair something that is lost stays lost, and the judge of reliability says so."""
    asked = ["protocol.ablate=[repair]", "checks=[broadcast-reliable]"]
    assert first_violated("broadcast-hunt", asked, 6) == {"broadcast-reliable"}
    assert set(WITHOUT) == {"repair", "ordering-buffer"}


@pytest.mark.parametrize("spread", ["gossip", "flooding", "tree"])
def test_total_order_is_reliable_fifo_and_causal_however_it_spreads(spread: str) -> None:
    """Under loss, second copies, crashes and a partition one order for all keeps to origins and causes."""
    names = ["broadcast-reliable", "fifo-order", "causal-order", "total-order"]
    settings = [f"protocol.spread={spread}", "protocol.order=total", f"checks=[{', '.join(names)}]"]
    done = murmur.run("broadcast-causal", overrides=settings)
    assert {verdict.check: verdict.verdict for verdict in done.verdicts} == dict.fromkeys([*names, "liveness"], "holds")


def test_a_sequencer_that_is_away_stops_all_and_is_caught_up_with() -> None:
    """While the sequencer is down nothing gets a place; when it is back, what waited is handed up."""
    crash = "faults=[{kind: crash, target: 0, at: 1s, restart_after: 2s}]"
    done = murmur.run("broadcast-causal", overrides=["protocol.order=total", crash, "network.loss=0"])
    rows = done.frames().records(["delivery"])
    away = rows[(rows["time"] > 1.3 * SECOND) & (rows["time"] < 3 * SECOND)]
    assert len(away) == 0
    assert [verdict.verdict for verdict in done.verdicts] == ["holds"] * 5
