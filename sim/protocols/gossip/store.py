"""Gossip as a store for clients: any node answers at once from what it holds, and spreads what was written.

Nobody is asked first, so every node that is up serves, and reads may be stale, compare-and-swap may succeed twice at
two nodes, and of writes that met each other the last one wins: eventually consistent. A retry that arrives again is
carried out again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.state_machines.key_value import KeyValueStore
from sim.workloads.request import ClientRequest, Reply
from sim.workloads.update import Update

if TYPE_CHECKING:
    from sim.protocols.gossip.gossip import Gossip


def serve(gossip: Gossip, request: Any) -> None:
    """Carry out what a client asks on what this node holds of the key."""
    outcome, value = "refused", None
    if isinstance(request, ClientRequest):
        outcome, value = "ok", _carry_out(gossip, request)
    gossip.node.reply(request.client, Reply(request.client, request.sequence, outcome, value))


def _carry_out(gossip: Gossip, request: ClientRequest) -> Any:
    operation, held = request.operation, gossip.known.get(request.operation.key)
    before = {} if held is None or held.entry.deleted else {operation.key: held.entry.value}
    machine = KeyValueStore()
    machine.restore(before)
    result = machine.apply(operation)
    after = machine.snapshot()
    if not operation.reads and not (operation.function == "cas" and not result):
        gossip.update(Update(operation.key, after.get(operation.key), delete=operation.key not in after))
    return result
