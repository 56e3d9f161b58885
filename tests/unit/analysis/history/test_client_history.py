"""The history of one key for a picture: an order that explains it, or what none explains."""

from __future__ import annotations

from random import Random

import pytest

from analysis.history.client_history import client_history, keys_of
from analysis.history.models import IMPOSSIBLE, STEPS
from sim.records import Record
from tests.histories import legal_history
from topologies.errors import InputError


@pytest.mark.parametrize("seed", range(20))
def test_the_order_explains_the_history(seed: int) -> None:
    """Every certain operation is in the order, which keeps to real time and leads to every result."""
    records = legal_history(Random(seed), 120, clients=5, keys=2, unknown=0.1)
    told = client_history(records, "k1")
    assert told.verdict == "holds"
    assert {each for each in told.operations if each.is_certain} <= set(told.linearization)
    state, latest = None, -1
    for operation in told.linearization:
        assert operation.end > latest
        latest = max(latest, operation.begin)
        state = STEPS[operation.function](state, operation)
        assert state is not IMPOSSIBLE


def test_a_conflict_is_marked() -> None:
    """A stale read and what it missed are marked, and no other operation."""
    records = legal_history(Random(3), 60, clients=1, keys=1, unknown=0, functions=("put",))
    written = [each.fields["value"] for each in records if each.kind == "invoked"]
    place = len(records)
    for process, value in ((50, written[-1]), (51, written[-3])):
        asked = {"process": process, "client": process, "function": "get", "key": "k0", "value": None}
        records.append(Record(place, place, None, "invoked", asked))
        answer = {"process": process, "outcome": "ok", "value": value}
        records.append(Record(place + 1, place + 1, None, "completed", answer))
        place += 2
    told = client_history(records, "k0")
    assert told.verdict == "violated"
    marked = [operation for operation in told.operations if told.in_conflict(operation)]
    assert next(operation.value for operation in marked if operation.function == "put") == written[-3]
    assert marked[-1].result == written[-3]
    assert len(marked) <= 3


def test_keys_are_counted_and_unknown_ones_refused() -> None:
    """The most popular key comes first; a key without operations is refused with those that have some."""
    records = legal_history(Random(1), 50, keys=3)
    counts = keys_of(records)
    assert sum(counts.values()) == 50
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    with pytest.raises(InputError, match=r"some keys: .*k0"):
        client_history(records, "k9")
