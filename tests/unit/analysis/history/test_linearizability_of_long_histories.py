"""The judge over many windows: what an uncertain operation may still do, and conflicts that are small."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from analysis.history.conflict import smallest_conflict
from analysis.history.linearizability import Linearizable
from analysis.history.object_judge import ObjectJudge
from analysis.history.operations import Operation, history_of
from analysis.history.search import Budget, Reached, explanations
from analysis.manifest import RunVerdict
from analysis.verdict import Subject
from sim.records import Record
from tests.agreement import END
from tests.histories import damaged, legal_history

Step = tuple[str, int, str, Any]


def records_of(*steps: Step) -> list[Record]:
    """Records of one key from steps: (begin or end, process, function or outcome, value)."""
    records = []
    for place, (what, process, word, value) in enumerate(steps):
        begins = what == "begin"
        fields = {"process": process, "client": process} | (
            {"function": word, "key": "x", "value": value} if begins else {"outcome": word, "value": value}
        )
        records.append(Record(place, place, None, "invoked" if begins else "completed", fields))
    return records


def alone(process: int, function: str, value: Any, result: Any = None) -> tuple[Step, Step]:
    """An operation that has an answer before the next one begins."""
    return ("begin", process, function, value), ("end", process, "ok", result)


def judged(records: Sequence[Record]) -> RunVerdict:
    """The verdict on a history."""
    check = Linearizable(Subject(None, 0, "key-value"))
    for record in records:
        check.observe(record)
    return check.finish(END)


UNKNOWN_DELETE: tuple[Step, ...] = (("begin", 9, "delete", None), ("end", 9, "unknown", None))
RACE: tuple[Step, ...] = (
    ("begin", 0, "delete", None),
    ("begin", 1, "put", "a"),
    ("end", 0, "ok", None),
    ("end", 1, "ok", None),
)


def test_an_uncertain_operation_is_not_used_up_where_another_explains() -> None:
    """A deletion without an answer is still to come where the delete that was answered explains what was read."""
    steps = (*UNKNOWN_DELETE, *RACE, *alone(2, "get", None), *alone(2, "put", "b"), *alone(2, "get", None))
    assert judged(records_of(*steps)).verdict == "holds"
    assert judged(records_of(*steps, *alone(2, "put", "c"), *alone(2, "get", None))).verdict == "violated"


def test_an_uncertain_operation_takes_effect_once() -> None:
    """A write without an answer explains one stretch of reads however late, and no second one."""
    lost: tuple[Step, ...] = (("begin", 9, "put", "late"), ("end", 9, "unknown", None))
    quiet = [step for number in range(700) for step in alone(number % 3, "put", str(number))]
    late = [*alone(1, "get", None, "late"), *alone(2, "get", None, "late")]
    assert judged(records_of(*lost, *quiet, *late, *alone(1, "put", "z"))).verdict == "holds"
    again = judged(records_of(*lost, *quiet, *late, *alone(1, "put", "z"), *late))
    assert again.verdict == "violated"
    assert "'late'" in again.reason


@pytest.mark.parametrize("seed", range(60))
def test_windows_change_no_verdict(seed: int) -> None:
    """What is judged window by window is what is judged at once, with uncertain operations and damages."""
    chance = Random(seed)
    records = legal_history(chance, 40, clients=4, unknown=0.15)
    if seed % 3:
        records = damaged(chance, records)
    operations = [each for each in history_of(records) if each.outcome != "fail"]
    at_once = next(explanations(operations, Reached(None, ()), Budget(5_000_000)), None)
    assert judged(records).verdict == ("holds" if at_once else "violated")


@pytest.mark.parametrize("functions", [("get", "put"), ("get", "append"), ("get", "put", "append", "cas", "delete")])
def test_one_key_that_is_never_quiet_is_judged(functions: tuple[str, ...]) -> None:
    """Twenty clients at work on one key all the time are judged, for every function."""
    records = legal_history(Random(5), 1_000, clients=20, unknown=0.02, functions=functions)
    assert judged(records).verdict == "holds"


def test_a_budget_ends_in_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that has used up its steps says that it does not know, and never that a history is violated."""
    for name in ("STEPS_OF_AN_OPERATION", "STEPS_TO_SETTLE"):
        monkeypatch.setattr(f"analysis.history.object_judge.{name}", 1)
    judge = ObjectJudge(None, steps=10)
    operations = history_of(legal_history(Random(1), 400, clients=20, unknown=0))
    for operation in operations:
        judge.began(operation)
    for operation in sorted(operations, key=lambda each: each.end):
        judge.ended(operation)
    judge.finish()
    assert judge.exhausted
    assert not judge.conflict


@pytest.mark.parametrize("seed", range(20))
def test_conflicts_are_conflicts_and_small(seed: int) -> None:
    """The smallest conflict has no explanation, and has one without any of its reads."""
    chance = Random(seed)
    operations: list[Operation] = []
    while not operations:
        records = damaged(chance, legal_history(chance, 60, clients=5, unknown=0.1, functions=("get", "put")))
        history = [each for each in history_of(records) if each.outcome != "fail"]
        if next(explanations(history, Reached(None, ()), Budget(10**6)), None) is None:
            operations = history
    starts = [Reached(None, ())]
    conflict = smallest_conflict(operations, starts)
    assert next(explanations(conflict, starts[0], Budget(10**6)), None) is None
    assert len(conflict) < 12
    for read in [each for each in conflict if each.function == "get"]:
        rest = [each for each in conflict if each is not read]
        assert next(explanations(rest, starts[0], Budget(10**6)), None) is not None


def test_a_stale_read_is_told_in_words() -> None:
    """The reason names the write before and the read that missed it, however much came before and after."""
    noise = [step for number in range(50) for step in alone(0, "put", f"n{number}")]
    steps = (*noise, *alone(1, "put", "new"), *alone(2, "get", None, "n49"), *alone(0, "put", "z"))
    verdict = judged(records_of(*steps))
    assert verdict.reason == "no order explains 1 operation on key x after put 'new' by 1: get by 2 saw 'n49'"
    assert [each["fields"]["function"] for each in verdict.evidence] == ["put", "get"]
