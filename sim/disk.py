"""What stands between a node's storage and its medium while faults of storage are in force."""

from __future__ import annotations

from typing import Any, ClassVar, Final

MISSING: Final = object()
"""Stands for the value of a key that is not there."""

Values = dict[str, Any]


class DiskBehaviour:
    """Base of what a fault does to one disk; each method is called for all faults in force, in the order they began.

    `before_` methods may raise StorageError, so that the operation does not take place. `takes_time` tells whether the
    node may have to wait in a write.
    """

    takes_time: ClassVar[bool] = False

    def before_read(self, name: str) -> None:
        """A value is about to be read."""

    def read(self, value: Any) -> Any:
        """What is read in place of the value on the medium."""
        return value

    def before_write(self, name: str, deletes: bool) -> None:
        """A value is about to be written or deleted."""

    def writes(self, values: Values, name: str) -> None:
        """A value is written or deleted now, and nothing refuses it; `values` are still the earlier ones."""

    def written(self, name: str) -> None:
        """A value was written or deleted."""

    def sync(self) -> None:
        """The protocol wants all that it wrote durable."""

    def crash(self, values: Values) -> None:
        """The node crashes: lose what was not durable."""

    def replaced(self) -> None:
        """The disk has become another one, which is empty."""


class Disk:
    """A disk with faults. Without any it reads and writes as if it were not there."""

    __slots__ = ("behaviours",)

    def __init__(self) -> None:
        self.behaviours: tuple[DiskBehaviour, ...] = ()

    def add(self, behaviour: DiskBehaviour) -> None:
        """Have a fault act on what is read and written from now on."""
        self.behaviours = (*self.behaviours, behaviour)

    def remove(self, behaviour: DiskBehaviour) -> None:
        """End that."""
        self.behaviours = tuple(other for other in self.behaviours if other is not behaviour)

    def read(self, values: Values, name: str) -> Any:
        """A value as it is read; raises KeyError, or StorageError."""
        for behaviour in self.behaviours:
            behaviour.before_read(name)
        value = values[name]
        for behaviour in self.behaviours:
            value = behaviour.read(value)
        return value

    def write(self, values: Values, name: str, value: Any) -> None:
        """Write a value; raises StorageError."""
        self._begin_write(values, name, deletes=False)
        values[name] = value
        for behaviour in self.behaviours:
            behaviour.written(name)

    def delete(self, values: Values, name: str) -> None:
        """Delete a value; raises KeyError, or StorageError."""
        if name not in values:
            raise KeyError(name)
        self._begin_write(values, name, deletes=True)
        del values[name]
        for behaviour in self.behaviours:
            behaviour.written(name)

    def _begin_write(self, values: Values, name: str, deletes: bool) -> None:
        for behaviour in self.behaviours:
            behaviour.before_write(name, deletes)
        for behaviour in self.behaviours:
            behaviour.writes(values, name)

    def sync(self) -> None:
        """Have everything durable, as far as the disk obeys."""
        for behaviour in self.behaviours:
            behaviour.sync()

    def crash(self, values: Values) -> None:
        """Lose what is not durable; what began last is undone first."""
        for behaviour in reversed(self.behaviours):
            behaviour.crash(values)

    def replaced(self) -> None:
        """The medium is an empty one from now on."""
        for behaviour in self.behaviours:
            behaviour.replaced()


def put_back(values: Values, name: str, value: Any) -> None:
    """Have a key hold an earlier value again, or none where that was MISSING."""
    if value is MISSING:
        values.pop(name, None)
    else:
        values[name] = value
