"""The keys that a node holds: values, and for each key the results of what clients asked, which go where it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.state_machines.key_value import KeyValueStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim.storage import Storage
    from sim.workloads.request import ClientRequest

CELL: Final = "cell/"
"""Names in stable storage begin so, the key follows."""
Cell = tuple[str, Any, tuple[tuple[int, int, Any], ...]]


class Cells:
    """Each key as a store of its own, on the disk after each change."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._stores: dict[str, KeyValueStore] = {}
        self._results: dict[str, dict[tuple[int, int], Any]] = {}
        for name in sorted(storage):
            if name.startswith(CELL):
                self._put((name[len(CELL) :], *storage[name]))

    def __len__(self) -> int:
        return len(self._stores)

    def carry_out(self, request: ClientRequest) -> Any:
        """The result of a request; one that comes again has the result that it had."""
        operation = request.operation
        store = self._stores.get(operation.key)
        if operation.reads:
            return KeyValueStore().apply(operation) if store is None else store.apply(operation)
        if store is None:
            store = self._stores[operation.key] = KeyValueStore()
        results = self._results.setdefault(operation.key, {})
        place = (request.client, request.sequence)
        if place not in results:
            results[place] = store.apply(operation)
            for old in [old for old in results if old[0] == request.client and old[1] < request.oldest]:
                del results[old]
            self._keep(operation.key)
        return results[place]

    def _keep(self, key: str) -> None:
        _, value, results = self._cell(key)
        self._storage[f"{CELL}{key}"] = (value, results)

    def _cell(self, key: str) -> Cell:
        results = tuple([(*place, result) for place, result in self._results[key].items()])
        return key, self._stores[key].snapshot(), results

    def _put(self, cell: Cell) -> None:
        key, value, results = cell
        self._stores[key] = KeyValueStore()
        self._stores[key].restore(value)
        self._results[key] = {(client, sequence): result for client, sequence, result in results}

    def remove(self, belongs: Callable[[str], bool]) -> tuple[Cell, ...]:
        """Take out the keys for which this is so."""
        gone = sorted(key for key in self._stores if belongs(key))
        cells = tuple([self._cell(key) for key in gone])
        for key in gone:
            del self._stores[key], self._results[key]
            self._storage.pop(f"{CELL}{key}", None)
        return cells

    def take(self, cells: Iterable[Cell]) -> None:
        """Hold keys that another has handed over."""
        for cell in cells:
            self._put(cell)
            self._keep(cell[0])
