"""An operation: what a client asks the replicated state machine to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

READS: Final = frozenset({"get", "balances"})
"""Functions that change nothing."""
PAIRS: Final = frozenset({"cas", "transfer"})
"""Functions with two arguments beside the key."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of a function of a state machine.

    Of the key-value store: `get`, `put` and `append` (with the text `value`), `cas` (put `value` where `expected` is
    held), `delete`, each of `key`. Of the bank: `transfer` of the amount `value` from account `key` to account
    `expected`, and `balances` of all accounts, where `key` is empty.
    """

    function: str
    key: str
    value: Any = None
    expected: Any = None

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.function in READS


def history_value(operation: Operation) -> Any:
    """What the history of a run says of its arguments: a pair for `cas` and `transfer`, nothing for reads."""
    if operation.function in PAIRS:
        return (operation.expected, operation.value)
    return None if operation.function in READS else operation.value
