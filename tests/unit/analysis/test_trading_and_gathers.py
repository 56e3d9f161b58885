"""What is measured and judged of trades and gathers is what their records say, by hand."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from analysis.manifest import RunBalance
from analysis.measurements import Measurements
from analysis.metrics import metrics_of
from analysis.trading_checks import RiskLimit
from analysis.verdict import RunEnd, Subject
from sim.records import Record

BALANCE = RunBalance(sent=0, outcomes={}, in_flight=0, waiting=0, duplicated=0, sums=True)
Told = tuple[int, str, dict[str, Any]]


def told(*records: Told) -> list[Record]:
    """These records, of node 2."""
    numbers = count()
    return [Record(time, next(numbers), 2, kind, fields) for time, kind, fields in records]


def measured(*records: Told) -> dict[str, Any]:
    """All metrics of a run that made these records."""
    run = Measurements(None, 5)
    for record in told(*records):
        for kinds, observer in run.observers:
            if record.kind in kinds:
                observer(record)
    return metrics_of(run._finish(1000, BALANCE))


def trade(time: int, instrument: int, quantity: int, ticked_at: int = 0) -> Told:
    """An execution."""
    fields = {"order": time, "instrument": instrument, "quantity": quantity, "ticked_at": ticked_at, "epoch": 0}
    return time, "executed", fields


LIMITS: Told = (0, "limits", {"limit": 10, "gross_limit": 15})


@pytest.mark.parametrize(
    ("trades", "verdict", "shown"),
    [
        ([trade(1, 0, 10), trade(2, 0, -20), trade(3, 1, 5)], "holds", 0),
        ([trade(1, 0, 10), trade(2, 0, 1), trade(3, 0, -1)], "violated", 1),
        ([trade(1, 0, -11), trade(2, 0, -1)], "violated", 2),
        ([trade(1, 0, 8), trade(2, 1, -8)], "violated", 1),
        ([], "unknown", 0),
    ],
)
def test_the_judge_of_limits(trades: list[Told], verdict: str, shown: int) -> None:
    """A position beyond the limit of its instrument, or positions beyond that of all, are shown where they arise."""
    judge = RiskLimit(Subject(None, 5))
    for record in told(LIMITS, *trades):
        judge.observe(record)
    found = judge.finish(RunEnd(1000, "duration", BALANCE))
    assert (found.verdict, len(found.evidence)) == (verdict, shown)


def test_trades() -> None:
    """Latencies from the tick, what was turned down and why, and the share of the limit that was used."""
    declined = [(4, "declined", {"order": n, "reason": reason}) for n, reason in enumerate(("limit", "late", "limit"))]
    found = measured(
        LIMITS, trade(10, 0, 8, 4), trade(20, 1, -4, 1), *declined, (9, "rejected", {"order": 7, "reason": "venue"})
    )
    assert (found["orders_executed"], found["orders_declined"], found["orders_rejected"]) == (
        2,
        {"late": 1, "limit": 2},
        {"venue": 1},
    )
    latencies = [found[f"tick_to_order_{name}"] for name in ("mean", "p50", "p99", "max")]
    assert (latencies, found["limit_used"]) == ([12.5, 6, 19, 19], 0.8)


def test_gathers() -> None:
    """Means per gather, times of those that are complete, and answers that came late."""
    first = {"complete": True, "took": 10, "requests": 3, "attempts": 1, "hedges": 0, "answers": 3}
    second = {"complete": True, "took": 30, "requests": 5, "attempts": 1, "hedges": 2, "answers": 3}
    third = {"complete": False, "took": 99, "requests": 5, "attempts": 4, "hedges": 0, "answers": 1}
    found = measured(
        *((time, "gathered", fields) for time, fields in enumerate((first, second, third, {"round": 1}))),
        (9, "late-answer", {"member": 1}),
    )
    assert (found["gathers"], found["gathers_complete"], found["gathers_hedged"]) == (3, 2 / 3, 1 / 3)
    assert (found["gather_time_mean"], found["gather_time_p50"], found["gather_time_p99"]) == (20, 10, 30)
    assert (found["gather_requests"], found["gather_attempts"], found["late_answers"]) == (13 / 3, 2, 1)


def test_a_run_without_them_has_no_such_metrics() -> None:
    """Records of others that are called the same count for nothing."""
    found = measured((1, "executed", {"task": 3}), (2, "limits", {"memory": 1}), (3, "declined", {"job": 1}))
    assert not {"orders_executed", "limit_used", "gathers", "late_answers"} & found.keys()
