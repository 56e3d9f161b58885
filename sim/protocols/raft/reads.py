"""Reads that are not written to the log: by a round of heartbeats, or under a lease (dissertation, section 6.4)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from sim.protocols.raft import clients, replication

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft
    from sim.workloads.request import ClientRequest


class Reading:
    """What a leader keeps for reads.

    `held`: reads that wait until an entry of the leader's term is committed; `waiting`: reads with the round that has
    to be confirmed by a majority first; `begun`: the last round that was begun for reads; `confirmed`: the last that a
    majority has answered. `lease_until`: time on the leader's clock until which there is no other leader.
    `waits`: whether answers to rounds matter at all.
    """

    __slots__ = ("begun", "confirmed", "held", "lease_until", "rounds", "waiting", "waits")

    def __init__(self) -> None:
        self.held: list[ClientRequest] = []
        self.waiting: deque[tuple[int, ClientRequest]] = deque()
        self.begun = 0
        self.confirmed = 0
        self.lease_until: int | None = None
        self.rounds: deque[tuple[int, int]] | None = None
        self.waits = False

    def began(self, number: int, now: int) -> None:
        """A round has begun; leases count from there."""
        if self.rounds is not None:
            self.rounds.append((number, now))

    def drop(self) -> list[ClientRequest]:
        """Give up all reads; returns their requests."""
        dropped = [*self.held, *(request for _, request in self.waiting)]
        self.held, self.waiting = [], deque()
        return dropped


def asked(raft: Raft, request: ClientRequest) -> None:
    """A client asks to read: at once under a lease, else when a majority has confirmed that this server leads."""
    reading = raft.reading
    if not raft.has_committed_in_term():
        reading.held.append(request)
    elif reading.lease_until is not None and raft.node.elapsed < reading.lease_until:
        _read(raft, request)
    else:
        reading.waiting.append((raft.round + 1, request))
        reading.waits = True
        if reading.confirmed >= reading.begun:
            _begin_round(raft)


def _begin_round(raft: Raft) -> None:
    raft.reading.begun = raft.round + 1
    replication.broadcast(raft)


def confirm(raft: Raft) -> None:
    """Answer the reads whose round a majority has answered: up to then there was no newer leader."""
    reading, progress, own = raft.reading, raft.progress, raft.node.id

    def answered(server: int) -> int:
        if server == own:
            return raft.round
        known = progress.get(server)
        return known.round if known is not None else 0

    confirmed = raft.configuration.reached(answered)
    if confirmed <= reading.confirmed:
        return
    reading.confirmed = confirmed
    _extend_lease(raft)
    while reading.waiting and reading.waiting[0][0] <= confirmed:
        _read(raft, reading.waiting.popleft()[1])
    if reading.waiting:
        if confirmed >= reading.begun:
            _begin_round(raft)
    else:
        reading.waits = reading.rounds is not None


def _extend_lease(raft: Raft) -> None:
    """The lease counts from the start of the last round that a majority has answered (section 6.4.1)."""
    reading = raft.reading
    if reading.rounds is None:
        return
    started = None
    while reading.rounds and reading.rounds[0][0] <= reading.confirmed:
        started = reading.rounds.popleft()[1]
    if started is not None:
        reading.lease_until = max(reading.lease_until or 0, started + raft.lease_length())


def begin_leases(raft: Raft) -> None:
    """A leader takes office: it counts its rounds where it goes by leases."""
    if raft.config.reads == "lease":
        raft.reading.rounds = deque()
        raft.reading.waits = True


def end_leases(raft: Raft) -> None:
    """Hold no lease for the rest of the term: another server was told to take over, whenever it hears it."""
    raft.reading.rounds, raft.reading.lease_until = None, None


def committed(raft: Raft) -> None:
    """Something was committed: once it is of the leader's term, reads that were held back can go on."""
    if raft.reading.held and raft.has_committed_in_term():
        held, raft.reading.held = raft.reading.held, []
        for request in held:
            asked(raft, request)


def _read(raft: Raft, request: ClientRequest) -> None:
    clients.answer(raft, request, "ok", raft.machine.apply(request.operation))
