"""Leadership transfer: a leader hands over to a server that has caught up (dissertation, section 3.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.protocols.raft import clients, election, reads
from sim.protocols.raft.messages import HEADER, TimeoutNow

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft
    from sim.workloads.request import TransferRequest

HANDOVER: Final = "handover"
"""The timer after which a leader goes on, because its successor has not taken over."""


@dataclass(slots=True)
class Handover:
    """A transfer under way: to whom, who asked for it, and whether the successor was told."""

    target: int
    request: TransferRequest
    told: bool = False


def asked(raft: Raft, request: TransferRequest) -> None:
    """An administrator asks the leader to hand over, to one server or to the one that is most up to date."""
    if raft.role != "leader":
        clients.answer(raft, request, "redirect")
        return
    if raft.handover is not None:
        return
    voters = [voter for voter in raft.configuration.voters if voter in raft.progress]
    target = request.target
    if target is None and voters:
        target = max(voters, key=lambda voter: raft.progress[voter].match_index)
    if target == raft.node.id:
        clients.answer(raft, request, "ok")
        return
    if target is None or target not in voters:
        clients.answer(raft, request, "refused")
        return
    raft.handover = Handover(target, request)
    raft.node.record("transfer", target=target, term=raft.term)
    raft.node.set_timer(HANDOVER, raft.config.election_timeout[0])
    proceed(raft)


def proceed(raft: Raft) -> None:
    """Tell the successor to take over, as soon as its log is the leader's."""
    handover = raft.handover
    assert handover is not None
    if not handover.told and raft.progress[handover.target].match_index == raft.log.last_index:
        handover.told = True
        reads.end_leases(raft)
        raft.node.send(handover.target, TimeoutNow(raft.term), HEADER if raft.config.entry_size else 0)


def give_up(raft: Raft) -> None:
    """The successor has not taken over within an election timeout: go on as leader."""
    handover, raft.handover = raft.handover, None
    if handover is not None:
        clients.answer(raft, handover.request, "refused")


def ended(raft: Raft) -> None:
    """The server leads no longer."""
    handover, raft.handover = raft.handover, None
    if handover is not None:
        raft.node.cancel_timer(HANDOVER)
        clients.answer(raft, handover.request, "ok" if handover.told else "timed-out")


def told_to_take_over(raft: Raft, source: int, message: TimeoutNow) -> None:
    """The leader wants this server to take over: start an election at once, without asking before."""
    if message.term == raft.term and raft.role == "follower":
        election.stand(raft, "transfer")
