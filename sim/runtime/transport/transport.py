"""Messages between actors of different nodes: in order, once, and no more of them than there is room for.

Over a network that loses, doubles and reorders, a message from one node to an actor of another is kept by its sender
until the other side has acknowledged it, and is numbered, so that it enters the mailbox in its turn and once (Cerf and
Kahn, "A protocol for packet network intercommunication", IEEE Trans. Comm. 22, 1974; RFC 9293). An acknowledgement says
up to where all has been taken, which later ones have arrived (RFC 2018), and how many more would be taken: the credit
by which a receiver slows its senders down (Kung, Blackwell and Chapman, SIGCOMM 1994). It is 0 from the high watermark
of the mailbox to its low one; the credit is what is left to the high watermark, shared among the nodes that send. What
comes in spite of that is taken as long as there is room, so that the bound holds whatever happens, and is refused when
there is none: it is still with its sender, who sends it again when there is credit. Credit that got lost is found out
by asking with one message now and then (RFC 9293, section 3.8.6.1); the time to wait for an acknowledgement follows the
measured round trips (RFC 6298), and one that later ones have overtaken is sent again at once (RFC 5681, section 3.2).

A runtime has a life, from the start of its node to its crash, known by a number that grows (as in RFC 9293, section
3.4.1, by the clock). Both sides name the life that they mean, so that nothing of an earlier one is taken. When a node
is back in another life, nobody knows what became of messages that were sent to it and not acknowledged. `after_restart`
decides: they are dropped, which is recorded, or sent again. Silent damage to messages is beyond what this protects
from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.runtime.envelope import Envelope
from sim.runtime.reference import Reference
from sim.runtime.transport.inlet import Inlet
from sim.runtime.transport.messages import ActorAcknowledgement, ActorHello, ActorMessage, ActorSignal
from sim.runtime.transport.peer import Peer

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node
    from sim.runtime.cell import Cell
    from sim.runtime.config import Safeguard, TransportConfig
    from sim.runtime.runtime import Runtime

TIMER: Final = "actor-transport"
FARTHEST_AHEAD: Final = 2
"""Windows beyond the next expected message in which a message is taken to be a true one."""


class Transport:
    """What one runtime has under way to those of other nodes, and from them."""

    def __init__(self, runtime: Runtime, config: TransportConfig, ablate: tuple[Safeguard, ...]) -> None:
        self.runtime = runtime
        self.node: Node = runtime.node
        self.config = config
        self.life = 0
        self.peers: dict[int, Peer] = {}
        self.inlets: dict[str, dict[int, Inlet]] = {}
        self.sends_again = "retransmission" not in ablate
        self._knows_again = "duplicate-check" not in ablate
        self._bounded = "mailbox-bound" not in ablate
        self._take_payload: dict[type, Any] = {
            ActorMessage: self._take_message,
            ActorSignal: self._take_signal,
            ActorAcknowledgement: self._take_acknowledgement,
        }

    def begin(self) -> None:
        """Be in a life that no earlier one of this node was."""
        if not self.life:
            self.life = self.node.elapsed + 1 << 16 | self.node.random.bits(16)

    def peer(self, node: int) -> Peer:
        """The runtime of another node."""
        peer = self.peers.get(node)
        if peer is None:
            self.begin()
            peer = self.peers[node] = Peer(self, node, self.config)
        return peer

    # Sending.

    def send(self, cell: Cell, node: int, to: str, envelope: Envelope) -> bool | None:
        """Send a message to an actor there; None where the sender has to wait, and is in line."""
        outbox = self.peer(node).outbox(to)
        if outbox.is_open and not outbox.waiters:
            outbox.push(envelope)
            self._find_out(outbox.peer)
            return True
        outbox.waiters.append((cell, envelope))
        cell.blocked_on = outbox.waiters
        outbox.arm()
        return None

    def takes(self, node: int, to: str) -> bool:
        """Whether a message to an actor there goes at once."""
        outbox = self.peer(node).outbox(to)
        return outbox.is_open and not outbox.waiters

    def signal(self, node: int, kind: str, to: str, envelope: Envelope) -> None:
        """Send a signal."""
        peer = self.peer(node)
        peer.outbox("").push((kind, to, envelope))
        self._find_out(peer)

    def _find_out(self, peer: Peer) -> None:
        if not peer.life:
            peer.ask()

    # Timers.

    def set_timer(self, what: str, node: int, to: str, duration: int) -> None:
        """Have something looked at after so many nanoseconds."""
        if what != "outbox" or self.sends_again:
            self.node.set_timer((TIMER, what, node, to), duration)

    def cancel_timer(self, what: str, node: int, to: str) -> None:
        """Take that back."""
        self.node.cancel_timer((TIMER, what, node, to))

    def on_timer(self, what: str, node: int, to: str) -> None:
        """Look at it."""
        peer = self.peers[node]
        if what == "outbox":
            peer.outbox(to).due()
        elif what == "hello":
            peer.say_hello()
        else:
            self._tick(peer)

    # Arrivals.

    def accept(self, message: Message) -> bool:
        """Take a message of the network; False where it is none of a runtime."""
        payload = message.payload
        take = self._take_payload.get(type(payload))
        if take is None:
            if type(payload) is ActorHello:
                self._take_hello(self.peer(message.source), payload)
                return True
            return False
        peer = self.peer(message.source)
        if payload.mine > peer.life and payload.yours == peer.mine:
            self.adopt(peer, payload.mine)
        if payload.mine != peer.life or payload.yours != peer.mine:
            peer.ask()
            return True
        peer.heard_at = self.node.elapsed
        take(peer, payload, message)
        return True

    def _take_hello(self, peer: Peer, hello: ActorHello) -> None:
        if hello.answers:
            peer.hear_answer(hello)
            return
        self.node.send(peer.node, ActorHello(peer.mine, hello.nonce, answers=True))
        if hello.mine > peer.life:
            self.adopt(peer, hello.mine)
        elif hello.mine != peer.life:
            peer.ask()

    def adopt(self, peer: Peer, life: int) -> None:
        """The other runtime is in this life: a new one, or the first that is known.

        Where it is an older one, what was taken for its life was none, such as that of a twin; as what it sent is
        forgotten here, it has to begin again too.
        """
        earlier, peer.life = peer.life, life
        peer.mine += life < earlier
        peer.heard_at = self.node.elapsed
        for to, inlets in self.inlets.items():
            inlet = inlets.pop(peer.node, None)
            if inlet is not None:
                self._reserve(to, -len(inlet.ahead))
        if earlier:
            self.runtime.links.node_down(peer.node)
        for outbox in tuple(peer.outboxes.values()):
            if earlier:
                self._leave_in_doubt(outbox.to, outbox)
            outbox.begin()
            outbox.send_all()
            outbox.let_go()

    def _leave_in_doubt(self, to: str, outbox: Any) -> None:
        """Decide what becomes of that of which nobody knows whether it was taken in an earlier life."""
        if to and self.config.after_restart == "send-again":
            return
        doubtful = [flight.content for flight in outbox.flights if flight.tries]
        for _ in doubtful:
            outbox.flights.popleft()
        if to:
            for envelope in doubtful:
                self.runtime.lose(str(Reference(outbox.peer.node, to)), envelope, "in-doubt")

    def _reserve(self, to: str, number: int) -> None:
        cell = self.runtime.cells.get(to)
        if cell is not None:
            cell.mailbox.reserved += number

    def _inlet(self, peer: Peer, to: str) -> Inlet:
        inlets = self.inlets.setdefault(to, {})
        inlet = inlets.get(peer.node)
        if inlet is None:
            inlet = inlets[peer.node] = Inlet()
        return inlet

    def _take_signal(self, peer: Peer, signal: ActorSignal, message: Message) -> None:
        inlet = self._inlet(peer, "")
        arrival = inlet.arrival(signal.number)
        if arrival == "next":
            following: ActorSignal | None = signal
            while following is not None:
                now, following = following, inlet.follow()
                self.runtime.take_signal(now, _of(peer, now.sender))
        elif arrival == "early":
            inlet.ahead[signal.number] = signal
        self._acknowledge(peer, "", inlet, self.config.window, signal.number)

    def _take_message(self, peer: Peer, told: ActorMessage, message: Message) -> None:
        to = told.to
        inlet = self._inlet(peer, to)
        arrival = inlet.arrival(told.number)
        cell = self.runtime.cells.get(to)
        if arrival == "next":
            envelope = self._envelope(told, message)
            if cell is None or (self._has_room(cell, inlet) and self._holds(cell, envelope)):
                self._take_in_order(to, cell, inlet, envelope)
            else:
                inlet.stopped = cell.held_back = True
        elif arrival == "early" and told.number - inlet.expected < FARTHEST_AHEAD * self.config.window:
            envelope, heeds = self._envelope(told, message), cell is not None and self._heeds_bound(cell)
            if cell is None or ((not heeds or cell.mailbox.room > 0) and self._holds(cell, envelope)):
                inlet.ahead[told.number] = envelope
                self._reserve(to, 1)
            else:
                inlet.stopped = cell.held_back = True
        elif arrival == "known" and not self._knows_again and cell is not None and cell.mailbox.room > 0:
            self.runtime.admit(cell, self._envelope(told, message))
        self._acknowledge(peer, to, inlet, self._credit(cell, inlet), told.number)

    def _envelope(self, told: ActorMessage, message: Message) -> Envelope:
        sender = _of(self.peers[message.source], told.sender)
        envelope = Envelope(sender, told.payload, message.size, told.sent_at, told.question)
        envelope.capability = told.capability
        return envelope

    def _take_in_order(self, to: str, cell: Cell | None, inlet: Inlet, envelope: Envelope | None) -> None:
        while envelope is not None:
            if cell is None:
                self.runtime.lose(to, envelope, "no-actor")
            else:
                self.runtime.admit(cell, envelope)
            envelope = inlet.follow()
            if envelope is not None and cell is not None:
                cell.mailbox.reserved -= 1

    # Room.

    def _holds(self, cell: Cell, envelope: Envelope) -> bool:
        """Whether there is memory for a message; where nobody waits for any, what becomes of it is seen later."""
        memory = self.runtime.memory
        return not self._heeds_bound(cell) or memory.hold(cell.me.name, envelope, again=cell.held_back)

    def _heeds_bound(self, cell: Cell) -> bool:
        return cell.mailbox.overflow == "back-pressure" and self._bounded

    def _has_room(self, cell: Cell, inlet: Inlet) -> bool:
        """Whether the next in order finds room; one that is ahead gives way, its own or another node's."""
        mailbox = cell.mailbox
        if mailbox.room > 0 or not self._heeds_bound(cell):
            return True
        for other in (inlet, *self.inlets[cell.me.name].values()):
            if other.ahead:
                self.runtime.memory.release(other.evict())
                mailbox.reserved -= 1
                return True
        return False

    def _credit(self, cell: Cell | None, inlet: Inlet) -> int:
        """How many more messages are welcome; what is told to wait hears of it later."""
        window = self.config.window
        if cell is None or cell.mailbox.overflow != "back-pressure" or inlet.stopped:
            return 0 if inlet.stopped else window
        mailbox = cell.mailbox
        if not mailbox.is_open:
            inlet.stopped = cell.held_back = True
            return 0
        share = (mailbox.high - len(mailbox)) // len(self.inlets[cell.me.name])
        return max(1, min(window, share)) if self._bounded else window

    def relieve(self, name: str) -> None:
        """The mailbox of an actor takes messages again, or is gone: tell those that wait for it."""
        for node, inlet in self.inlets.get(name, {}).items():
            if inlet.stopped:
                inlet.stopped = False
                self._acknowledge(self.peers[node], name, inlet, self._credit(self.runtime.cells.get(name), inlet))

    def _acknowledge(self, peer: Peer, to: str, inlet: Inlet, credit: int, number: int = -1) -> None:
        inlet.serial += 1
        told = ActorAcknowledgement(
            peer.mine, peer.life, to, inlet.serial, number, inlet.expected, credit, tuple(sorted(inlet.ahead))
        )
        self.node.send(peer.node, told)

    def _take_acknowledgement(self, peer: Peer, told: ActorAcknowledgement, message: Message) -> None:
        outbox = peer.outboxes.get(told.to)
        if outbox is not None:
            outbox.acknowledge(told)

    # Nodes of which actors are watched.

    def watch(self, node: int) -> None:
        """Notice when a node is not heard any more."""
        peer = self.peer(node)
        if not peer.watched:
            peer.watched = True
            peer.heard_at = self.node.elapsed
            self.set_timer("tick", node, "", self.config.tick)

    def _tick(self, peer: Peer) -> None:
        links = self.runtime.links
        if not links.watches(peer.node):
            peer.watched = False
        elif self.node.elapsed - peer.heard_at >= self.config.down_after:
            peer.watched = False
            links.node_down(peer.node)
        else:
            peer.ask()
            self.set_timer("tick", peer.node, "", self.config.tick)

    def ahead_of(self, name: str) -> int:
        """How many messages for an actor have come before their turn."""
        return sum(len(inlet.ahead) for inlet in self.inlets.get(name, {}).values())

    def held(self) -> list[Envelope]:
        """The messages that are with this node because no other has said yet that it has taken them."""
        outboxes = [outbox for peer in self.peers.values() for to, outbox in peer.outboxes.items() if to]
        flights = [flight.content for outbox in outboxes for flight in outbox.flights]
        return flights + [envelope for outbox in outboxes for _, envelope in outbox.waiters]


def _of(peer: Peer, sender: Reference) -> Reference:
    """The sender, on the node from which its message came, whatever damage made of it."""
    return sender if sender.node == peer.node else Reference(peer.node, sender.name)
