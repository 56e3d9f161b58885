"""Another node, as the runtime of this one knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.runtime.transport.messages import ActorHello, ActorMessage, ActorSignal
from sim.runtime.transport.outbox import Flight, Outbox
from sim.runtime.transport.round_trip import RoundTrip

if TYPE_CHECKING:
    from sim.runtime.config import TransportConfig
    from sim.runtime.transport.transport import Transport


class Peer:
    """`life`, the life in which the other runtime is, 0: not known; `heard_at`, when it was heard last (ns).

    `mine`, the life that this one is in, for the other: a later one when it has forgotten what the other had sent.
    """

    __slots__ = (
        "_doublings",
        "_nonce",
        "asks",
        "config",
        "heard_at",
        "life",
        "mine",
        "node",
        "outboxes",
        "round_trip",
        "transport",
        "watched",
    )

    def __init__(self, transport: Transport, node: int, config: TransportConfig) -> None:
        self.transport = transport
        self.node = node
        self.config = config
        self.life = 0
        self.mine = transport.life
        self.heard_at = 0
        self.watched = False
        self.asks = False
        self.outboxes: dict[str, Outbox] = {}
        self.round_trip = RoundTrip(config)
        self._nonce = 0
        self._doublings = 0

    @property
    def now(self) -> int:
        """Nanoseconds on a clock of this node that nobody sets."""
        return self.transport.node.elapsed

    def outbox(self, to: str) -> Outbox:
        """What is on its way to an actor there; to the node itself where `to` is empty."""
        outbox = self.outboxes.get(to)
        if outbox is None:
            outbox = self.outboxes[to] = Outbox(self, to)
        return outbox

    def transmit(self, to: str, flight: Flight) -> None:
        """Send something that is on its way."""
        mine, content, send = self.mine, flight.content, self.transport.node.send
        if to:
            message = ActorMessage(
                mine,
                self.life,
                to,
                flight.number,
                content.sender,
                content.payload,
                content.sent_at,
                content.question,
                content.capability,
            )
            return send(self.node, message, content.size)
        kind, name, envelope = content
        signal = ActorSignal(
            mine,
            self.life,
            flight.number,
            kind,
            name,
            envelope.sender,
            envelope.payload,
            envelope.sent_at,
            envelope.question,
        )
        return send(self.node, signal, envelope.size)

    def wait_for_outbox(self, to: str, duration: int) -> None:
        """Look at an outbox again after so many nanoseconds."""
        self.transport.set_timer("outbox", self.node, to, duration)

    # Who is there.

    def ask(self) -> None:
        """Find out in which life it is, unless that is being done."""
        if not self.asks:
            self.asks = True
            self._doublings = 0
            self._nonce = self.transport.node.random.bits(32)
            self.say_hello()

    def say_hello(self) -> None:
        """Ask, and ask again while nobody answers."""
        self.transport.node.send(self.node, ActorHello(self.mine, self._nonce, answers=False))
        patience = min(self.config.first_timeout << self._doublings, self.config.longest_timeout)
        self._doublings = min(self._doublings + 1, 16)
        self.transport.set_timer("hello", self.node, "", patience)

    def hear_answer(self, hello: ActorHello) -> None:
        """Take the answer to the question that was asked last."""
        if self.asks and hello.nonce == self._nonce:
            self.asks = False
            self.heard_at = self.now
            self.transport.cancel_timer("hello", self.node, "")
            if hello.mine != self.life:
                self.transport.adopt(self, hello.mine)
