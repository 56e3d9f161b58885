"""Stable storage: what survives the crash of its node."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.disk import Disk


class StorageError(Exception):
    """An operation of storage has failed: `operation` is `read` or `write`, `key` its name, `reason` why.

    Where the protocol does not catch it, its node stops (fail-stop).
    """

    def __init__(self, operation: str, key: str, reason: str) -> None:
        super().__init__(operation, key, reason)
        self.operation = operation
        self.key = key
        self.reason = reason


class Storage(MutableMapping[str, Any]):
    """A node's disk as named values. A write is durable when it returns; `writes` counts them.

    Values are kept as given: store numbers, strings, tuples, or copies, not objects that change later. `disk` is what
    stands between, while faults of storage are in force; then reading and writing may raise StorageError.
    """

    __slots__ = ("_values", "disk", "writes")

    def __init__(self, disk: Disk | None = None) -> None:
        self._values: dict[str, Any] = {}
        self.disk = disk
        self.writes = 0

    def __getitem__(self, name: str) -> Any:
        if self.disk is not None:
            return self.disk.read(self._values, name)
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if self.disk is not None:
            self.disk.write(self._values, name, value)
        else:
            self._values[name] = value
        self.writes += 1

    def __delitem__(self, name: str) -> None:
        if self.disk is not None:
            self.disk.delete(self._values, name)
        else:
            del self._values[name]
        self.writes += 1

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def medium(self) -> dict[str, Any]:
        """What is on the medium, past all faults: for those who repair it."""
        return self._values

    def sync(self) -> None:
        """Have everything that was written durable; it is so anyway, unless a fault of storage is in force."""
        if self.disk is not None:
            self.disk.sync()

    def crash(self) -> None:
        """The node crashes: a faulty disk may lose or tear what was written."""
        if self.disk is not None:
            self.disk.crash(self._values)
