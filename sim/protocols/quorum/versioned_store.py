"""What a replica of the registers keeps on its disk: a value of each key with its version, and marks of writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from sim.storage import Storage

Version = tuple[int, int, int]
"""How many writes came before it, and the client and number of the write: no two writes have the same."""
KEY: Final = "key/"
MARK: Final = "mark/"
"""Beginnings of names in stable storage: of keys, and of the writes of clients."""


class Versioned(NamedTuple):
    """A value and its version; None is the value of a key that was never written, or deleted."""

    version: Version
    value: Any


NEVER: Final = Versioned((0, -1, -1), None)
"""What there is of a key before anyone writes it."""


class VersionedStore:
    """The registers of one replica; each change is durable when the call returns."""

    __slots__ = ("_storage",)

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def read(self, key: str) -> Versioned:
        """What it holds of a key."""
        version, value = self._storage.get(f"{KEY}{key}", NEVER)
        return Versioned(version, value)

    def write(self, key: str, version: Version, value: Any) -> bool:
        """Take a value, unless it holds a later one; whether it was news."""
        if version <= self.read(key).version:
            return False
        self._storage[f"{KEY}{key}"] = (version, value)
        self._storage.sync()
        return True

    def mark(self, client: int, sequence: int, attempt: tuple[int, int]) -> bool:
        """Note that an attempt at a client's write begins; False where another attempt at it has begun before.

        Marks of a quorum keep a write from being done twice, when the client has asked again elsewhere: the second
        time it would come back after others have overwritten it.
        """
        name = f"{MARK}{client}/{sequence}"
        first = self._storage.get(name)
        if first is None:
            self._storage[name] = attempt
            self._storage.sync()
            return True
        return bool(first == attempt)
