"""What each function of a state machine may do: the sequential specification against which histories are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from analysis.history.operations import Operation
from sim.state_machines.bank import OPENING

IMPOSSIBLE: Final = object()
"""Stands for the state after an operation that cannot have had its result in the state before."""
Step = Callable[[Any, Operation], Any]
"""Gives the state after an operation, or IMPOSSIBLE; a result that is not known is any."""


def _get(state: Any, operation: Operation) -> Any:
    return state if not operation.is_certain or state == operation.result else IMPOSSIBLE


def _put(state: Any, operation: Operation) -> Any:
    return operation.value


def _append(state: Any, operation: Operation) -> Any:
    return operation.value if state is None else f"{state},{operation.value}"


def _cas(state: Any, operation: Operation) -> Any:
    expected, value = operation.value
    if operation.is_certain and operation.result != (state == expected):
        return IMPOSSIBLE
    return value if state == expected else state


def _delete(state: Any, operation: Operation) -> Any:
    return None


def _transfer(state: Any, operation: Operation) -> Any:
    credited, amount = operation.value
    debited = operation.key
    balances = dict(state)
    enough = balances.get(debited, OPENING) >= amount
    if operation.is_certain and operation.result != enough:
        return IMPOSSIBLE
    if not enough:
        return state
    balances[debited] = balances.get(debited, OPENING) - amount
    balances[credited] = balances.get(credited, OPENING) + amount
    return tuple(sorted(balances.items()))


def _balances(state: Any, operation: Operation) -> Any:
    if not operation.is_certain:
        return state
    balances = dict(state)
    expected = tuple(balances.get(f"a{number}", OPENING) for number in range(len(operation.result)))
    return state if expected == tuple(operation.result) else IMPOSSIBLE


STEPS: Final[dict[str, Step]] = {
    "get": _get,
    "put": _put,
    "append": _append,
    "cas": _cas,
    "delete": _delete,
    "transfer": _transfer,
    "balances": _balances,
}
"""The step of each function. Keys of the store are objects of their own, the bank is one object."""
BANK: Final = frozenset(("transfer", "balances"))


def object_of(operation: Operation) -> str:
    """The object that an operation acts on: consistency of a whole is that of each object (locality)."""
    return "" if operation.function in BANK else operation.key


def initial_state(operation: Operation) -> Any:
    """The state of the operation's object before anything has happened to it."""
    return () if operation.function in BANK else None


def only_observes(operation: Operation) -> bool:
    """Whether it leaves any state as it is in which it can have had its result."""
    function = operation.function
    if function in ("get", "balances"):
        return True
    return function in ("cas", "transfer") and operation.is_certain and operation.result is False


def may_bring(write: Operation, wanted: Operation) -> bool:
    """Whether a write may lead to a state in which `wanted` has its result, as the last change before it."""
    if wanted.function == "get":
        value = wanted.result
    elif wanted.function == "cas" and wanted.result is True:
        value = wanted.value[0]
    else:
        return True
    if write.function == "delete":
        return value is None
    if value is None:
        return False
    if write.function == "append":
        return bool(value == write.value or value.endswith(f",{write.value}"))
    return bool(value == (write.value[1] if write.function == "cas" else write.value))


def may_matter(write: Operation, following: Iterable[Operation], uncertain: Sequence[Operation]) -> bool:
    """Whether a write may change what becomes of one of the operations `following`, alone or with other uncertain ones.

    What puts and deletes come to does not depend on what was before; a get tells what it depends on.
    """
    concerned = [each for each in following if each.function not in ("put", "delete")]
    if any(each.function != "get" for each in concerned) or any(each.function == "cas" for each in uncertain):
        return bool(concerned)
    read = [each.result for each in concerned]
    if write.function == "delete":
        return None in read or (bool(read) and any(each.function == "append" for each in uncertain))
    return any(result is not None and write.value in result for result in read)
