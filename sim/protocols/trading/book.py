"""What an execution engine keeps on its disk: what became of each order, and the epoch that may send any."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from sim.protocols.trading.exposure import Trade

if TYPE_CHECKING:
    from sim.storage import Storage

Fate = Literal["executed", "rejected"]
EPOCH: Final = "epoch"
ORDER: Final = "order/"
"""Names in stable storage: of the epoch, and of the fate of each order, with its number behind."""


class Decided(NamedTuple):
    """What became of an order, and in which epoch."""

    fate: Fate
    epoch: int


class Book:
    """The fates of orders, each decided once, by one write to stable storage. `positions` come of those executed."""

    __slots__ = ("_storage", "epoch", "fates", "positions")

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.epoch: int = storage.get(EPOCH, 0)
        self.fates: dict[int, Decided] = {}
        self.positions: dict[int, int] = {}
        for number, (fate, epoch, trade) in orders_in(storage).items():
            self._take(number, Decided(fate, epoch), Trade(*trade))

    def fence(self, epoch: int) -> bool:
        """Take no more orders of earlier epochs; False where this one is earlier itself."""
        if epoch < self.epoch:
            return False
        if epoch > self.epoch:
            self._storage[EPOCH] = epoch
            self._storage.sync()
            self.epoch = epoch
        return True

    def decide(self, number: int, decided: Decided, trade: Trade) -> None:
        """Keep what becomes of an order, then act by it."""
        self._storage[f"{ORDER}{number}"] = (*decided, tuple(trade))
        self._storage.sync()
        self._take(number, decided, trade)

    def _take(self, number: int, decided: Decided, trade: Trade) -> None:
        self.fates[number] = decided
        if decided.fate == "executed":
            self.positions[trade.instrument] = self.positions.get(trade.instrument, 0) + trade.quantity


def orders_in(storage: MutableMapping[str, Any]) -> dict[int, Any]:
    """What is stored of each order, by its number, in the order in which they were stored."""
    return {int(name.removeprefix(ORDER)): storage[name] for name in storage if name.startswith(ORDER)}
