"""Broadcasts in layers (Hadzilacos and Toueg, "A modular approach to fault-tolerant broadcasts", Cornell 1994): one
spreads them, one repairs what was lost, and one orders.

A node passes a broadcast on when it first comes. With `reliable` it compares, again and again, what it holds with a
random neighbour (anti-entropy, Demers et al. 1987), so that what one node hands up that stays, all do that stay and are
connected, whatever is lost, late or doubled meanwhile. All that it holds, and what it has handed up, is on its disk; it
survives crashes, but not the loss of the disk. An order holds for what is handed up; total order rests on one node, the
sequencer, and nothing new is handed up while that is away.

What is broadcast are the updates of the workload, at the node that is asked. Records: `broadcast` and `delivery` (item:
origin and number in one text, origin, number) when a node begins one, and when it hands one up; a delivery has the
origin as its `source` too, None at the origin itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from sim.convergence import Convergence, Coverage
from sim.protocol import Protocol
from sim.protocols.broadcast.config import BroadcastConfig
from sim.protocols.broadcast.messages import PAYLOADS, Compare, Pass, Supply
from sim.runtime.broadcasts import routes
from sim.runtime.broadcasts.archive import Archive
from sim.runtime.broadcasts.cast import Cast
from sim.runtime.broadcasts.causal_order import CausalOrder
from sim.runtime.broadcasts.fifo_order import FifoOrder
from sim.runtime.broadcasts.order_buffer import OrderBuffer
from sim.runtime.broadcasts.total_order import Place, TotalOrder

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node
    from sim.protocol import ProtocolConfig
    from sim.protocols.broadcast.config import Order
    from sim.workloads.update import Update

ORDERS: Final[dict[Order, type[OrderBuffer]]] = {
    "none": OrderBuffer,
    "fifo": FifoOrder,
    "causal": CausalOrder,
    "total": TotalOrder,
}
REPAIR: Final = "repair"
HELD: Final = "held/"
HANDED_UP: Final = "handed-up/"
"""Names in stable storage begin so: of what it holds, in the order in which it came, and of what it handed up."""


class Broadcast(Protocol):
    """A node that broadcasts, passes on and hands up. `archive` is what it holds, `handed_up` counts."""

    Config = BroadcastConfig
    config: BroadcastConfig
    convergence: ClassVar[Convergence | None] = Coverage("delivery", "broadcast", "item", durable=True)
    payloads = PAYLOADS
    records: ClassVar[tuple[str, ...] | None] = ("broadcast", "delivery")

    @classmethod
    def on(cls, node: Node, config: ProtocolConfig | None = None) -> Self:
        """An instance on a node, without the safeguards that the options ablate."""
        ablated = getattr(config, "ablate", ())
        if not ablated:
            return super().on(node, config)
        from sim.protocols.broadcast.ablations import without

        return super(Broadcast, without(cls, ablated)).on(node, config)  # type: ignore[arg-type, return-value]

    def __init__(self) -> None:
        self.archive = Archive()
        self.buffer = ORDERS[self.config.order](self.node.population)
        self.number = 0
        self.handed_up = 0

    # Life.

    def on_start(self) -> None:
        self._await_repair()

    def on_restart(self) -> None:
        """Hold what is on the disk, and hand up what was not handed up before the crash and can be."""
        storage = self.node.storage
        held = [storage[f"{HELD}{place}"] for place in _numbered(HELD, storage)]
        before = [storage[f"{HANDED_UP}{place}"] for place in _numbered(HANDED_UP, storage)]
        for cast in held:
            self.archive.add(cast)
            if cast.origin == self.node.id:
                self.number = max(self.number, cast.number)
        self.handed_up = len(before)
        known = {cast.identity: cast for cast in held}
        words = [cast for cast in held if isinstance(cast.payload, Place)]
        again = [known[identity] for identity in before if identity in known]
        done = {cast.identity for cast in (*words, *again)}
        for cast in (*words, *again):
            self.buffer.take(cast)
        for cast in held:
            if cast.identity not in done:
                self._hand_up(self.buffer.take(cast))
        self._give_places()
        self._await_repair()

    # A broadcast begins, and comes.

    def on_request(self, update: Update) -> None:
        """Broadcast an update."""
        self._begin((update.key, update.value))

    def _begin(self, payload: Any) -> None:
        self.number += 1
        cast = self.buffer.stamp(self.node.id, self.number, payload)
        if not isinstance(payload, Place):
            self.node.record("broadcast", item=_item(cast), origin=cast.origin, number=cast.number)
        self._take(cast)
        self._pass_on(cast, None)

    def _take(self, cast: Cast) -> bool:
        """Hold a broadcast, and hand up what can be; whether it is new."""
        if not self.archive.add(cast):
            return False
        self.node.storage[f"{HELD}{len(self.archive)}"] = cast
        self._hand_up(self.buffer.take(cast))
        self.node.storage.sync()
        self._give_places()
        return True

    def _hand_up(self, casts: Iterable[Cast]) -> None:
        for cast in casts:
            self.handed_up += 1
            self.node.storage[f"{HANDED_UP}{self.handed_up}"] = cast.identity
            source = None if cast.origin == self.node.id else cast.origin
            self.node.record("delivery", item=_item(cast), origin=cast.origin, number=cast.number, source=source)

    def _give_places(self) -> None:
        """The sequencer says in which order all hand up what it has and has not said so of."""
        buffer = self.buffer
        if isinstance(buffer, TotalOrder) and self.node.id == self.config.sequencer:
            while unplaced := buffer.without_place():
                self._begin(Place(buffer.last_place + 1, *unplaced[0]))

    def _pass_on(self, cast: Cast, source: int | None) -> None:
        node, config = self.node, self.config
        if config.spread == "flooding":
            receivers = routes.by_flooding(node.neighbors, source)
        elif config.spread == "gossip":
            receivers = routes.by_gossip(node.neighbors, config.fanout, node.random)
        else:
            receivers = routes.by_tree(node.id, cast.origin, node.population, config.fanout)
        for receiver in receivers:
            node.send(receiver, Pass(cast))

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if isinstance(payload, Pass):
            if self._take(payload.cast):
                self._pass_on(payload.cast, message.source)
        elif isinstance(payload, Supply):
            for cast in payload.casts:
                self._take(cast)
        else:
            self._compare(message.source, payload)

    # Repair.

    def _await_repair(self) -> None:
        if self.config.reliable and self.node.neighbors:
            self.node.set_timer(REPAIR, self.config.repair // 2 + self.node.random.below(self.config.repair))

    def on_timer(self, name: Hashable) -> None:
        """Tell a neighbour what is here."""
        self.node.send(self.node.random.choice(self.node.neighbors), Compare(self.archive.holdings()))
        self._await_repair()

    def _compare(self, source: int, other: Compare) -> None:
        """Send what the other lacks, and say what is here where it may have more."""
        lacking = self.archive.lacked_by(other.holdings, self.config.batch)
        if lacking:
            self.node.send(source, Supply(tuple(lacking)))
        if not other.answer and self.archive.lacks(other.holdings):
            self.node.send(source, Compare(self.archive.holdings(), answer=True))


def _item(cast: Cast) -> str:
    return f"{cast.origin}.{cast.number}"


def _numbered(prefix: str, storage: Iterable[str]) -> list[int]:
    """The numbers of all names that begin so, in order."""
    return sorted(int(name[len(prefix) :]) for name in storage if name.startswith(prefix))
