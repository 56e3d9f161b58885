"""Log replication (dissertation, section 3.5) with batches and pipelines (10.2.2), and commitment (3.6.2)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from sim.protocols.raft import clients, membership, reads, snapshots, storing, transfer
from sim.protocols.raft.configuration import Configuration
from sim.protocols.raft.messages import HEADER, Appended, AppendEntries, Entry, Snapshot

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft

HEARTBEAT: Final = "heartbeat"
"""The timer of the leader's broadcasts."""


class Progress:
    """What a leader knows of another server, as in figure 3.1, and what is under way to it.

    `under_way` counts AppendEntries with entries without an answer; `sent_at` is when the last was sent, `heard_at`
    when the server last answered, by the leader's clock; `round` is the last broadcast that it has answered; `snapshot`
    is being sent, `offset` bytes of it have arrived; `retries`: what was under way was not answered, so that only one
    message at a time is, until one is answered.
    """

    __slots__ = (
        "heard_at",
        "match_index",
        "next_index",
        "offset",
        "retries",
        "round",
        "sent_at",
        "snapshot",
        "under_way",
    )

    def __init__(self, next_index: int, now: int) -> None:
        self.next_index = next_index
        self.match_index = 0
        self.under_way = 0
        self.sent_at = now
        self.heard_at = now
        self.round = 0
        self.snapshot: Snapshot | None = None
        self.offset = 0
        self.retries = False


def lead(raft: Raft) -> None:
    """Begin to lead with an entry of one's own term, and tell everyone at once (sections 3.4 and 6.4)."""
    take_office(raft)
    append(raft, Entry(raft.term, None, "no-op"))


def take_office(raft: Raft) -> None:
    """Lead from now on: nothing is known of the others yet."""
    raft.become("leader", raft.node.id, "elected")
    raft.progress = {}
    raft.awaiting, raft.changes, raft.handover = {}, [], None
    raft.round, raft.reading, raft.outgoing = 0, reads.Reading(), None
    refresh_members(raft)
    reads.begin_leases(raft)
    raft.round = 1
    raft.reading.began(1, raft.node.elapsed)
    raft.node.set_timer(HEARTBEAT, raft.config.heartbeat)


def refresh_members(raft: Raft) -> None:
    """Send to all members of the configuration, and to those that are about to become one."""
    now, next_index = raft.node.elapsed, raft.log.last_index + 1
    wanted = {*raft.configuration.members, *membership.newcomers(raft)} - {raft.node.id}
    raft.progress = {
        server: raft.progress.get(server) or Progress(next_index, now)
        for server in sorted(wanted)
        if server < raft.node.population
    }


def stop_leading(raft: Raft) -> None:
    """Step down: clients that wait are told that what they asked for may or may not come about."""
    raft.node.cancel_timer(HEARTBEAT)
    clients.leave_waiting(raft)
    transfer.ended(raft)
    raft.progress, raft.outgoing = {}, None


def append(raft: Raft, entry: Entry) -> None:
    """Put an entry into the leader's own log and send it on; the leader's disk writes meanwhile (section 10.2.1)."""
    raft.log.append(entry)
    index = raft.log.last_index
    if entry.command.__class__ is Configuration:
        membership.came_into_force(raft, index, entry.command)
    replicate(raft)
    if raft.journal.instant:
        storing.store(raft, index, (entry,), index - 1, raft.term)
    else:
        raft.journal.write("log", partial(storing.store, raft, index, (entry,), index - 1, raft.term))


def replicate(raft: Raft) -> None:
    """Send what is new to everyone who can take more."""
    last, pipeline = raft.log.last_index, raft.config.pipeline
    for server, progress in raft.progress.items():
        if progress.next_index <= last and progress.under_way < pipeline and progress.snapshot is None:
            send(raft, server, progress)


def send(raft: Raft, server: int, progress: Progress) -> None:
    """Send the next entries to a server, or the snapshot where they are no longer in the log."""
    log, first = raft.log, progress.next_index
    if first <= log.start:
        snapshots.send(raft, server, progress)
        return
    last = min(log.last_index, first + raft.config.batch - 1)
    message = raft.outgoing
    if (
        message is None
        or message.previous_index != first - 1
        or len(message.entries) != last - first + 1
        or message.commit_index != raft.commit_index
        or message.round != raft.round
        or message.joins is not (server not in raft.configuration.electorate)
    ):
        message = raft.outgoing = _message(raft, server, first - 1, log.entries(first, last))
    if last >= first:
        progress.under_way += 1
        progress.next_index = last + 1
    progress.sent_at = raft.node.elapsed
    size = raft.config.entry_size
    raft.node.send(server, message, HEADER + size * len(message.entries) if size else 0)


def _message(raft: Raft, server: int, previous: int, entries: tuple[Entry, ...]) -> AppendEntries:
    joins = server not in raft.configuration.electorate
    return AppendEntries(raft.term, previous, raft.log.term_at(previous), entries, raft.commit_index, raft.round, joins)


