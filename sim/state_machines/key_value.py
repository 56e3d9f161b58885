"""A key-value store: texts by key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sim.workloads.operation import Operation


class KeyValueStore:
    """Holds a text for each key that was written and not deleted since."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def apply(self, operation: Operation) -> Any:
        """Carry out `get`, `put`, `append` (to what is there, behind a comma), `cas` (whether it took) or `delete`.

        The same operations in the same order give the same results everywhere.
        """
        return FUNCTIONS[operation.function](self._values, operation)

    def snapshot(self) -> Any:
        """The whole state as data that JSON can hold."""
        return dict(self._values)

    def restore(self, data: Any) -> None:
        """Take over the state of a snapshot."""
        self._values = dict(data)


def _get(values: dict[str, str], operation: Operation) -> str | None:
    return values.get(operation.key)


def _put(values: dict[str, str], operation: Operation) -> None:
    values[operation.key] = operation.value


def _append(values: dict[str, str], operation: Operation) -> None:
    held = values.get(operation.key)
    values[operation.key] = operation.value if held is None else f"{held},{operation.value}"


def _cas(values: dict[str, str], operation: Operation) -> bool:
    if values.get(operation.key) != operation.expected:
        return False
    values[operation.key] = operation.value
    return True


def _delete(values: dict[str, str], operation: Operation) -> None:
    values.pop(operation.key, None)


FUNCTIONS: Final[dict[str, Callable[[dict[str, str], Operation], Any]]] = {
    "get": _get,
    "put": _put,
    "append": _append,
    "cas": _cas,
    "delete": _delete,
}
"""What each function does to the values by key."""
