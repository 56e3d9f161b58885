"""The log on stable storage (dissertation, section 3.8), and entries that are committed (3.6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sim.protocols.raft import clients, following, membership, replication, snapshots
from sim.protocols.raft.configuration import Configuration
from sim.protocols.raft.messages import Entry
from sim.workloads.request import ClientRequest

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft


def store(
    raft: Raft,
    first: int,
    entries: Sequence[Entry],
    old_last: int,
    term: int,
    source: int | None = None,
    answer: Any = None,
) -> None:
    """Have entries on the disk in place of those from `first` to `old_last`, and answer the leader."""
    storage, node = raft.node.storage, raft.node
    if raft.term == term:
        raft.write_vote()
    if entries:
        if first <= old_last:
            _erase(raft, first, old_last)
        index = first
        for entry in entries:
            storage[f"log/{index}"] = entry
            index += 1
        storage.sync()
        last = index - 1
        log = raft.log
        if last <= log.last_index and last >= log.start and log.term_at(last) == entries[-1].term:
            raft.durable_index = max(raft.durable_index, last)
        node.record(
            "appended",
            first=first,
            terms=tuple([entry.term for entry in entries]),
            commands=tuple([entry.name for entry in entries]),
        )
    else:
        storage.sync()
    if answer is not None:
        assert source is not None
        following.answer(raft, source, answer)
    elif raft.role == "leader":
        replication.advance(raft)


def store_at_start(raft: Raft) -> None:
    """Have what a server begins with on its disk."""
    log = raft.log
    store(raft, 1, log.entries(1, log.last_index), 0, raft.term)


def _erase(raft: Raft, first: int, last: int) -> None:
    """Remove entries from the disk, the last first, so that what is there has no gap at any time."""
    storage = raft.node.storage
    for index in range(last, first - 1, -1):
        storage.pop(f"log/{index}", None)
    raft.node.record("truncated", index=first)


def commit(raft: Raft, index: int) -> None:
    """Carry out the entries up to an index in order, and answer the clients that wait for them."""
    first = raft.commit_index + 1
    raft.commit_index = index
    entries = raft.log.entries(first, index)
    names = tuple([entry.name for entry in entries])
    raft.node.record("committed", index=index, first=first, commands=names, term=raft.term)
    for entry in entries:
        command = entry.command
        if command.__class__ is ClientRequest:
            clients.carry_out(raft, command)
        elif command.__class__ is Configuration:
            membership.committed(raft, command)
    if raft.config.snapshot_every is not None:
        snapshots.compact(raft)
