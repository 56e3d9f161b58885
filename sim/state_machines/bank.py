"""A bank: accounts between which money moves, so that their total never changes."""

from __future__ import annotations

from typing import Any, Final

from sim.workloads.operation import Operation

OPENING: Final = 100
"""What each account holds when it is first spoken of."""


class Bank:
    """Holds a whole amount, never below zero, for each account; all open with the same amount."""

    __slots__ = ("_balances",)

    def __init__(self) -> None:
        self._balances: dict[str, int] = {}

    def apply(self, operation: Operation) -> Any:
        """Carry out `transfer`, which tells whether there was enough, or `balances`, which gives those of `value`.

        For `balances`, `value` is the names of the accounts; the result is theirs, in that order.
        """
        balances = self._balances
        if operation.function == "balances":
            return tuple([balances.get(account, OPENING) for account in operation.value])
        debited, credited = operation.key, operation.expected
        if balances.get(debited, OPENING) < operation.value:
            return False
        balances[debited] = balances.get(debited, OPENING) - operation.value
        balances[credited] = balances.get(credited, OPENING) + operation.value
        return True

    def snapshot(self) -> Any:
        """The whole state as data that JSON can hold."""
        return dict(self._balances)

    def restore(self, data: Any) -> None:
        """Take over the state of a snapshot."""
        self._balances = dict(data)
