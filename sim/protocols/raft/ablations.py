"""Raft with a safeguard removed, to show what each is good for, and that checks notice when it is missing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final

from sim.protocols.raft.raft import Raft

if TYPE_CHECKING:
    from sim.protocols.raft.config import Safeguard


class WithoutCommitRule(Raft):
    """Commits whatever a majority has stored, also entries of earlier terms: figure 3.7 shows how these are lost."""

    def may_commit(self, index: int) -> bool:
        """Whether a majority is enough: always."""
        return True


class WithoutUpToDateCheck(Raft):
    """Votes for the first who asks in a term, however much of the log it lacks (section 3.6.1)."""

    def is_up_to_date(self, last_term: int, last_index: int) -> bool:
        """Whether the candidate may have the vote: always."""
        return True


class WithoutVotePersistence(Raft):
    """Keeps the term on its disk, but not whom it voted for in it: after a crash it votes again (section 3.8)."""

    def keep_vote(self, then: Callable[[], None], candidacy: bool = False) -> None:
        """Answer at once."""
        self.write_vote()
        then()

    @property
    def has_kept_vote(self) -> bool:
        """Whether the vote may be told again: always."""
        return True

    def write_vote(self) -> None:
        """Have the term on the disk."""
        if self.durable[0] != self.term:
            self.durable = (self.term, None)
            self.node.storage["vote"] = self.durable


class WithoutLeaderNoOp(Raft):
    """Changes the members before an entry of the leader's own term is committed.

    The mistake was in the dissertation's section 4.1 (Ongaro, "Bug in single-server membership changes", raft-dev
    mailing list, 10 July 2015): changes that two leaders begin in different terms may have majorities without a common
    server.
    """

    def may_change_membership(self) -> bool:
        """Whether a change may begin: always."""
        return True


class WithoutPreVote(Raft):
    """Begins an election whenever no leader is heard, so that terms run up where none can be won (section 9.6)."""

    @property
    def asks_before(self) -> bool:
        """Whether others are asked before: never."""
        return False


class WithoutSessionTable(Raft):
    """Carries out every entry of the log, also those that are there because a client has tried again (section 6.3)."""

    @property
    def has_sessions(self) -> bool:
        """Whether a command that comes again is known: never."""
        return False


class WithoutLeaseDriftBound(Raft):
    """Trusts that all clocks run alike: its lease is a whole election timeout of its own clock (section 6.4.1)."""

    def lease_length(self) -> int:
        """How long the leader serves reads after a broadcast."""
        return self.config.election_timeout[0]


WITHOUT: Final[dict[Safeguard, type[Raft]]] = {
    "commit-rule": WithoutCommitRule,
    "log-up-to-date": WithoutUpToDateCheck,
    "vote-persistence": WithoutVotePersistence,
    "leader-no-op": WithoutLeaderNoOp,
    "pre-vote": WithoutPreVote,
    "session-table": WithoutSessionTable,
    "lease-drift-bound": WithoutLeaseDriftBound,
}


@cache
def without(whole: type[Raft], safeguards: tuple[str, ...]) -> type[Raft]:
    """A class of Raft without these safeguards, whose streams and messages are called as before."""
    ablated = [ablation for name, ablation in WITHOUT.items() if name in safeguards]
    return type(whole.__name__, (*ablated, whole), {})
