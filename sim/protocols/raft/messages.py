"""What servers of Raft say to each other: the calls of the dissertation's figures 3.1 and 5.3, and their answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sim.protocols.raft.configuration import Configuration

HEADER: Final = 64
"""Bytes of a message beside the entries and data in it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log: the term in which a leader made it, and what it asks.

    `command` is a client's request, a Configuration, or None: a no-op. `name` is what records call it.
    """

    term: int
    command: Any
    name: str


@dataclass(slots=True)
class RequestVote:
    """A candidate asks for a vote (section 3.4); with `pre`, whether it would be given one (section 9.6).

    `transfer`: the candidate was told to take over (section 3.10), so that a server grants it beside a living leader.
    """

    term: int
    last_index: int
    last_term: int
    pre: bool = False
    transfer: bool = False


@dataclass(slots=True)
class Vote:
    """The answer to a RequestVote."""

    term: int
    granted: bool
    pre: bool = False


@dataclass(slots=True)
class AppendEntries:
    """The leader's entries after `previous_index`, none in a heartbeat (section 3.5).

    `round` counts the leader's broadcasts, for reads (section 6.4). `joins`: the leader takes the server for one that
    does not vote.
    """

    term: int
    previous_index: int
    previous_term: int
    entries: tuple[Entry, ...]
    commit_index: int
    round: int
    joins: bool = False


@dataclass(slots=True)
class Appended:
    """The answer to AppendEntries.

    `index` is the last one that is known to match the leader's log, or, where it was refused, the one to try next:
    the first of `conflict_term`, the term of the follower's entry at the place that did not match (section 3.5).
    `tried` is the `previous_index` of the question, `count` its number of entries. `round` is that of the question,
    or 0 where its leader's term was over: that server may lead again by now, in the term of the answer.
    """

    term: int
    success: bool
    index: int
    tried: int
    count: int
    round: int
    conflict_term: int = 0


@dataclass(slots=True)
class InstallSnapshot:
    """A piece of the leader's snapshot, from byte `offset` of its data (section 5.1 and figure 5.3)."""

    term: int
    index: int
    last_term: int
    configuration: Configuration
    offset: int
    data: str
    done: bool
    round: int
    joins: bool = False


@dataclass(slots=True)
class SnapshotInstalled:
    """The answer to InstallSnapshot: the snapshot's index, the bytes held so far, and whether it is in force.

    `round` is as in Appended.
    """

    term: int
    index: int
    offset: int
    done: bool
    round: int


@dataclass(slots=True)
class TimeoutNow:
    """A leader tells its successor to start an election at once (section 3.10)."""

    term: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State up to an entry, in place of the log up to there (section 5.1). `data` is the state machine as JSON text."""

    index: int
    term: int
    configuration: Configuration
    data: str = field(repr=False)
