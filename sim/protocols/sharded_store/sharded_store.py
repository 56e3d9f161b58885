"""A store whose keys are shared out over its members by consistent hashing, as in Dynamo (DeCandia et al., SOSP 2007)
but with one copy of each key.

A node that a client asks sends the request on to the owner of its key, which answers. Node 0 is the directory: it says
who the members are, in numbered views. On a change each old owner hands over, once, what goes to another; a new owner
serves a key as soon as the one before has handed it over, and an old owner none from when it knows of the view. So
each key has one owner at a time that serves it, and clients see one store, whatever crashes with its disk, is lost,
late, doubled or cut. It makes progress where owner and directory are up and connected; nothing is replicated.

Records: `sharded` (view, members, shares of the key space in the order of members' numbers, joined, left, moved: the
share that changes its owner, elsewhere: the part of it that goes between members that stay) and `settled` (view) by the
directory; `handed-over` (view, to, keys) and `served` (key) by members.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sim.protocol import Protocol
from sim.protocols.raft.sessions import EXPIRED
from sim.protocols.sharded_store.cells import Cells
from sim.protocols.sharded_store.config import ShardedStoreConfig
from sim.protocols.sharded_store.directory import DIRECTORY, TOLD, Directory
from sim.protocols.sharded_store.messages import PAYLOADS, Change, HandOver, Route, Settled, TakenOver, View
from sim.protocols.sharded_store.placements import pairs_of, placed
from sim.runtime.sharding.key_space import position_of
from sim.runtime.sharding.placement import Placement
from sim.workloads.request import ChangeRequest, ClientRequest, Reply

if TYPE_CHECKING:
    from sim.message import Message

MOST_HOPS: Final = 3
"""How often a request is sent on at most, by nodes that know different views."""
RESEND: Final = "resend"
STATE: Final = "state"
"""The name in stable storage of the view, of what is still to come and of what is still to go."""


class ShardedStore(Protocol):
    """A node. `awaited` are those that have not handed over yet, `outgoing` what others have not confirmed."""

    Config = ShardedStoreConfig
    config: ShardedStoreConfig
    payloads = PAYLOADS
    records: ClassVar[tuple[str, ...] | None] = ("sharded", "settled", "handed-over", "served")

    def __init__(self) -> None:
        node = self.node
        self.cells = Cells(node.storage)
        self.directory = Directory(node, self.config) if node.id == DIRECTORY else None
        self.view: View | None = None
        self.awaited: set[int] = set()
        self.outgoing: dict[int, HandOver] = {}
        self.waiting: list[ClientRequest] = []
        self.after: Placement
        self.before: Placement

    # Life.

    def on_start(self) -> None:
        if STATE in self.node.storage:
            view, awaited, outgoing = self.node.storage[STATE]
            self._look_up(view)
            self.awaited, self.outgoing = set(awaited), dict(outgoing)
            self._send_outgoing()
        if self.directory is not None:
            self.directory.start()
            self._adopt(self.directory.view)

    def _keep(self) -> None:
        self.node.storage[STATE] = (self.view, tuple(sorted(self.awaited)), tuple(self.outgoing.items()))
        self.node.storage.sync()

    def _look_up(self, view: View) -> None:
        self.view = view
        self.after = placed(self.config.placement, view.members, view.salt)
        self.before = placed(self.config.placement, view.before, view.salt)

    # Views.

    def _adopt(self, view: View) -> None:
        """Go over to a view: hand over what is no longer owned, and wait for what is now."""
        if self.view is not None and view.number <= self.view.number:
            self._report()
            return
        assert not self.outgoing, "no view begins before this node has settled in the one before"
        self._look_up(view)
        own = self.node.id
        for old, new in sorted(pairs_of(self.before, self.after)) if view.number else ():
            if new == own:
                self.awaited.add(old)
            elif old == own:
                self._hand_over(view, new)
        self._keep()
        self._send_outgoing()
        self._report()
        self._serve_waiting()

    def _hand_over(self, view: View, new: int) -> None:
        cells = self.cells.remove(lambda key: self.after.owner(position_of(key)) == new)
        self.outgoing[new] = HandOver(view.number, cells)
        self.node.record("handed-over", view=view.number, to=new, keys=len(cells))

    def _send_outgoing(self) -> None:
        for new, handover in self.outgoing.items():
            self.node.send(new, handover)
        if self.outgoing:
            self.node.set_timer(RESEND, self.config.resend)

    def _report(self) -> None:
        """Tell the directory when this view needs nothing more of this node."""
        if self.outgoing or self.awaited or self.view is None:
            return
        if self.directory is not None:
            self.directory.settled(self.node.id, self.view.number)
        else:
            self.node.send(DIRECTORY, Settled(self.view.number))

    def _taken_over(self, source: int, number: int) -> None:
        if self.view is not None and self.view.number == number and self.outgoing.pop(source, None) is not None:
            self._keep()
            self._report()

    def _take_over(self, source: int, handover: HandOver) -> None:
        """Hold what another has handed over; it is told so each time it says so, but not before the view is known."""
        if self.view is None or handover.number > self.view.number:
            return
        if handover.number == self.view.number and source in self.awaited:
            self.cells.take(handover.cells)
            self.awaited.discard(source)
            self._keep()
        self.node.send(source, TakenOver(handover.number))
        self._report()
        self._serve_waiting()

    # Requests.

    def on_request(self, request: Any) -> None:
        if isinstance(request, ClientRequest):
            self._route(request, 0)
        elif not isinstance(request, ChangeRequest):
            self.node.reply(request.client, Reply(request.client, request.sequence, "refused"))
        else:
            self._change(request)

    def _change(self, request: ChangeRequest) -> None:
        if self.directory is None:
            self.node.send(DIRECTORY, Change(request))
            return
        self.directory.change(request)
        self._adopt(self.directory.view)

    def _route(self, request: ClientRequest, hops: int) -> None:
        """Serve a request, keep it until its key has come, or send it to the key's owner."""
        if self.view is None:
            self.node.reply(request.client, Reply(request.client, request.sequence, "refused"))
            return
        position = position_of(request.operation.key)
        owner = self.after.owner(position)
        if owner != self.node.id:
            if hops < MOST_HOPS:
                self.node.send(owner, Route(request, hops + 1))
        elif self.before.owner(position) in self.awaited:
            self.waiting.append(request)
        else:
            self._serve(request)

    def _serve(self, request: ClientRequest) -> None:
        result = self.cells.carry_out(request)
        if result is EXPIRED:
            return  # a copy of what was answered long ago
        self.node.record("served", key=request.operation.key)
        self.node.reply(request.client, Reply(request.client, request.sequence, "ok", result))

    def _serve_waiting(self) -> None:
        waiting, self.waiting = self.waiting, []
        for request in waiting:
            self._route(request, 0)

    def on_timer(self, name: Hashable) -> None:
        if name == TOLD:
            assert self.directory is not None
            self.directory.on_timer()
        else:
            self._send_outgoing()

    def on_message(self, message: Message) -> None:
        source, payload = message.source, message.payload
        if isinstance(payload, Route):
            self._route(payload.request, payload.hops)
        elif isinstance(payload, View):
            self._adopt(payload)
        elif isinstance(payload, HandOver):
            self._take_over(source, payload)
        elif isinstance(payload, TakenOver):
            self._taken_over(source, payload.number)
        elif isinstance(payload, Change):
            self._change(payload.request)
        elif self.directory is not None:
            self.directory.settled(source, payload.number)
