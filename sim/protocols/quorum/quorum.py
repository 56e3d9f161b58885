"""Registers on all nodes, read and written by quorums: consensus on nothing, and yet linearizable where R + W > N.

Every node has a replica, and coordinates what clients ask of it. It stays linearizable under crashes of nodes that
keep their disks, partitions, and messages lost, late or twice; operations succeed while a quorum is up and connected.
A write that a client asks for again elsewhere is not done twice: who finds that another attempt has begun answers that
nobody knows. Lost disks may break it.

Records: `gathered` (step: `read`, `write-back`, `begin`, `write`; complete, took in ns, requests, attempts, hedges,
answers, who answered) for each round of a quorum, `late-answer` (member), and those of actors.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sim.protocols.quorum.config import QuorumConfig
from sim.protocols.quorum.operation import Operation
from sim.protocols.quorum.replica import NAME, Replica
from sim.runtime.actor_protocol import RUNTIME_RECORDS, ActorProtocol
from sim.workloads.request import ClientRequest, Reply


class Quorum(ActorProtocol):
    """A node: a replica, and an actor for each operation that a client asks of it."""

    Config = QuorumConfig
    config: QuorumConfig
    records: ClassVar[tuple[str, ...] | None] = (*RUNTIME_RECORDS, "gathered", "late-answer")

    def begin(self) -> None:
        """Have the replica answer."""
        self.runtime.spawn(Replica, name=NAME, restart="permanent")

    def on_request(self, request: Any) -> None:
        """Have an actor carry it out."""
        if isinstance(request, ClientRequest):
            self.runtime.spawn(Operation, request, restart="temporary")
        else:
            self.node.reply(request.client, Reply(request.client, request.sequence, "refused"))
