"""Calls that fan out: one caller asks leaves on all other nodes, and is as slow as the slowest that it needs.

With copies of each part it can hedge: ask another copy where one has not answered in time (Dean and Barroso, "The tail
at scale", CACM 2013); with a policy it tries again what has failed.

Records: `gathered` (complete, took in ns, requests, attempts, hedges, answers) for each call, `late-answer` (member).
"""

from __future__ import annotations

from typing import ClassVar

from sim.protocols.fan_out.caller import CALLER, Caller
from sim.protocols.fan_out.config import FanOutConfig
from sim.protocols.fan_out.leaf import NAME, Leaf
from sim.runtime.actor_protocol import RUNTIME_RECORDS, ActorProtocol


class FanOut(ActorProtocol):
    """The caller, or a leaf."""

    Config = FanOutConfig
    config: FanOutConfig
    records: ClassVar[tuple[str, ...] | None] = (*RUNTIME_RECORDS, "gathered", "late-answer")

    def begin(self) -> None:
        """Start the actor of this node."""
        if self.node.id == 0:
            self.runtime.spawn(Caller, name=CALLER)
        else:
            self.runtime.spawn(Leaf, name=NAME, restart="permanent")
