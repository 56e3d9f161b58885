"""A trading swarm: market analysers, a risk manager with or without a standby, and an execution engine.

Ticks of the market reach analysers, who propose to trade with the trend; the risk manager turns proposals into orders
as long as every position stays within its limit whatever becomes of the orders; the execution engine carries them out.
The limit holds under bursts, crashes of any of them, partitions, and messages that come late, twice, out of order or
not at all, while disks keep what they are given.

Records: `limits` (limit, gross_limit), `executed` (order, instrument, quantity, ticked_at, epoch), `rejected` and
`declined` (order, reason) by engine and risk manager, `role` (role, epoch, cause) of risk managers.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sim.protocols.trading.analyser import NAME as ANALYSER
from sim.protocols.trading.analyser import RISK_MANAGER, Analyser
from sim.protocols.trading.config import TradingConfig
from sim.protocols.trading.execution_engine import NAME as ENGINE
from sim.protocols.trading.execution_engine import ExecutionEngine
from sim.protocols.trading.risk_manager import RiskManager
from sim.roles import Roles
from sim.runtime.actor_protocol import RUNTIME_RECORDS, ActorProtocol


class Trading(ActorProtocol):
    """One node of the swarm, with the actor of its part."""

    Config = TradingConfig
    config: TradingConfig
    roles: ClassVar[Roles | None] = Roles(initial="part", record="role", names=("manager", "standby"))
    records: ClassVar[tuple[str, ...] | None] = (
        *RUNTIME_RECORDS,
        "limits",
        "executed",
        "rejected",
        "declined",
        "role",
    )

    def begin(self) -> None:
        """Start the actor of this node's part."""
        number, config = self.node.id, self.config
        if number in config.managers:
            self.runtime.spawn(RiskManager, name=RISK_MANAGER, restart="permanent")
        elif number == config.engine:
            self.runtime.spawn(ExecutionEngine, name=ENGINE, restart="permanent")
        else:
            self.runtime.spawn(Analyser, name=ANALYSER, restart="permanent")

    def on_request(self, request: Any) -> None:
        """A tick of the market goes to the analyser."""
        self.runtime.tell(ANALYSER, request)
