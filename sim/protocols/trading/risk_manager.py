"""The risk manager, as an actor: nothing is ordered that could take a position beyond its limit.

It counts an order in full from before it is sent until its fate is known. Without a standby it writes each order to its
disk first, and goes on from there when it is started again: it sends what has no answer again, under the same numbers.
With a standby, which takes over after a silence, both number their turns: the manager of epoch e is the one of node e
modulo two. It first fences the execution engine, which from then on takes no order of earlier epochs; so what it is
told of positions then is all that there can be, and whatever its predecessor has sent or still sends comes to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.protocols.trading.analyser import NAME as ANALYSER
from sim.protocols.trading.analyser import RISK_MANAGER
from sim.protocols.trading.execution_engine import NAME as ENGINE
from sim.protocols.trading.exposure import Exposure, Trade
from sim.protocols.trading.ledger import Ledger, Outstanding
from sim.protocols.trading.messages import (
    Executed,
    Fence,
    Heartbeat,
    Holdings,
    Order,
    Outdated,
    Proposal,
    Rejected,
)
from sim.runtime.actor import Actor, Effect
from sim.runtime.reference import Reference

if TYPE_CHECKING:
    from sim.protocols.trading.config import TradingConfig


class RiskManager(Actor):
    """Active, taking over (`taking` is the epoch that it wants), or standing by.

    `due` is when it sends the next heartbeat or fence, or takes over where it stands by; `sent` is when each
    outstanding order was sent last.
    """

    config: TradingConfig

    def __init__(self) -> None:
        node, config = self.runtime.node, self.config
        self.exposure = Exposure(config.limit, config.gross_limit)
        self.ledger = Ledger(node.storage, self.exposure)
        self.engine = Reference(config.engine, ENGINE)
        self.peers = [Reference(other, RISK_MANAGER) for other in config.managers if other != node.id]
        self.analysers = [Reference(other, ANALYSER) for other in config.takers(node.population)]
        self.active = False
        self.taking: int | None = None
        self.epoch = self.ledger.epoch
        self.due = 0
        self.sent: dict[int, int] = {}
        self.seen = set(self.ledger.known)

    def run(self) -> Effect[Any]:
        """Begin, then take what comes and do what is due, for ever."""
        node, ledger = self.runtime.node, self.ledger
        if ledger.is_new and node.id == 0 and not node.generation:
            ledger.begin(0, ())
            yield from self._activate("start")
        elif not ledger.is_new and not self.peers:
            yield from self._activate("start")
        else:
            self._stand_by(self.epoch, "start")
        while True:
            envelope = yield from self.receive(timeout=max(0, self._next_due() - self._clock))
            if envelope is not None:
                yield from self._handle(envelope.payload)
            yield from self._act_in_time()

    def _handle(self, payload: Any) -> Effect[None]:
        if isinstance(payload, Proposal):
            yield from self._consider(payload)
        elif isinstance(payload, Executed | Rejected):
            self._settle(payload)
        elif isinstance(payload, Holdings):
            yield from self._take_over(payload)
        else:
            assert isinstance(payload, Heartbeat | Outdated)
            self._hear_of(payload.epoch)

    # Orders.

    def _consider(self, proposal: Proposal) -> Effect[None]:
        config = self.config
        yield from self.compute(config.check)
        trade = Trade(proposal.instrument, proposal.quantity)
        if not self.active:
            reason: str | None = "standby"
        elif proposal.number in self.seen:
            reason = "repeated"
        elif self.now - proposal.ticked_at >= config.validity:
            reason = "late"
        else:
            reason = None if self._admits(trade) else "limit"
        if reason is not None:
            self.record("declined", order=proposal.number, reason=reason)
            return
        self.seen.add(proposal.number)
        self.exposure.reserve(proposal.number, trade)
        self.ledger.write(proposal.number, Outstanding(trade, proposal.ticked_at))
        yield from self._order(proposal.number)

    def _admits(self, trade: Trade) -> bool:
        if "reservation" not in self.config.ablate:
            return self.exposure.admits(trade)
        stale = Exposure(self.exposure.limit, self.exposure.gross_limit)
        stale.begin(self.exposure.positions)
        return stale.admits(trade)

    def _order(self, number: int) -> Effect[None]:
        trade, ticked_at = self.ledger.outstanding[number]
        self.sent[number] = self._clock
        yield from self.send(self.engine, Order(self.epoch, number, trade.instrument, trade.quantity, ticked_at))

    def _settle(self, fate: Executed | Rejected) -> None:
        number = fate.number
        if number not in self.ledger.outstanding:
            return
        self.sent.pop(number, None)
        if isinstance(fate, Executed):
            self.exposure.executed(number)
            self.ledger.executed(number)
        else:
            self.exposure.release(number)
            self.ledger.rejected(number)

    # Who is the risk manager.

    def _activate(self, cause: str) -> Effect[None]:
        self.active, self.taking = True, None
        self.record("role", role="manager", epoch=self.epoch, cause=cause)
        self.due = self._clock
        for number in list(self.ledger.outstanding):
            yield from self._order(number)

    def _stand_by(self, epoch: int, cause: str) -> None:
        self.active, self.taking, self.epoch = False, None, epoch
        self.sent.clear()
        self.due = self._clock + self.config.takeover
        self.record("role", role="standby", epoch=epoch, cause=cause)

    def _hear_of(self, epoch: int) -> None:
        """Another manager is at work, or was: stand by where its epoch is later."""
        if epoch > self.epoch or (epoch == self.epoch and not self.active):
            if self.active or self.taking is not None or epoch > self.epoch:
                self._stand_by(epoch, "outdated")
            self.due = self._clock + self.config.takeover

    def _take_over(self, holdings: Holdings) -> Effect[None]:
        if holdings.epoch != self.taking:
            return
        self.ledger.begin(holdings.epoch, holdings.positions)
        self.exposure.begin(dict(holdings.positions))
        self.epoch = holdings.epoch
        yield from self._activate("takeover")

    # What is due.

    @property
    def _clock(self) -> int:
        """Nanoseconds on a clock that nobody sets."""
        return self.runtime.node.elapsed

    def _next_due(self) -> int:
        if not self.sent:
            return self.due
        return min(self.due, min(self.sent.values()) + self.config.resend)

    def _act_in_time(self) -> Effect[None]:
        now = self._clock
        if now >= self.due:
            if self.active:
                yield from self._beat()
            else:
                yield from self._claim()
        if self.active:
            for number in [number for number, sent in self.sent.items() if sent + self.config.resend <= now]:
                yield from self._order(number)

    def _beat(self) -> Effect[None]:
        self.due = self._clock + self.config.heartbeat
        for other in (*self.peers, *self.analysers):
            yield from self.signal(other, Heartbeat(self.epoch))

    def _claim(self) -> Effect[None]:
        """Ask the engine to take orders of an epoch of one's own alone; again until it answers."""
        if self.taking is None:
            managers = len(self.config.managers)
            self.taking = self.epoch + 1 + (self.runtime.node.id - self.epoch - 1) % managers
        self.due = self._clock + self.config.takeover
        yield from self.send(self.engine, Fence(self.taking))
