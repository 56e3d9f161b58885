"""Sequential and causal consistency are judged as their definitions have it, on small histories of every kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from random import Random
from typing import Any

import pytest

from analysis.history.causal import CausallyConsistent
from analysis.history.models import IMPOSSIBLE, STEPS
from analysis.history.operations import Operation, history_of
from analysis.history.sequential import SequentiallyConsistent
from analysis.history.sources import sources_of
from analysis.manifest import RunVerdict
from analysis.verdict import Subject
from sim.records import Record
from tests.agreement import END
from tests.histories import damaged, legal_history

CHECKS = {"causal": CausallyConsistent, "sequential": SequentiallyConsistent}


def judged(check: str, records: Sequence[Record]) -> RunVerdict:
    """The verdict of a check on a history."""
    judge = CHECKS[check](Subject(None, 0, "key-value"))
    for record in records:
        judge.observe(record)
    return judge.finish(END)


def history(*operations: tuple[Any, ...]) -> list[Record]:
    """Records of operations that come one after the other: (process, function, key, value, result)."""
    records: list[Record] = []
    for process, function, key, value, result in operations:
        place = len(records)
        asked = {"process": process, "client": process, "function": function, "key": key, "value": value}
        records.append(Record(place, place, None, "invoked", asked))
        answer = {"process": process, "client": process, "outcome": "ok", "value": result}
        records.append(Record(place + 1, place + 1, None, "completed", answer))
    return records


def put(process: int, key: str, text: str) -> tuple[Any, ...]:
    """A put that was answered."""
    return process, "put", key, text, None


def append(process: int, key: str, text: str) -> tuple[Any, ...]:
    """An append that was answered."""
    return process, "append", key, text, None


def get(process: int, key: str, result: str | None) -> tuple[Any, ...]:
    """A get that was answered."""
    return process, "get", key, None, result


STALE = history(put(0, "x", "1"), put(0, "x", "2"), get(1, "x", "1"))
STORE_BUFFERS = history(put(0, "x", "1"), get(0, "y", None), put(1, "y", "2"), get(1, "x", None))
TWO_ORDERS = history(
    put(0, "x", "1"), put(1, "x", "2"), get(2, "x", "1"), get(2, "x", "2"), get(3, "x", "2"), get(3, "x", "1")
)
LOST_CAUSE = history(put(0, "x", "1"), get(1, "x", "1"), put(1, "y", "2"), get(2, "y", "2"), get(2, "x", None))
OVERWRITTEN = history(put(0, "x", "1"), put(0, "x", "2"), put(0, "y", "3"), get(1, "y", "3"), get(1, "x", "1"))
OUT_OF_NOWHERE = history(put(0, "x", "1"), get(1, "x", "9"))
FROM_THE_FUTURE = history(get(0, "x", "2"), put(0, "y", "1"), get(1, "y", "1"), put(1, "x", "2"))
LOST_APPEND = history(append(0, "x", "1"), get(0, "x", "1"), append(0, "x", "2"), get(0, "x", "2"))
INVERTED = history(append(0, "x", "1"), append(0, "x", "2"), get(1, "x", "2,1"))
APPENDED_TWO_WAYS = history(append(0, "x", "1"), append(1, "x", "2"), get(2, "x", "1,2"), get(3, "x", "2,1"))


@pytest.mark.parametrize(
    ("records", "causal", "sequential"),
    [
        (STALE, "holds", "holds"),
        (STORE_BUFFERS, "holds", "violated"),
        (TWO_ORDERS, "holds", "violated"),  # each read of CC may be explained by itself
        (LOST_CAUSE, "violated", "violated"),
        (OVERWRITTEN, "violated", "violated"),
        (OUT_OF_NOWHERE, "violated", "violated"),
        (FROM_THE_FUTURE, "violated", "violated"),
        (LOST_APPEND, "violated", "violated"),
        (INVERTED, "violated", "violated"),
        (APPENDED_TWO_WAYS, "holds", "violated"),
    ],
)
def test_broken_histories_are_caught(records: Sequence[Record], causal: str, sequential: str) -> None:
    """Each way to break a consistency is found by the checks that forbid it, and by no weaker one."""
    assert judged("causal", records).verdict == causal
    assert judged("sequential", records).verdict == sequential


def test_a_violation_shows_its_operations() -> None:
    """The evidence is the operations that contradict each other, and the reason tells them."""
    verdict = judged("causal", OVERWRITTEN)
    assert verdict.reason.startswith("a value is read that is known to be overwritten: put '1' by 0; put '2' by 0; get")
    assert [each["fields"]["function"] for each in verdict.evidence] == ["put", "put", "get"]


@pytest.mark.parametrize(
    ("operations", "reason"),
    [
        ([put(0, "x", "1"), put(1, "x", "1"), get(0, "x", "1")], "written 2 times"),
        ([put(0, "x", "1"), (0, "delete", "x", None, None), get(0, "x", None)], "deleted"),
        ([put(0, "x", "1,2"), get(0, "x", "1,2")], "told apart"),
        ([], "no operation"),
    ],
)
def test_what_cannot_be_traced_is_unknown(operations: list[tuple[Any, ...]], reason: str) -> None:
    """Where a value does not tell its write, causal consistency is unknown, and the reason says why."""
    verdict = judged("causal", history(*operations))
    assert verdict.verdict == "unknown"
    assert reason in verdict.reason


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("seed", range(10))
def test_atomic_histories_hold(check: str, seed: int) -> None:
    """What an atomic store did is consistent in every weaker sense too, with operations that have no answer."""
    functions = ("get", "get", "put", "append")
    records = legal_history(Random(seed), 400, clients=6, keys=5, unknown=0.05, functions=functions)
    assert judged(check, records).verdict == "holds"


def small(seed: int, functions: Sequence[str]) -> list[Record]:
    """A history of seven operations on two keys, with up to three results changed."""
    chance = Random(seed)
    records = legal_history(chance, 7, clients=3, keys=2, unknown=0.1, functions=functions)
    for _ in range(seed % 4):
        records = damaged(chance, records)
    return records


@pytest.mark.parametrize("seed", range(150))
@pytest.mark.parametrize("functions", [("get", "get", "put"), ("get", "get", "put", "append", "cas", "delete")])
def test_sequential_consistency_is_as_defined(seed: int, functions: Sequence[str]) -> None:
    """Holds where some order of all operations that keeps the order of each process explains all of them."""
    records = small(seed, functions)
    operations = [each for each in history_of(records) if each.outcome != "fail"]
    if any(each.is_certain for each in operations):
        assert judged("sequential", records).verdict == ("holds" if has_sequential_order(operations) else "violated")


def has_sequential_order(operations: Sequence[Operation]) -> bool:
    """Whether trying every interleaving of the processes finds one that explains all results."""
    lines: dict[int, list[Operation]] = {}
    for operation in operations:
        lines.setdefault(operation.process, []).append(operation)

    def goes_on(places: tuple[int, ...], states: dict[str, Any]) -> bool:
        left = [line[place:] for line, place in zip(lines.values(), places, strict=True)]
        if not any(each.is_certain for line in left for each in line):
            return True
        for index, line in enumerate(left):
            if line:
                after = STEPS[line[0].function](states.get(line[0].key), line[0])
                if after is not IMPOSSIBLE:
                    further = tuple(place + (number == index) for number, place in enumerate(places))
                    if goes_on(further, {**states, line[0].key: after}):
                        return True
        return False

    return goes_on((0,) * len(lines), {})


@pytest.mark.parametrize("seed", range(200))
@pytest.mark.parametrize("functions", [("get", "get", "put"), ("get", "get", "put", "append")])
def test_causal_consistency_is_as_defined(seed: int, functions: Sequence[str]) -> None:
    """Holds where the writes before each read have an order that keeps causes before effects and leads to its value."""
    records = small(seed, functions)
    operations = [each for each in history_of(records) if each.outcome != "fail"]
    operations = [each for each in operations if each.is_certain or each.function != "get"]
    if any(each.is_certain for each in operations):
        assert judged("causal", records).verdict == ("holds" if is_causal(operations) else "violated")


def is_causal(operations: Sequence[Operation]) -> bool:
    """Bouajjani's definition of CC, tried out: causes are what processes did before and what they have read."""
    sources = sources_of(operations)
    assert not sources.unclear
    if sources.strange:
        return False
    before = {
        (a, b)
        for a, first in enumerate(operations)
        for b, second in enumerate(operations)
        if first.process == second.process and a < b
    } | {(write, reader) for reader, seen in sources.seen.items() for write in seen}
    for middle in range(len(operations)):
        before |= {(a, b) for a, m in before if m == middle for n, b in before if n == middle}
    if any(a == b for a, b in before):
        return False
    return all(_is_explained(reader, operations, before) for reader in sources.seen)


def _is_explained(reader: int, operations: Sequence[Operation], before: set[tuple[int, int]]) -> bool:
    read = operations[reader]
    past = [a for a, b in before if b == reader and operations[a].function != "get" and operations[a].key == read.key]
    return any(_leads_to([operations[each] for each in order], read.result) for order in _orders(past, before))


def _orders(past: Sequence[int], before: set[tuple[int, int]]) -> Iterator[tuple[int, ...]]:
    for order in permutations(past):
        if not any((later, earlier) in before for i, earlier in enumerate(order) for later in order[i + 1 :]):
            yield order


def _leads_to(writes: Sequence[Operation], value: Any) -> bool:
    state: Any = None
    for write in writes:
        state = STEPS[write.function](state, write)
    return bool(state == value)


def test_small_histories_are_of_both_kinds() -> None:
    """The comparisons above see histories that hold and histories that do not."""
    for check in CHECKS:
        found = [judged(check, small(seed, ("get", "get", "put"))).verdict for seed in range(200)]
        assert min(found.count("holds"), found.count("violated")) > 20
