"""The storage that holders write to: it knows nothing of leases but the tokens that come with writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.protocols.lease.messages import TurnedAway, Write
from sim.runtime.leases.fence import Fence

if TYPE_CHECKING:
    from sim.node import Node
    from sim.protocols.lease.config import LeaseConfig

SEEN: Final = "seen"


class FencedStorage:
    """Takes a write unless a newer token has come before; without fencing it takes all."""

    def __init__(self, node: Node, config: LeaseConfig) -> None:
        self.node = node
        self.fences = "fencing-token" not in config.ablate
        self.fence = Fence(node.storage.get(SEEN))

    def write(self, source: int, write: Write) -> None:
        """Take a write, or tell its sender that it is no holder any more."""
        node = self.node
        fields = {"resource": write.resource, "token": write.token, "holder": source, "number": write.number}
        if not self.fences or self.fence.admits(write.resource, write.token):
            node.storage[SEEN] = dict(self.fence.seen)
            node.storage.sync()
            node.record("accepted", **fields)
        else:
            node.record("turned-away", **fields)
            node.send(source, TurnedAway(write.resource, write.token))
