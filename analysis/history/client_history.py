"""What clients saw of one key, with an order that explains it or the operations that none explains: for a picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from analysis.history.conflict import smallest_conflict
from analysis.history.models import initial_state, object_of
from analysis.history.operations import KINDS, Operation, history_of
from analysis.history.search import Budget, OutOfBudget, Reached, explanations
from sim.records import Record
from topologies.errors import InputError

STEPS: Final = 2_000_000
"""Steps that the search may take before nothing is known of the order."""


@dataclass(frozen=True, slots=True)
class ClientHistory:
    """The operations on one key (the bank is the key of no letters), by their begins, and what can be said of them.

    `verdict` is that of linearizability. `linearization` is an order that explains all results, where it holds; an
    uncertain operation is in it only where it has to have taken effect. `conflict` are operations that no order
    explains, where it is violated: as few as were found. An operation in `conflict` whose answer came too late to
    matter stands there without it, and is recognised by its `process` and `begin`.
    """

    key: str
    operations: tuple[Operation, ...]
    verdict: Literal["holds", "violated", "unknown"]
    linearization: tuple[Operation, ...] = ()
    conflict: tuple[Operation, ...] = ()

    def in_conflict(self, operation: Operation) -> bool:
        """Whether an operation is one of those that no order explains."""
        return any(each.begin == operation.begin for each in self.conflict)


def keys_of(records: Iterable[Record]) -> dict[str, int]:
    """Return how many operations each key has, the most popular key first."""
    found: dict[str, int] = {}
    for operation in history_of(record for record in records if record.kind in KINDS):
        found[object_of(operation)] = found.get(object_of(operation), 0) + 1
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def client_history(records: Iterable[Record], key: str) -> ClientHistory:
    """Return the history of one key; raises InputError where there is none, with the keys that have one."""
    history = history_of(record for record in records if record.kind in KINDS)
    operations = [each for each in history if object_of(each) == key]
    if not operations:
        known = list(dict.fromkeys(map(object_of, history)))[:8]
        raise InputError(f"found no operation on key {key!r}; " + (f"some keys: {known}" if known else "there is none"))
    told = tuple(operations)
    possible = [each for each in operations if each.outcome != "fail"]
    if not any(each.is_certain for each in possible):
        return ClientHistory(key, told, "unknown")
    start = Reached(initial_state(operations[0]), ())
    try:
        explained = next(explanations(possible, start, Budget(STEPS), determined=True), None)
    except OutOfBudget:
        return ClientHistory(key, told, "unknown")
    if explained is not None:
        return ClientHistory(key, told, "holds", linearization=explained.order)
    return ClientHistory(key, told, "violated", conflict=tuple(smallest_conflict(possible, [start])))
