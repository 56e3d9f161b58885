"""A client of a pool of connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.protocols.attractor.duties.duty import DUTY, Work
from sim.protocols.attractor.duties.loan import Lent, Returned, Wanted

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node

RETRY: Final = (DUTY, "retry")
DONE: Final = (DUTY, "done")


class Client(Work):
    """Asks at its tick, unless it still waits for a connection or has one; `use` and `retry` in nanoseconds.

    `wants` is the number of the loan that it waits for, `has` of the one it has, with the time since when it wants one.
    """

    def __init__(self, node: Node, server: int, use: int, retry: int) -> None:
        super().__init__(node)
        self._server = server
        self._use = use
        self._retry = retry
        self._since = 0
        self.wants: int | None = None
        self.has: int | None = None

    def on_tick(self) -> None:
        node = self.node
        if self.wants is not None or self.has is not None:
            node.record("skipped")
            return
        self.wants = node.random.below(1 << 62)
        self._since = node.elapsed
        node.record("attempt")
        self._ask()

    def _ask(self) -> None:
        assert self.wants is not None
        self.node.send(self._server, Wanted(self.wants))
        self.node.set_timer(RETRY, self._retry)

    def on_timer(self, name: Any) -> None:
        """No connection has come in time, or the use of one is over."""
        if name == RETRY:
            self._ask()
            return
        assert self.has is not None
        self.node.send(self._server, Returned(self.has))
        self.has = None

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if not isinstance(payload, Lent) or payload.number == self.has:
            return
        if payload.number != self.wants:  # of a life before a crash, or lent again after the return was lost
            self.node.send(self._server, Returned(payload.number))
            return
        self.wants, self.has = None, payload.number
        self.node.cancel_timer(RETRY)
        self.node.record("connected", waited=self.node.elapsed - self._since)
        self.node.set_timer(DONE, self._use)
