"""State machines carry out operations as a map of texts, or a bank, would."""

import json

import pytest

from sim.state_machines.bank import OPENING, Bank
from sim.state_machines.key_value import KeyValueStore
from sim.state_machines.registry import STATE_MACHINES
from sim.workloads.operation import Operation, history_value

ACCOUNTS = ("a0", "a1", "a2")


def results(machine, *operations: Operation) -> list:
    """What the operations give, one after the other."""
    return [machine.apply(operation) for operation in operations]


def test_what_was_put_is_read_until_it_is_deleted() -> None:
    """A key holds what was last put, and nothing before the first write and after a delete."""
    read = Operation("get", "k")
    store = KeyValueStore()
    assert results(store, read, Operation("put", "k", "x"), read, Operation("put", "k", "y"), read) == [
        None,
        None,
        "x",
        None,
        "y",
    ]
    assert results(store, Operation("delete", "k"), read, Operation("delete", "k")) == [None, None, None]


def test_appended_texts_stand_behind_each_other() -> None:
    """An append to nothing is a put; further ones stand behind commas, in order."""
    append = [Operation("append", "k", text) for text in "abc"]
    assert results(KeyValueStore(), *append, Operation("get", "k")) == [None, None, None, "a,b,c"]


def test_compare_and_swap_takes_only_where_the_expected_value_is_held() -> None:
    """It tells whether it took, and changes nothing where not; no value is what an absent key holds."""
    store = KeyValueStore()
    read = Operation("get", "k")
    assert results(store, Operation("cas", "k", "x", "w"), read) == [False, None]
    assert results(store, Operation("cas", "k", "x"), read, Operation("cas", "k", "y"), read) == [True, "x", False, "x"]
    assert results(store, Operation("cas", "k", "y", "x"), read) == [True, "y"]


def test_keys_do_not_meet() -> None:
    """An operation on a key leaves the others as they are."""
    store = KeyValueStore()
    results(store, Operation("put", "k", "x"), Operation("put", "l", "y"), Operation("delete", "k"))
    assert results(store, Operation("get", "l"), Operation("get", "k")) == ["y", None]


def test_a_transfer_moves_what_there_is() -> None:
    """An amount that is held goes from one account to the other; more than that moves nothing."""
    bank = Bank()
    look = Operation("balances", "", ACCOUNTS)
    assert results(bank, look, Operation("transfer", "a0", 70, "a2"), look) == [
        (OPENING,) * 3,
        True,
        (OPENING - 70, OPENING, OPENING + 70),
    ]
    assert results(bank, Operation("transfer", "a0", 31, "a1"), look) == [
        False,
        (OPENING - 70, OPENING, OPENING + 70),
    ]
    assert results(bank, Operation("transfer", "a0", 30, "a1"), look)[1] == (0, OPENING + 30, OPENING + 70)


@pytest.mark.parametrize("name", STATE_MACHINES)
def test_a_snapshot_is_not_touched_by_what_comes_after(name: str) -> None:
    """The state that a snapshot holds, and the one that was taken over from it, go separate ways."""
    change = Operation("transfer", "a0", 1, "a1") if name == "bank" else Operation("append", "k", "x")
    first, second = STATE_MACHINES[name](), STATE_MACHINES[name]()
    first.apply(change)
    taken = first.snapshot()
    text = json.dumps(taken)
    second.restore(taken)
    second.apply(change)
    first.apply(change)
    first.apply(change)
    assert json.dumps(taken) == text
    assert len({json.dumps(each) for each in (taken, first.snapshot(), second.snapshot())}) == 3


@pytest.mark.parametrize(
    ("operation", "value", "reads"),
    [
        (Operation("get", "k"), None, True),
        (Operation("put", "k", "x"), "x", False),
        (Operation("append", "k", "x"), "x", False),
        (Operation("cas", "k", "new", "old"), ("old", "new"), False),
        (Operation("delete", "k"), None, False),
        (Operation("transfer", "a0", 5, "a1"), ("a1", 5), False),
        (Operation("balances", "", ACCOUNTS), None, True),
    ],
    ids=lambda case: case.function if isinstance(case, Operation) else "",
)
def test_histories_name_arguments(operation: Operation, value: object, reads: bool) -> None:
    """A history has the pair of a swap and of a transfer, and no argument of reads and deletes."""
    assert (history_value(operation), operation.reads) == (value, reads)
