"""The smallest part of a history that still has no explanation, so that a person sees why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analysis.history.models import only_observes
from analysis.history.operations import OPEN, Operation
from analysis.history.search import Budget, OutOfBudget, Reached, explanations

STEPS_OF_A_TRY: Final = 20_000
"""Steps in which a part has to turn out to have no explanation, to be kept as the smaller one."""
MOST_STEPS: Final = 100_000
"""Steps of all tries to leave something out."""


def smallest_conflict(operations: Sequence[Operation], starts: Sequence[Reached]) -> list[Operation]:
    """Return operations among some without an explanation that have none by themselves, in the order of their begins.

    First the history is cut after the first answer that cannot be explained any more, then operations are left out,
    many at once and then one by one, for as long as the rest still has no explanation. A write is only left out where
    none of the rest can have seen it, because else what is left would be a value out of nowhere. What does not fit
    though all writes may have happened at any time or never stands for itself.
    """
    kept = _shortest_prefix(sorted(operations, key=lambda each: each.begin), starts)
    last = max((each for each in kept if each.is_certain), key=lambda each: each.end)
    if only_observes(last) and _is_conflict([*map(_eased, (each for each in kept if each is not last)), last], starts):
        return [last]
    budget = Budget(MOST_STEPS)
    for observing in (True, False, True):
        size = max(1, len(kept) // 4)
        while size:
            offered = [each for each in kept if only_observes(each) == observing]
            for place in range(0, len(offered), size):
                left_out = set(offered[place : place + size])
                rest = [each for each in kept if each not in left_out]
                if observing or not any(_seen(write, rest) for write in left_out):
                    kept = rest if _is_conflict(rest, starts, budget) else kept
            size //= 2
    return kept


def _shortest_prefix(operations: Sequence[Operation], starts: Sequence[Reached]) -> list[Operation]:
    """The history until the first answer after which it has no explanation; what has no answer then is uncertain."""
    ends = sorted(each.end for each in operations if each.is_certain)
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high) // 2
        if _is_conflict(_until(operations, ends[middle]), starts):
            high = middle
        else:
            low = middle + 1
    prefix = _until(operations, ends[high])
    return prefix if _is_conflict(prefix, starts) else list(operations)


def _until(operations: Sequence[Operation], end: int) -> list[Operation]:
    """The operations as they were known at a place of the run."""
    known = [each if each.end <= end or not each.is_certain else _unanswered(each) for each in operations]
    return [each for each in known if each.begin < end and (each.is_certain or not only_observes(each))]


def _unanswered(operation: Operation) -> Operation:
    return replace(operation, outcome="unknown", end=OPEN, ended=None, result=None)


def _seen(write: Operation, rest: Sequence[Operation]) -> bool:
    """Whether one of the rest may have had its result because of a write."""
    if write.function == "transfer":
        return any(each.is_certain for each in rest)
    left = write.value[1] if write.function == "cas" else write.value
    for each in rest:
        if not each.is_certain or each.function not in ("get", "cas"):
            continue
        if each.function == "cas" and each.result is False:
            return True
        seen = each.result if each.function == "get" else each.value[0]
        if left == seen or (left is not None and seen is not None and left in seen):
            return True
    return False


def _eased(operation: Operation) -> Operation:
    """An operation as one that may have happened at any time, or never."""
    return replace(_unanswered(operation), begin=-1)


def _is_conflict(operations: Sequence[Operation], starts: Sequence[Reached], left: Budget | None = None) -> bool:
    """Whether operations have no explanation after any of the starts, as far as a short search tells."""
    allowed = STEPS_OF_A_TRY if left is None else min(STEPS_OF_A_TRY, left.steps)
    budget = Budget(allowed)
    try:
        return not any(True for start in starts for _ in explanations(operations, start, budget))
    except OutOfBudget:
        return False
    finally:
        if left is not None:
            left.steps -= allowed - max(budget.steps, 0)