def beat(raft: Raft) -> None:
    """Broadcast that there is a leader, and send again what was not answered since the last time (section 3.4)."""
    node, config = raft.node, raft.config
    now = node.elapsed
    node.set_timer(HEARTBEAT, config.heartbeat)
    clients.expire(raft)
    membership.expire(raft)
    if config.check_quorum and not raft.configuration.is_majority(heard_since(raft, now - config.election_timeout[1])):
        raft.follow(raft.term, None, "no quorum")
        return
    for progress in raft.progress.values():
        if progress.under_way and progress.sent_at <= now - config.heartbeat:
            progress.under_way = config.pipeline - 1  # one at a time, lest a slow server drown in what is sent again
            progress.retries = True
            progress.next_index = progress.match_index + 1
    broadcast(raft)


def broadcast(raft: Raft) -> None:
    """Begin a round: a message to everyone, with entries where there are any to send."""
    raft.round += 1
    raft.reading.began(raft.round, raft.node.elapsed)
    log, pipeline = raft.log, raft.config.pipeline
    for server, progress in raft.progress.items():
        if progress.next_index <= log.start or progress.snapshot is not None:
            snapshots.send(raft, server, progress)
        elif progress.under_way < pipeline:
            send(raft, server, progress)
        else:
            previous = max(progress.match_index, log.start)
            raft.node.send(server, _message(raft, server, previous, ()), HEADER if raft.config.entry_size else 0)
    if len(raft.configuration.voters) == 1:
        reads.confirm(raft)  # this server may be a majority, which nobody has to answer


def heard_since(raft: Raft, since: int) -> set[int]:
    """The servers that have answered the leader after a time on its clock, itself among them."""
    return {raft.node.id, *(server for server, progress in raft.progress.items() if progress.heard_at > since)}


def heard_answer(raft: Raft, source: int, answer: Appended) -> None:
    """A server has answered AppendEntries."""
    if answer.term > raft.term:
        raft.heard_newer_term(answer.term)
        return
    progress = raft.progress.get(source)
    if progress is None or answer.term != raft.term or not answer.round:
        return
    if answer.index > raft.log.last_index:  # which only damage on the way can have made of it
        return
    heard_round(raft, progress, answer.round)
    if answer.success:
        _matched(raft, source, progress, answer)
    elif progress.match_index <= answer.tried < progress.next_index:
        _back_up(raft, source, progress, answer)


def heard_round(raft: Raft, progress: Progress, number: int) -> None:
    """A server still takes this one for the leader, at least since the round that it answers."""
    progress.heard_at = raft.node.elapsed
    if number > progress.round:
        progress.round = number
        if raft.reading.waits:
            reads.confirm(raft)


def _matched(raft: Raft, source: int, progress: Progress, answer: Appended) -> None:
    if answer.count and progress.under_way:
        if progress.retries and answer.index >= progress.next_index - 1:
            progress.under_way, progress.retries = 1, False
        progress.under_way -= 1
    if answer.index > progress.match_index:
        has_stored(raft, progress, answer.index)
    if (
        progress.next_index <= raft.log.last_index
        and progress.under_way < raft.config.pipeline
        and source in raft.progress
    ):
        send(raft, source, progress)


def has_stored(raft: Raft, progress: Progress, index: int) -> None:
    """A server has all up to an index, which is more than was known: go on with what has waited for that."""
    progress.match_index = index
    if progress.next_index <= index:
        progress.next_index = index + 1
    if index > raft.commit_index:
        advance(raft)
    if raft.handover is not None:
        transfer.proceed(raft)
    if raft.changes:
        membership.proceed(raft)


def _back_up(raft: Raft, source: int, progress: Progress, answer: Appended) -> None:
    """The logs do not match where was tried: skip the whole conflicting term (section 3.5)."""
    following = answer.index
    if answer.conflict_term:
        known = raft.log.last_index_of_term(answer.conflict_term, answer.tried)
        following = known + 1 if known else answer.index
    following = max(1, min(following, answer.tried))
    progress.match_index = min(progress.match_index, following - 1)
    progress.next_index = following
    progress.under_way = 0
    send(raft, source, progress)


def advance(raft: Raft) -> None:
    """Commit what a majority has stored, where the rule of section 3.6.2 allows it."""
    own, progress, durable = raft.node.id, raft.progress, raft.durable_index

    def stored(server: int) -> int:
        if server == own:
            return durable
        known = progress.get(server)
        return known.match_index if known is not None else 0

    index = raft.configuration.reached(stored)
    if index > raft.commit_index and raft.may_commit(index):
        storing.commit(raft, index)
        if raft.role == "leader":
            reads.committed(raft)
            if raft.configuration.is_joint:
                membership.leave_joint(raft)
            if raft.changes:
                membership.proceed(raft)
