"""What a server does with what a leader sends: it takes entries that fit its log (dissertation, section 3.5)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sim.protocols.raft import membership, storing
from sim.protocols.raft.configuration import Configuration
from sim.protocols.raft.messages import HEADER, Appended, AppendEntries

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft


def heard_leader(raft: Raft, source: int, message: AppendEntries) -> None:
    """A leader sends entries, or only that it is there (section 3.5)."""
    node = raft.node
    term = message.term
    if term < raft.term:
        answer(raft, source, Appended(raft.term, False, 0, message.previous_index, 0, 0))
        return
    if term != raft.term or raft.leader != source:
        raft.follow(term, source, "append")
    raft.awaits_membership = False
    raft.quiet_since = raft.heard_at = node.elapsed
    if raft.installs:
        return
    log, previous = raft.log, message.previous_index
    if previous > log.last_index:
        answer(raft, source, Appended(term, False, log.last_index + 1, previous, 0, message.round))
    elif previous >= log.start and log.term_at(previous) != message.previous_term:
        first, conflict = log.first_index_of_term_at(previous), log.term_at(previous)
        answer(raft, source, Appended(term, False, first, previous, 0, message.round, conflict))
    else:
        _take(raft, source, message)


def _take(raft: Raft, source: int, message: AppendEntries) -> None:
    """The logs match up to the entries in the message: store those that are new, then answer."""
    log, previous, entries = raft.log, message.previous_index, message.entries
    match = previous + len(entries)
    if previous < log.start:
        entries = entries[log.start - previous :]
        previous = log.start
    old_last = log.last_index
    if entries and previous != old_last:
        known = 0
        for entry in entries:
            index = previous + known + 1
            if index > log.last_index:
                break
            if log.term_at(index) != entry.term:
                _truncate(raft, index)
                break
            known += 1
        entries = entries[known:]
        previous += known
    for entry in entries:
        log.append(entry)
        if entry.command.__class__ is Configuration:
            membership.came_into_force(raft, log.last_index, entry.command)
    said = Appended(message.term, True, match, message.previous_index, len(message.entries), message.round)
    if entries or raft.durable != (raft.term, raft.voted_for):
        if raft.journal.instant:
            storing.store(raft, previous + 1, entries, old_last, raft.term, source, said)
        else:
            raft.journal.write(
                "log", partial(storing.store, raft, previous + 1, entries, old_last, raft.term, source, said)
            )
    else:
        if match > raft.durable_index:
            said.index = max(raft.durable_index, log.start)
        answer(raft, source, said)
    reached = min(message.commit_index, match)
    if reached > raft.commit_index:
        storing.commit(raft, reached)


def _truncate(raft: Raft, index: int) -> None:
    """Remove the entry that conflicts with the leader's, and all after it (section 3.5)."""
    raft.log.truncate(index)
    raft.durable_index = min(raft.durable_index, index - 1)
    raft.commit_index = min(raft.commit_index, index - 1)  # only where a safeguard is ablated
    membership.truncated(raft, index)


def answer(raft: Raft, leader: int, said: Appended) -> None:
    """Answer the leader."""
    raft.node.send(leader, said, HEADER if raft.config.entry_size else 0)
