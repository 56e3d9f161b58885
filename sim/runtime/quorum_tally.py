"""Counts the answers of the members of a quorum (Gifford, "Weighted voting for replicated data", SOSP 1979)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

Verdict = Literal["open", "reached", "unreachable"]


class QuorumTally:
    """Who of the members answered, and whether their votes are enough.

    Each member has one vote, or as many as `votes` says; only its first answer counts. A member that refuses will not
    answer. The outcome is decided once: `late` counts what comes afterwards, `repeated` what a member says again.
    """

    __slots__ = ("_missing", "answers", "late", "members", "refused", "repeated", "threshold", "verdict", "votes")

    def __init__(self, members: Sequence[Any], threshold: int, votes: Sequence[int] | None = None) -> None:
        assert len(set(members)) == len(members), "a member twice"
        assert votes is None or len(votes) == len(members)
        self.members = tuple(members)
        self.votes = dict(zip(members, votes or [1] * len(members), strict=True))
        self.threshold = threshold
        self.answers: dict[Any, Any] = {}
        self.refused: set[Any] = set()
        self.late = self.repeated = 0
        self._missing = threshold
        self.verdict: Verdict = "open"
        self._decide()

    def answer(self, member: Any, value: Any) -> bool:
        """Take an answer; whether it counted."""
        if self._is_new(member):
            self.answers[member] = value
            self._missing -= self.votes[member]
            self._decide()
            return True
        return False

    def refuse(self, member: Any) -> bool:
        """Take it that the member will not answer; whether that is news."""
        if self._is_new(member):
            self.refused.add(member)
            self._decide()
            return True
        return False

    def _is_new(self, member: Any) -> bool:
        assert member in self.votes, f"{member!r} is no member"
        if member in self.answers or member in self.refused:
            self.repeated += 1
        elif self.verdict != "open":
            self.late += 1
        else:
            return True
        return False

    def _decide(self) -> None:
        if self._missing <= 0:
            self.verdict = "reached"
        elif self._missing > sum(self.votes[member] for member in self.silent):
            self.verdict = "unreachable"

    @property
    def silent(self) -> list[Any]:
        """Members of whom nothing was heard, in their order."""
        return [member for member in self.members if member not in self.answers and member not in self.refused]


def intersect(members: int, reads: int, writes: int) -> bool:
    """Whether every quorum of reads meets every quorum of writes: R + W > N."""
    return reads + writes > members


def order_writes(members: int, writes: int) -> bool:
    """Whether every two quorums of writes meet, so that versions are not given twice: 2 W > N."""
    return 2 * writes > members
