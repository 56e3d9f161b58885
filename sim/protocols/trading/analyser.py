"""A market analyser, as an actor: it watches prices and proposes to trade with their trend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.protocols.trading.messages import Heartbeat, Proposal
from sim.protocols.trading.trend import Trend
from sim.runtime.actor import Actor, Effect
from sim.runtime.reference import Reference
from sim.workloads.ticks import Tick

if TYPE_CHECKING:
    from sim.protocols.trading.config import TradingConfig

NAME: Final = "analyser"
RISK_MANAGER: Final = "risk-manager"


class Analyser(Actor):
    """Proposes to the risk manager of the latest epoch that it has heard of."""

    config: TradingConfig

    def __init__(self) -> None:
        self.trends: dict[int, Trend] = {}
        self.epoch = 0

    def run(self) -> Effect[Any]:
        """Take ticks and heartbeats for ever."""
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            payload = envelope.payload
            if isinstance(payload, Heartbeat):
                self.epoch = max(self.epoch, payload.epoch)
            else:
                yield from self._analyse(payload)

    def _analyse(self, tick: Tick) -> Effect[None]:
        config = self.config
        yield from self.compute(config.analysis)
        trend = self.trends.get(tick.instrument)
        if trend is None:
            trend = self.trends[tick.instrument] = Trend(config.fast, config.slow, config.threshold)
        direction = trend.take(tick.price)
        if direction and self.now - tick.at < config.validity:
            proposal = Proposal(tick.number, tick.instrument, direction * config.lots, tick.at)
            manager = config.managers[self.epoch % len(config.managers)]
            yield from self.send(Reference(manager, RISK_MANAGER), proposal)
