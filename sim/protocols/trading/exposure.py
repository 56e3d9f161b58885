"""What may become of a portfolio: positions, and orders that may or may not be executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Trade(NamedTuple):
    """So much of an instrument: `quantity` above 0 is bought, below 0 sold."""

    instrument: int
    quantity: int


class Exposure:
    """Positions and reservations, against a limit for each instrument and one for the sum over all of them.

    An order that was sent counts in full as long as it is not known to be executed or dead, in whichever direction is
    worse: with every subset of the outstanding orders executed, all positions stay within the limits.
    """

    __slots__ = ("_buys", "_sells", "gross_limit", "limit", "outstanding", "positions")

    def __init__(self, limit: int, gross_limit: int) -> None:
        self.limit = limit
        self.gross_limit = gross_limit
        self.positions: dict[int, int] = {}
        self.outstanding: dict[int, Trade] = {}
        self._buys: dict[int, int] = {}
        self._sells: dict[int, int] = {}

    def worst(self, instrument: int, more: int = 0) -> int:
        """The largest absolute position in an instrument that may come, with so much more ordered."""
        position = self.positions.get(instrument, 0)
        most = position + self._buys.get(instrument, 0) + max(more, 0)
        least = position - self._sells.get(instrument, 0) + min(more, 0)
        return max(abs(most), abs(least))

    @property
    def gross(self) -> int:
        """The largest sum of absolute positions that may come."""
        return sum(map(self.worst, self.positions))

    def admits(self, trade: Trade) -> bool:
        """Whether the limits hold for certain with this order too."""
        worst = self.worst(*trade)
        if worst > self.limit:
            return False
        return self.gross - self.worst(trade.instrument) + worst <= self.gross_limit

    def reserve(self, order: int, trade: Trade) -> None:
        """Count an order as one that may be executed."""
        assert order not in self.outstanding, f"order {order} is reserved twice"
        self.outstanding[order] = trade
        self.positions.setdefault(trade.instrument, 0)
        self._book(trade, 1)

    def executed(self, order: int) -> bool:
        """An outstanding order was executed; False where it is none."""
        trade = self._settle(order)
        if trade is None:
            return False
        self.positions[trade.instrument] += trade.quantity
        return True

    def release(self, order: int) -> bool:
        """An outstanding order will never be executed; False where it is none."""
        return self._settle(order) is not None

    def begin(self, positions: Mapping[int, int]) -> None:
        """Begin anew with these positions and nothing outstanding."""
        self.positions = dict(positions)
        self.outstanding, self._buys, self._sells = {}, {}, {}

    def _settle(self, order: int) -> Trade | None:
        trade = self.outstanding.pop(order, None)
        if trade is not None:
            self._book(trade, -1)
        return trade

    def _book(self, trade: Trade, times: int) -> None:
        side = self._buys if trade.quantity > 0 else self._sells
        side[trade.instrument] = side.get(trade.instrument, 0) + times * abs(trade.quantity)
