"""What a risk manager keeps on its disk: its epoch, and of each order whether it was executed or is outstanding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from sim.protocols.trading.book import EPOCH, ORDER, orders_in
from sim.protocols.trading.exposure import Trade

if TYPE_CHECKING:
    from sim.protocols.trading.exposure import Exposure
    from sim.storage import Storage

State = Literal["outstanding", "executed"]
BASE: Final = "base"
"""The name in stable storage of the positions with which the epoch began."""


class Outstanding(NamedTuple):
    """An order that was sent and not answered, and the time of its tick, in ns of the market."""

    trade: Trade
    ticked_at: int


class Ledger:
    """An order is written before it is sent, and written again, or deleted, when its fate is known.

    `known` are the numbers of all orders that it holds; `is_new`: there was nothing on the disk.
    """

    __slots__ = ("_storage", "epoch", "is_new", "known", "outstanding")

    def __init__(self, storage: Storage, exposure: Exposure) -> None:
        self._storage = storage
        self.is_new = EPOCH not in storage
        self.epoch: int = storage.get(EPOCH, 0)
        self.outstanding: dict[int, Outstanding] = {}
        exposure.begin(dict(storage.get(BASE, ())))
        self.known = orders_in(storage).keys()
        for number, (state, trade, ticked_at) in orders_in(storage).items():
            exposure.reserve(number, Trade(*trade))
            if state == "executed":
                exposure.executed(number)
            else:
                self.outstanding[number] = Outstanding(Trade(*trade), ticked_at)

    def begin(self, epoch: int, positions: tuple[tuple[int, int], ...]) -> None:
        """Begin an epoch with these positions and without orders."""
        for number in orders_in(self._storage):
            del self._storage[f"{ORDER}{number}"]
        self.outstanding.clear()
        self._storage[BASE] = positions
        self._storage[EPOCH] = self.epoch = epoch
        self._storage.sync()

    def write(self, number: int, order: Outstanding) -> None:
        """Keep an order that is about to be sent."""
        self.outstanding[number] = order
        self._put(number, "outstanding", order)

    def executed(self, number: int) -> None:
        """Keep that an outstanding order was executed."""
        self._put(number, "executed", self.outstanding.pop(number))

    def rejected(self, number: int) -> None:
        """Forget an outstanding order."""
        del self.outstanding[number]
        del self._storage[f"{ORDER}{number}"]
        self._storage.sync()

    def _put(self, number: int, state: State, order: Outstanding) -> None:
        self._storage[f"{ORDER}{number}"] = (state, tuple(order.trade), order.ticked_at)
        self._storage.sync()
