"""A pool of connections: a node that lends them, a limited number at once."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from sim.protocols.attractor.duties.duty import DUTY, Work
from sim.protocols.attractor.duties.loan import Lent, Returned, Wanted

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node

Loan = tuple[int, int]
"""The client and the number that it drew."""


class Pool(Work):
    """Lends `size` connections, first come, first served, each for `lease` nanoseconds at most.

    `lent` are the loans out now, `queue` those that are waited for.
    """

    def __init__(self, node: Node, size: int, lease: int) -> None:
        super().__init__(node)
        self._size = size
        self._lease = lease
        self._over: dict[int, int] = {}
        self.lent: dict[Loan, None] = {}
        self.queue: deque[Loan] = deque()

    def on_message(self, message: Message) -> None:
        payload = message.payload
        loan = (message.source, payload.number)
        if isinstance(payload, Wanted):
            if loan in self.lent:  # it was told, but has not heard
                self.node.send(message.source, Lent(payload.number))
            elif loan not in self.queue and self._over.get(message.source) != payload.number:
                self.queue.append(loan)
                self._lend()
        elif isinstance(payload, Returned):
            self._over[message.source] = payload.number
            if loan in self.lent:
                self.node.cancel_timer((DUTY, *loan))
                self._take_back(loan)

    def on_timer(self, name: Any) -> None:
        """A lease has run out."""
        self._take_back(name[1:])

    def _take_back(self, loan: Loan) -> None:
        del self.lent[loan]
        self._lend()

    def _lend(self) -> None:
        while self.queue and len(self.lent) < self._size:
            loan = self.queue.popleft()
            self.lent[loan] = None
            self.node.record("lent", in_use=len(self.lent), queue=len(self.queue))
            self.node.set_timer((DUTY, *loan), self._lease)
            self.node.send(loan[0], Lent(loan[1]))
