"""Linearizability is judged as trying every order does, for legal histories and damaged ones."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from analysis.history.linearizability import Linearizable
from analysis.history.operations import history_of
from analysis.manifest import RunBalance, RunVerdict
from analysis.verdict import RunEnd, Subject
from sim.records import Record
from tests.histories import damaged, has_an_order, legal_history

SEEDS = 250


def judged(records: Sequence[Record]) -> RunVerdict:
    """The verdict on a history, told record by record."""
    check = Linearizable(Subject(None, 0, "key-value"))
    for record in records:
        check.observe(record)
    balance = RunBalance(sent=0, duplicated=0, outcomes={}, waiting=0, in_flight=0, sums=True)
    return check.finish(RunEnd(len(records), "duration", balance))


def history(*events: tuple[str, int, str, object]) -> list[Record]:
    """Records of one key, from (begin or end, process, function or outcome, value)."""
    records = []
    for place, (what, process, word, value) in enumerate(events):
        if what == "begin":
            fields = {"process": process, "client": process, "function": word, "key": "x", "value": value}
        else:
            fields = {"process": process, "outcome": word, "value": value}
        records.append(Record(place, place, None, "invoked" if what == "begin" else "completed", fields))
    return records


@pytest.mark.parametrize("seed", range(SEEDS))
def test_agrees_with_trying_every_order(seed: int) -> None:
    """Holds where some order of at most five operations explains a history, is violated where none does."""
    chance = Random(seed)
    records = legal_history(chance, 5, unknown=0.2)
    if seed % 3:
        records = damaged(chance, records)
    expected = has_an_order(history_of(records))
    certain = any(operation.is_certain for operation in history_of(records))
    assert judged(records).verdict == (("holds" if certain else "unknown") if expected else "violated")


def test_damaged_histories_are_of_both_kinds() -> None:
    """The comparison above sees many histories without an order and many with one."""
    found = [
        has_an_order(history_of(damaged(chance, legal_history(chance, 5, unknown=0.2))))
        for chance in map(Random, range(100))
    ]
    assert 20 < sum(found) < 90


def test_stale_read_is_shown_with_the_write_it_missed() -> None:
    """The evidence of a stale read is the write before it and the read, without what else happened."""
    records = history(
        ("begin", 0, "put", "1"),
        ("end", 0, "ok", None),
        ("begin", 1, "get", None),
        ("end", 1, "ok", "1"),
        ("begin", 0, "put", "2"),
        ("end", 0, "ok", None),
        ("begin", 1, "get", None),
        ("end", 1, "ok", "1"),
    )
    verdict = judged(records)
    assert verdict.verdict == "violated"
    shown = {(each["fields"]["function"], each["fields"]["result"]) for each in verdict.evidence}
    assert ("get", "1") in shown
    assert len(verdict.evidence) <= 3


def test_unknown_write_may_come_late_or_never() -> None:
    """A write without an answer explains a value that is read much later, and need not have happened."""
    write = [("begin", 0, "put", "1"), ("end", 0, "unknown", None)]
    absent = [("begin", 1, "get", None), ("end", 1, "ok", None)]
    seen = [("begin", 1, "get", None), ("end", 1, "ok", "1")]
    assert judged(history(*write, *absent, *absent, *seen)).verdict == "holds"
    assert judged(history(*write, *absent, *absent)).verdict == "holds"
    assert judged(history(*write, *seen, *absent)).verdict == "violated"


def test_failed_write_has_not_happened() -> None:
    """A value that is read although its write was refused has no explanation."""
    events = [("begin", 0, "put", "1"), ("end", 0, "fail", None), ("begin", 1, "get", None), ("end", 1, "ok", "1")]
    assert judged(history(*events)).verdict == "violated"


@pytest.mark.parametrize("seed", range(20))
def test_long_histories_of_many_keys(seed: int) -> None:
    """Windows, and going back over them, judge long legal histories right, and one stale value in them."""
    records = legal_history(Random(seed), 700, clients=6, keys=3, unknown=0.05)
    assert judged(records).verdict == "holds"


def test_no_client_has_completed_anything() -> None:
    """Nothing that could have contradicted it leaves the verdict unknown."""
    assert judged([]).verdict == "unknown"
