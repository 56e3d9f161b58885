"""What a leader does for clients: commands once each, redirects, time-outs (dissertation, chapter 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.protocols.raft import reads, replication
from sim.protocols.raft.messages import Entry
from sim.protocols.raft.sessions import EXPIRED, UNKNOWN
from sim.workloads.request import ClientRequest, Reply

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft


def answer(raft: Raft, request: Any, outcome: str, value: Any = None) -> None:
    """Answer a client; one that has to ask elsewhere is told whom (section 6.2)."""
    leader = raft.leader if outcome == "redirect" and raft.leader != raft.node.id else None
    raft.node.reply(request.client, Reply(request.client, request.sequence, outcome, value, leader))


def asked(raft: Raft, request: ClientRequest) -> None:
    """A client asks for a command: it is put into the log, unless it was carried out already (section 6.3)."""
    if raft.role != "leader":
        answer(raft, request, "redirect")
        return
    if raft.handover is not None:
        answer(raft, request, "refused")
        return
    if request.operation.reads and raft.config.reads != "log":
        reads.asked(raft, request)
        return
    place = (request.client, request.sequence)
    if raft.has_sessions:
        result = raft.sessions.result(request)
        if result is not UNKNOWN:
            _tell(raft, request, result)
            return
        if place in raft.awaiting:
            return
    raft.awaiting[place] = raft.node.elapsed + raft.config.proposal_timeout
    replication.append(raft, Entry(raft.term, request, f"{request.client}.{request.sequence}"))


def carry_out(raft: Raft, request: ClientRequest) -> None:
    """A command is committed: act on it, and answer the client that waits for it here."""
    if raft.has_sessions:
        result = raft.sessions.result(request)
        if result is UNKNOWN:
            result = raft.machine.apply(request.operation)
            raft.sessions.keep(request, result)
    else:
        result = raft.machine.apply(request.operation)
    if raft.awaiting and raft.awaiting.pop((request.client, request.sequence), None) is not None:
        _tell(raft, request, result)


def _tell(raft: Raft, request: ClientRequest, result: Any) -> None:
    if result is EXPIRED:
        answer(raft, request, "session-expired")
    else:
        answer(raft, request, "ok", result)


def expire(raft: Raft) -> None:
    """Let no client wait longer than the proposal timeout for its command to be committed."""
    awaiting, now = raft.awaiting, raft.node.elapsed
    while awaiting:
        place, deadline = next(iter(awaiting.items()))
        if deadline > now:
            return
        del awaiting[place]
        raft.node.reply(place[0], Reply(*place, "timed-out"))


def leave_waiting(raft: Raft) -> None:
    """The server leads no longer: what clients asked for may yet be carried out, by another leader."""
    for client, sequence in raft.awaiting:
        raft.node.reply(client, Reply(client, sequence, "timed-out"))
    raft.awaiting = {}
    for request in raft.reading.drop():
        answer(raft, request, "refused")
    for change in raft.changes:
        answer(raft, change.request, "timed-out")
    raft.changes = []
