"""A run that begins in the middle: with entries in the logs, and a leader that everyone has just heard.

Studies of elections start so, as that of the Raft paper's figure 16 does: they are about what happens after a leader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.protocols.raft import replication, storing
from sim.protocols.raft.messages import Entry

if TYPE_CHECKING:
    from sim.protocols.raft.raft import Raft


def begin(raft: Raft) -> None:
    """Have the entries and the term that the options give a new server at its first start; all of them of term 1."""
    entries, leader, own = raft.config.initial_entries, raft.config.initial_leader, raft.node.id
    if not entries and leader is None:
        return
    raft.term = 1
    raft.voted_for = leader
    number = entries[own] if own < len(entries) else 0
    for _ in range(number):
        raft.log.append(Entry(1, None, "no-op"))
    storing.store_at_start(raft)


def take_roles(raft: Raft) -> None:
    """Have the first leader lead, without an entry of its own, and the others follow it from time zero on."""
    leader = raft.config.initial_leader
    if leader is None or raft.term != 1 or raft.role != "follower":
        return
    if leader == raft.node.id:
        replication.take_office(raft)
    else:
        raft.become(raft.role, leader, "start")
        raft.heard_at = raft.node.elapsed
