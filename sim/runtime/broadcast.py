"""Broadcasts among actors: one actor on each node that passes on what others broadcast, and hands it up in order.

The rules are those of `sim.runtime.broadcasts`. Messages between actors come once and in turn while their nodes live,
so that nothing needs repair but what a node in the middle has not passed on when it crashed: with `flooding` whoever
has a broadcast passes it on to all, and one that a member hands up that lives on reaches all that do (a reliable
broadcast by relays: Hadzilacos and Toueg 1994, section 6). `gossip` and `tree` send less and promise less. A member
whose node was down takes part no more (crash-stop).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from sim.runtime.actor import Actor
from sim.runtime.broadcasts import routes
from sim.runtime.broadcasts.archive import Archive
from sim.runtime.broadcasts.cast import Cast
from sim.runtime.broadcasts.causal_order import CausalOrder
from sim.runtime.broadcasts.fifo_order import FifoOrder
from sim.runtime.broadcasts.order_buffer import OrderBuffer
from sim.runtime.broadcasts.total_order import Place, TotalOrder
from sim.runtime.reference import Reference

if TYPE_CHECKING:
    from sim.runtime.actor import Effect

Spread = Literal["flooding", "gossip", "tree"]
Order = Literal["none", "fifo", "causal", "total"]
ORDERS: Final[dict[Order, type[OrderBuffer]]] = {
    "none": OrderBuffer,
    "fifo": FifoOrder,
    "causal": CausalOrder,
    "total": TotalOrder,
}


@dataclass(frozen=True, slots=True)
class ToBroadcast:
    """Asks the broadcaster of this node to tell all members, this one included."""

    payload: Any
    size: int = 0


@dataclass(frozen=True, slots=True)
class HandedUp:
    """What a member receives of a broadcast: who began it, the how-manieth of that one it is, and what it says."""

    origin: int
    number: int
    payload: Any


@dataclass(frozen=True, slots=True)
class Passed:
    """A broadcast on its way between broadcasters."""

    cast: Cast
    size: int


class Broadcaster(Actor):
    """The broadcaster of a node; the actors of its name on `members`, a sequence of node numbers, belong together.

    What is handed up goes as messages `HandedUp` to the actor called `listener` on this node. With total order the
    first of the members gives the places; when its node is down nothing new is handed up. Broadcasters wait for room
    with each other: give them mailboxes for all that is under way at once.
    """

    def __init__(
        self, members: Sequence[int], listener: str, order: Order = "none", spread: Spread = "flooding", fanout: int = 3
    ) -> None:
        self.members = tuple(members)
        self.listener = listener
        self.order = order
        self.spread = spread
        self.fanout = fanout
        self.archive = Archive()
        self.buffer = ORDERS[order](len(self.members))
        self.number = 0

    def run(self) -> Effect[None]:
        self.place = self.members.index(self.me.node)
        storage, place = self.runtime.node.storage, f"broadcast/{self.me.name}"
        if place in storage:
            return
        storage[place] = True
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            payload = envelope.payload
            if isinstance(payload, ToBroadcast):
                yield from self._begin(payload.payload, payload.size)
            elif isinstance(payload, Passed):
                yield from self._take(payload, self.members.index(envelope.sender.node))

    def _begin(self, payload: Any, size: int) -> Effect[None]:
        self.number += 1
        yield from self._take(Passed(self.buffer.stamp(self.place, self.number, payload), size), None)

    def _take(self, passed: Passed, source: int | None) -> Effect[None]:
        """Pass on what is new, and hand up what can be."""
        cast = passed.cast
        if not self.archive.add(cast):
            return
        ready = self.buffer.take(cast)
        for other in self._receivers(cast.origin, source):
            yield from self.send(Reference(self.members[other], self.me.name), passed, passed.size)
        for one in ready:
            origin = self.members[one.origin]
            yield from self.send(Reference(self.me.node, self.listener), HandedUp(origin, one.number, one.payload))
        if isinstance(self.buffer, TotalOrder) and self.place == 0:
            while unplaced := self.buffer.without_place():
                yield from self._begin(Place(self.buffer.last_place + 1, *unplaced[0]), 0)

    def _receivers(self, origin: int, source: int | None) -> list[int]:
        others = [place for place in range(len(self.members)) if place != self.place]
        if self.spread == "flooding":
            return [place for place in routes.by_flooding(others, source) if place != origin]
        if self.spread == "gossip":
            return routes.by_gossip(others, self.fanout, self.random)
        return routes.by_tree(self.place, origin, len(self.members), self.fanout)


def broadcast(actor: Actor, broadcaster: str, payload: Any, size: int = 0) -> Effect[bool]:
    """Have the broadcaster of that name on this node tell all members; it is handed up here too, in its turn."""
    return actor.send(Reference(actor.me.node, broadcaster), ToBroadcast(payload, size))
