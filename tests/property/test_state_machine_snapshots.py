"""State machines are functions of the operations so far, wherever a snapshot comes between."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.state_machines.bank import OPENING
from sim.state_machines.registry import STATE_MACHINES
from sim.workloads.operation import Operation

KEYS = st.sampled_from(["k", "l", "m"])
TEXTS = st.sampled_from(["a", "b", "ü,"])
ACCOUNTS = ("a0", "a1", "a2", "a3")
OPERATIONS = {
    "key-value": st.one_of(
        st.builds(Operation, st.sampled_from(["get", "delete"]), KEYS),
        st.builds(Operation, st.sampled_from(["put", "append"]), KEYS, TEXTS),
        st.builds(Operation, st.just("cas"), KEYS, TEXTS, st.none() | TEXTS),
    ),
    "bank": st.one_of(
        st.just(Operation("balances", "", ACCOUNTS)),
        st.permutations(ACCOUNTS).flatmap(
            lambda names: st.builds(
                Operation, st.just("transfer"), st.just(names[0]), st.integers(1, 150), st.just(names[1])
            )
        ),
    ),
}


def test_every_state_machine_is_tried() -> None:
    """No state machine of the registry is left out below."""
    assert OPERATIONS.keys() == STATE_MACHINES.keys()


@pytest.mark.parametrize("name", STATE_MACHINES)
@given(data=st.data())
def test_a_machine_goes_on_from_a_snapshot_as_the_one_it_was_taken_of(name: str, data: st.DataObject) -> None:
    """A machine that takes over a snapshot, as JSON, gives the same results from there on, and ends the same."""
    before = data.draw(st.lists(OPERATIONS[name], max_size=15))
    after = data.draw(st.lists(OPERATIONS[name], max_size=15))
    first, second = STATE_MACHINES[name](), STATE_MACHINES[name]()
    for operation in before:
        first.apply(operation)
    second.restore(json.loads(json.dumps(first.snapshot())))
    assert [first.apply(operation) for operation in after] == [second.apply(operation) for operation in after]
    assert first.snapshot() == second.snapshot()


@given(st.lists(OPERATIONS["bank"], max_size=40))
def test_money_is_conserved_and_never_owed(operations: list[Operation]) -> None:
    """After any operations the balances sum to what was paid in, and none is below zero."""
    bank = STATE_MACHINES["bank"]()
    for operation in operations:
        bank.apply(operation)
        balances = bank.apply(Operation("balances", "", ACCOUNTS))
        assert sum(balances) == OPENING * len(ACCOUNTS)
        assert min(balances) >= 0


@given(st.lists(OPERATIONS["key-value"], max_size=40))
def test_reads_change_nothing(operations: list[Operation]) -> None:
    """Operations that say that they read may be left out: the state is the same."""
    whole, writes = STATE_MACHINES["key-value"](), STATE_MACHINES["key-value"]()
    for operation in operations:
        whole.apply(operation)
        if not operation.reads:
            writes.apply(operation)
    assert whole.snapshot() == writes.snapshot()
