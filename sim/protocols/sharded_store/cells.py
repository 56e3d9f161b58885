"""The keys that a node holds: values, and for each key the results of what clients asked, which go where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.protocols.raft.sessions import UNKNOWN, Sessions
from sim.state_machines.key_value import KeyValueStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim.storage import Storage
    from sim.workloads.request import ClientRequest

CELL: Final = "cell/"
"""Names in stable storage begin so, the key follows."""
Cell = tuple[str, Any, Any]
"""A key, its value, and its sessions, as data."""


class Cells:
    """Each key as a store of its own with sessions of its own, on the disk after each change."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._stores: dict[str, KeyValueStore] = {}
        self._sessions: dict[str, Sessions] = {}
        for name in sorted(storage):
            if name.startswith(CELL):
                self._put((name[len(CELL) :], *storage[name]))

    def __len__(self) -> int:
        return len(self._stores)

    def carry_out(self, request: ClientRequest) -> Any:
        """The result of a request; one that comes again has the result that it had, EXPIRED where that is forgotten."""
        operation = request.operation
        key, store = operation.key, self._stores.get(operation.key)
        if operation.reads:
            return KeyValueStore().apply(operation) if store is None else store.apply(operation)
        if store is None:
            store = self._stores[key] = KeyValueStore()
            self._sessions[key] = Sessions()
        result = self._sessions[key].result(request)
        if result is UNKNOWN:
            result = store.apply(operation)
            self._sessions[key].keep(request, result)
            self._keep(key)
            self._storage.sync()
        return result

    def _keep(self, key: str) -> None:
        _, value, sessions = self._cell(key)
        self._storage[f"{CELL}{key}"] = (value, sessions)

    def _cell(self, key: str) -> Cell:
        return key, self._stores[key].snapshot(), self._sessions[key].snapshot()

    def _put(self, cell: Cell) -> None:
        key, value, sessions = cell
        self._stores[key], self._sessions[key] = KeyValueStore(), Sessions()
        self._stores[key].restore(value)
        self._sessions[key].restore(sessions)

    def remove(self, belongs: Callable[[str], bool]) -> tuple[Cell, ...]:
        """Take out the keys for which this is so."""
        gone = sorted(key for key in self._stores if belongs(key))
        cells = tuple([self._cell(key) for key in gone])
        for key in gone:
            del self._stores[key], self._sessions[key]
            self._storage.pop(f"{CELL}{key}", None)
        return cells

    def take(self, cells: Iterable[Cell]) -> None:
        """Hold keys that another has handed over."""
        for cell in cells:
            self._put(cell)
            self._keep(cell[0])
