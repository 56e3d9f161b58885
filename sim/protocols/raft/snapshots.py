"""Snapshots in place of old entries, sent in pieces to those that are too far behind (dissertation, chapter 5)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from sim.protocols.raft import membership, replication
from sim.protocols.raft.messages import HEADER, InstallSnapshot, Snapshot, SnapshotInstalled

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft
    from sim.protocols.raft.replication import Progress

SNAPSHOT: Final = "snapshot"
"""The name in stable storage of the newest snapshot."""


@dataclass(slots=True)
class Incoming:
    """A snapshot that arrives in pieces: whose it is, of which entry, and the pieces so far."""

    source: int
    term: int
    index: int
    pieces: list[str] = field(default_factory=list)
    length: int = 0


# Taking one.


def compact(raft: Raft) -> None:
    """Take a snapshot and drop the log before it, once enough entries were committed since the last (section 5.1.2)."""
    every = raft.config.snapshot_every
    assert every is not None
    if raft.installs or raft.commit_index - raft.log.start < every:
        return
    if raft.snapshot is not None and raft.commit_index - raft.snapshot.index < every:
        return  # one is being written
    index = raft.commit_index
    configuration = [each for place, each in raft.configurations if place <= index][-1]
    state = {"machine": raft.machine.snapshot(), "sessions": raft.sessions.snapshot()}
    snapshot = Snapshot(index, raft.log.term_at(index), configuration, json.dumps(state))
    raft.snapshot = snapshot
    raft.journal.write("log", partial(_keep, raft, snapshot))


def _keep(raft: Raft, snapshot: Snapshot) -> None:
    if snapshot.index <= raft.log.start:
        return
    storage, start = raft.node.storage, raft.log.start
    storage[SNAPSHOT] = snapshot
    for index in range(start + 1, snapshot.index + 1):
        storage.pop(f"log/{index}", None)
    storage.sync()
    raft.log.discard(snapshot.index, snapshot.term)
    membership.compacted(raft, snapshot.index)
    raft.node.record("snapshot", index=snapshot.index, term=snapshot.term, installed=False)


def adopt(raft: Raft, snapshot: Snapshot) -> None:
    """Have the state of a snapshot, and an empty log after it."""
    state = json.loads(snapshot.data)
    raft.machine.restore(state["machine"])
    raft.sessions.restore(state["sessions"])
    raft.snapshot = snapshot
    raft.log.discard(snapshot.index, snapshot.term)
    raft.commit_index = snapshot.index
    raft.configurations = [(snapshot.index, snapshot.configuration)]


# Sending one.


def send(raft: Raft, server: int, progress: Progress) -> None:
    """Send the next piece of the newest snapshot, or the same again where it was not answered (section 5.3)."""
    if progress.snapshot is None:
        assert raft.snapshot is not None
        progress.snapshot, progress.offset = raft.snapshot, 0
        progress.under_way = 0
    snapshot, offset = progress.snapshot, progress.offset
    data = snapshot.data[offset : offset + raft.config.snapshot_chunk]
    message = InstallSnapshot(
        raft.term,
        snapshot.index,
        snapshot.term,
        snapshot.configuration,
        offset,
        data,
        offset + len(data) >= len(snapshot.data),
        raft.round,
        server not in raft.configuration.electorate,
    )
    progress.sent_at = raft.node.elapsed
    raft.node.send(server, message, HEADER + len(data) if raft.config.entry_size else 0)


def heard_installed(raft: Raft, source: int, answer: SnapshotInstalled) -> None:
    """A piece has arrived: send the next, or the log after the snapshot when it is in force."""
    if answer.term > raft.term:
        raft.heard_newer_term(answer.term)
        return
    progress = raft.progress.get(source)
    if progress is None or answer.term != raft.term or not answer.round:
        return
    replication.heard_round(raft, progress, answer.round)
    snapshot = progress.snapshot
    if snapshot is None or snapshot.index != answer.index:
        return
    if answer.done:
        progress.snapshot = None
        progress.next_index = max(progress.match_index, snapshot.index) + 1
        if snapshot.index > progress.match_index:
            replication.has_stored(raft, progress, snapshot.index)
        if source in raft.progress and not progress.under_way:
            replication.send(raft, source, progress)
    elif answer.offset != progress.offset:
        progress.offset = answer.offset
        send(raft, source, progress)


# Installing one.


def heard_snapshot(raft: Raft, source: int, message: InstallSnapshot) -> None:
    """A leader sends a piece of its snapshot (figure 5.3)."""
    if message.term < raft.term:
        _answer(raft, source, SnapshotInstalled(raft.term, message.index, 0, False, 0))
        return
    if message.term != raft.term or raft.leader != source:
        raft.follow(message.term, source, "append")
    raft.awaits_membership = False
    raft.quiet_since = raft.heard_at = raft.node.elapsed
    if raft.installs:
        return
    if message.index <= raft.commit_index:
        _answer(raft, source, SnapshotInstalled(message.term, message.index, 0, True, message.round))
        return
    incoming = raft.incoming
    if incoming is None or (incoming.source, incoming.term, incoming.index) != (source, message.term, message.index):
        incoming = raft.incoming = Incoming(source, message.term, message.index)
    if message.offset == incoming.length:
        incoming.pieces.append(message.data)
        incoming.length += len(message.data)
        if message.done:
            raft.incoming = None
            raft.installs = True
            snapshot = Snapshot(message.index, message.last_term, message.configuration, "".join(incoming.pieces))
            raft.journal.write("log", partial(_install, raft, source, snapshot, message))
            return
    _answer(raft, source, SnapshotInstalled(message.term, message.index, incoming.length, False, message.round))


def _install(raft: Raft, source: int, snapshot: Snapshot, message: InstallSnapshot) -> None:
    """Take over the leader's state; what the own log has after it is kept where it fits (section 5.3)."""
    raft.installs = False
    if snapshot.index > raft.commit_index:
        storage, log = raft.node.storage, raft.log
        fits = snapshot.index <= log.last_index and log.term_at(snapshot.index) == snapshot.term
        first, last = log.start + 1, log.last_index
        if not fits:
            for index in range(last, first - 1, -1):
                storage.pop(f"log/{index}", None)
        storage[SNAPSHOT] = snapshot
        if raft.term == message.term:
            raft.write_vote()
        for index in range(first, min(last, snapshot.index) + 1):
            storage.pop(f"log/{index}", None)
        storage.sync()
        following = [each for each in raft.configurations if each[0] > snapshot.index] if fits else []
        adopt(raft, snapshot)
        raft.configurations += following
        raft.durable_index = max(raft.durable_index, snapshot.index) if fits else snapshot.index
        raft.node.record("snapshot", index=snapshot.index, term=snapshot.term, installed=True)
        membership.changed_here(raft)
    _answer(raft, source, SnapshotInstalled(message.term, snapshot.index, 0, True, message.round))


def _answer(raft: Raft, leader: int, answer: SnapshotInstalled) -> None:
    raft.node.send(leader, answer, HEADER if raft.config.entry_size else 0)
