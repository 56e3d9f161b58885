"""The execution engine, as an actor: it carries orders out, each at most once, for the latest risk manager alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.protocols.trading.book import Book, Decided
from sim.protocols.trading.exposure import Trade
from sim.protocols.trading.messages import Executed, Fence, Holdings, Order, Outdated, Rejected
from sim.runtime.actor import Actor, Effect

if TYPE_CHECKING:
    from sim.protocols.trading.config import TradingConfig
    from sim.runtime.reference import Reference

NAME: Final = "execution-engine"


class ExecutionEngine(Actor):
    """Decides the fate of each order once, on its disk, before it tells of it; a late order is rejected for good."""

    config: TradingConfig

    def run(self) -> Effect[Any]:
        """Take orders and fences for ever."""
        self.book = Book(self.runtime.node.storage)
        self.record("limits", limit=self.config.limit, gross_limit=self.config.gross_limit)
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            if isinstance(envelope.payload, Fence):
                yield from self._fence(envelope.sender, envelope.payload)
            else:
                yield from self._take(envelope.sender, envelope.payload)

    def _fence(self, manager: Reference, fence: Fence) -> Effect[None]:
        book = self.book
        if "fencing" in self.config.ablate or book.fence(fence.epoch):
            answer: Any = Holdings(fence.epoch, tuple(sorted(book.positions.items())))
        else:
            answer = Outdated(book.epoch)
        yield from self.send(manager, answer)

    def _take(self, manager: Reference, order: Order) -> Effect[None]:
        yield from self.compute(self.config.execution)
        if not self._is_current(order):
            yield from self.send(manager, Outdated(self.book.epoch))
            return
        decided = self.book.fates.get(order.number)
        if decided is None or "order-identity" in self.config.ablate:
            decided = self._decide(order)
        # What was executed in an earlier epoch is among the positions with which this one began.
        now = decided == Decided("executed", order.epoch)
        yield from self.send(manager, Executed(order.number) if now else Rejected(order.number))

    def _is_current(self, order: Order) -> bool:
        return "fencing" in self.config.ablate or self.book.fence(order.epoch)

    def _decide(self, order: Order) -> Decided:
        trade = Trade(order.instrument, order.quantity)
        reason = self._reason_against(order)
        decided = Decided("executed" if reason is None else "rejected", order.epoch)
        self.book.decide(order.number, decided, trade)
        if reason is None:
            self.record("executed", order=order.number, **trade._asdict(), ticked_at=order.ticked_at, epoch=order.epoch)
        else:
            self.record("rejected", order=order.number, reason=reason)
        return decided

    def _reason_against(self, order: Order) -> str | None:
        if self.now - order.ticked_at >= self.config.validity:
            return "late"
        if self.config.venue_rejects and self.random.bernoulli(self.config.venue_rejects):
            return "venue"
        return None
