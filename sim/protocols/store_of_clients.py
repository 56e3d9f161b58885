"""What a server that answers clients holds: a state machine, and the table that carries each command out once."""

from __future__ import annotations

from typing import Any

from sim.protocols.raft.sessions import EXPIRED, UNKNOWN, Sessions
from sim.state_machines.registry import STATE_MACHINES
from sim.workloads.request import ClientRequest, Reply


class StoreOfClients:
    """A state machine of that name, with sessions (Ongaro's dissertation, section 6.3).

    `number` counts the commands that were carried out.
    """

    __slots__ = ("_machine", "_sessions", "number")

    def __init__(self, state_machine: str) -> None:
        self._machine = STATE_MACHINES[state_machine]()
        self._sessions = Sessions()
        self.number = 0

    def is_new(self, request: ClientRequest) -> bool:
        """Whether the request changes something, and was not carried out before."""
        return not request.operation.reads and self._sessions.result(request) is UNKNOWN

    def answer(self, request: ClientRequest) -> Reply:
        """Carry a request out, unless that was done before, and say what came of it."""
        if request.operation.reads:
            return Reply(request.client, request.sequence, "ok", self._machine.apply(request.operation))
        result = self._sessions.result(request)
        if result is EXPIRED:
            return Reply(request.client, request.sequence, "session-expired")
        if result is UNKNOWN:
            result = self._machine.apply(request.operation)
            self._sessions.keep(request, result)
            self.number += 1
        return Reply(request.client, request.sequence, "ok", result)

    def snapshot(self) -> tuple[int, Any, Any]:
        """The whole state, a copy."""
        return self.number, self._machine.snapshot(), self._sessions.snapshot()

    def restore(self, data: tuple[int, Any, Any]) -> None:
        """Take over the state of a snapshot."""
        self.number = data[0]
        self._machine.restore(data[1])
        self._sessions.restore(data[2])
