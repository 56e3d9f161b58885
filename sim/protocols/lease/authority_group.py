"""Servers that give leases together: the table is the state machine of a group of Raft (Burrows, "The Chubby lock
service", OSDI 2006; Ongaro's dissertation, chapter 6).

Each question is a command in the log. Each server counts a lease from when *it* carried the last renewal out, which is
later than when the holder asked; the leader has a lease that is over by its clock ended by a command too, and that does
nothing where a renewal has gone before it. So whoever leads, no lease is given away early.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final

from sim.protocols.lease.authority import EXPIRY, answer_to, operation_of
from sim.protocols.lease.messages import Ask, Elsewhere
from sim.protocols.raft.config import RaftConfig
from sim.protocols.raft.raft import Raft
from sim.runtime.leases.expiry import Expiry
from sim.runtime.leases.lease_table import LeaseTable
from sim.workloads.request import ClientRequest, Reply

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node
    from sim.protocols.lease.config import LeaseConfig
    from sim.workloads.operation import Operation

COUNT: Final = 1_000_000
"""Commands that a leader may put into the log by itself in a term: their numbers go on over terms."""


class Seat:
    """The node as Raft sees it: answers to clients come here, and of its records those of roles go on."""

    def __init__(self, node: Node, group: AuthorityGroup) -> None:
        self._node = node
        self._group = group

    def __getattr__(self, name: str) -> Any:
        return getattr(self._node, name)

    def reply(self, client: int, reply: Reply) -> None:
        """An answer of Raft's to one who asked."""
        self._group.answered(client, reply)

    def record(self, kind: str, **fields: Any) -> None:
        """Put who leads into the run."""
        if kind == "role":
            self._node.record("authority", **fields)


class AuthorityGroup:
    """One server of the group."""

    def __init__(self, node: Node, config: LeaseConfig) -> None:
        self.node = node
        raft = RaftConfig(
            servers=config.authorities,
            election_timeout=config.election_timeout,
            heartbeat=config.heartbeat,
            pre_vote=True,
            check_quorum=True,
        )
        self.raft = Raft.on(Seat(node, self), raft)  # type: ignore[arg-type]
        self.raft.machine = LeaseTable()
        self.expiry = Expiry(config.term)
        self.asks: dict[tuple[int, int], Ask] = {}
        self.ended: set[Operation] = set()
        self.seen = -1
        self.term = self.count = 0

    def start(self, again: bool) -> None:
        """Begin, or begin again with what the disk holds."""
        if again:
            self.raft.on_restart()
        else:
            self.raft.on_start()
        self._look()

    def asked(self, source: int, ask: Ask) -> None:
        """Have a question put into the log; the holder's number makes it one command, however often it comes."""
        self.asks[source, ask.number] = ask
        self.raft.on_request(ClientRequest(source, ask.number, ask.number, operation_of(ask, source)))
        self._look()

    def answered(self, client: int, reply: Reply) -> None:
        """Tell the one who asked; where nobody knows, it asks again by itself."""
        ask = self.asks.pop((client, reply.sequence), None)
        if ask is None:
            return
        if reply.outcome == "ok":
            self.node.send(client, answer_to(ask, reply.value))
        elif reply.outcome == "redirect":
            self.node.send(client, Elsewhere(ask.number, reply.leader))

    def on_message(self, message: Message) -> None:
        """Hand on what servers tell each other."""
        self.raft.on_message(message)
        self._look()

    def on_timer(self, name: Hashable) -> None:
        """A timer of Raft's, or a lease may be over."""
        if name != EXPIRY:
            self.raft.on_timer(name)
        self._look(name == EXPIRY)

    def _look(self, due: bool = False) -> None:
        """See what was committed; the leader has what is over ended."""
        raft, node = self.raft, self.node
        if raft.commit_index != self.seen:
            self.seen = raft.commit_index
            self.expiry.look(raft.machine.leases, node.elapsed)
            due = True
        if raft.role != "leader":
            self.term = 0
        elif self.term != raft.term:
            self.term, self.count, due = raft.term, 0, True
            self.ended.clear()
        if due:
            self._end()

    def _end(self) -> None:
        now = self.node.elapsed
        if self.raft.role == "leader":
            for operation in self.expiry.due(now):
                if operation not in self.ended:
                    self.ended.add(operation)
                    self.count += 1
                    number = self.term * COUNT + self.count
                    self.raft.on_request(ClientRequest(self.node.id, number, number, operation))
        following = self.expiry.next_at()
        if following is not None and following > now:
            self.node.set_timer(EXPIRY, following - now)
