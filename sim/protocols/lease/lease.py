"""Leases (Gray and Cheriton, "Leases: an efficient fault-tolerant mechanism for distributed file cache consistency",
SOSP 1989): who holds one may use a resource for a time, by its own clock, and must ask for more before that is over.

The first nodes are the authority: one server, or a group that agrees by Raft. The next is a storage, all others are
holders. A holder counts the term from when it *asked*, shortened by the drift bound and the margin; the authority
counts from when it decided, so that the holder stops first while clocks keep to the bound. What the holder sent before
may still be under way, however: each lease has a token above all before it, and the storage turns away who comes with
an older one than it has seen (a fence).

It claims: never do two hold one resource at once while no clock runs faster than another by more than `drift_bound`,
whatever crashes, pauses, or is lost, late, doubled or cut; and no write with an older token is taken after one with a
newer. It does not claim to survive the loss of a disk.

Records: `asked` (resource, function, number), `leased` (resource, token, left: nanoseconds of its own clock, renewed),
`let-go` (resource, token, cause, late: nanoseconds since it was over), `used` (resource, token, number) by holders;
`accepted` and `turned-away` (resource, token, holder, number) by the storage; `authority` (role, term, leader, cause)
by authorities.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar

from sim.protocol import Protocol
from sim.protocols.lease.authority import Authority
from sim.protocols.lease.authority_group import AuthorityGroup
from sim.protocols.lease.config import LeaseConfig
from sim.protocols.lease.fenced_storage import FencedStorage
from sim.protocols.lease.holder import Holder
from sim.protocols.lease.messages import PAYLOADS, Answer, Ask, Elsewhere, TurnedAway, Write
from sim.protocols.raft.messages import Appended, AppendEntries, RequestVote, Vote
from sim.roles import Roles

if TYPE_CHECKING:
    from sim.message import Message


class Lease(Protocol):
    """A node: `part` is what it is, by its number."""

    Config = LeaseConfig
    config: LeaseConfig
    roles: ClassVar[Roles | None] = Roles(
        initial="client", record="authority", names=("follower", "pre-candidate", "candidate", "leader")
    )
    payloads = (*PAYLOADS, RequestVote, Vote, AppendEntries, Appended)
    records: ClassVar[tuple[str, ...] | None] = (
        "asked",
        "leased",
        "let-go",
        "used",
        "accepted",
        "turned-away",
        "authority",
    )

    part: Authority | AuthorityGroup | FencedStorage | Holder

    def __init__(self) -> None:
        number, authorities = self.node.id, self.config.authorities
        if number == authorities:
            self.part = FencedStorage(self.node, self.config)
        elif number > authorities:
            self.part = Holder(self.node, self.config)
        elif authorities == 1:
            self.part = Authority(self.node, self.config)
        else:
            self.part = AuthorityGroup(self.node, self.config)

    def on_start(self) -> None:
        self._start(again=False)

    def on_restart(self) -> None:
        self._start(again=True)

    def _start(self, again: bool) -> None:
        part = self.part
        if isinstance(part, AuthorityGroup):
            part.start(again)
        elif not isinstance(part, FencedStorage):
            part.start()

    def on_timer(self, name: Hashable) -> None:
        assert not isinstance(self.part, FencedStorage)
        self.part.on_timer(name)

    def on_message(self, message: Message) -> None:
        part, source, payload = self.part, message.source, message.payload
        if isinstance(part, Holder):
            self._tell_holder(part, source, payload)
        elif isinstance(part, FencedStorage):
            if isinstance(payload, Write):
                part.write(source, payload)
        elif isinstance(payload, Ask):
            part.asked(source, payload)
        elif isinstance(part, AuthorityGroup):
            part.on_message(message)

    def _tell_holder(self, holder: Holder, source: int, payload: Any) -> None:
        if isinstance(payload, Answer):
            holder.answered(source, payload)
        elif isinstance(payload, Elsewhere):
            holder.sent_elsewhere(payload)
        else:
            assert isinstance(payload, TurnedAway)
            holder.turned_away(payload)
