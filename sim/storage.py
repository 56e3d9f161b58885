"""Stable storage: what survives the crash of its node."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any


class Storage(MutableMapping[str, Any]):
    """A node's disk as named values. A write is durable when it returns; `writes` counts them.

    Values are kept as given: store numbers, strings, tuples, or copies, not objects that change later.
    """

    __slots__ = ("_values", "writes")

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self.writes = 0

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._values[name] = value
        self.writes += 1

    def __delitem__(self, name: str) -> None:
        del self._values[name]
        self.writes += 1

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
