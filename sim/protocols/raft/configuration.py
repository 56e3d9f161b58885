"""Who is a member of the cluster, and what a majority is (dissertation, chapter 4)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Configuration:
    """The servers of a cluster. `voters` elect and commit, `learners` only hear (section 4.2.1).

    `old` are the voters before, where this is the joint configuration of section 4.3: then both need a majority.
    """

    voters: tuple[int, ...]
    learners: tuple[int, ...] = ()
    old: tuple[int, ...] = field(default=())

    @cached_property
    def electorate(self) -> frozenset[int]:
        """All who vote."""
        return frozenset(self.voters) | frozenset(self.old)

    @cached_property
    def members(self) -> tuple[int, ...]:
        """All to whom the leader sends its log, in ascending order."""
        return tuple(sorted(self.electorate | frozenset(self.learners)))

    @property
    def is_joint(self) -> bool:
        """Whether two majorities are needed."""
        return bool(self.old)

    def is_majority(self, servers: Collection[int]) -> bool:
        """Whether these servers are a majority: in a joint configuration, one of the old and one of the new voters."""
        return _more_than_half(self.voters, servers) and (not self.old or _more_than_half(self.old, servers))

    def reached(self, value_of: Callable[[int], int]) -> int:
        """The largest value that a majority has reached, where `value_of` tells what a server has reached."""
        voters = self.voters
        if not voters:
            return 0
        reached = sorted(map(value_of, voters))[(len(voters) - 1) >> 1]
        if self.old:
            reached = min(reached, sorted(map(value_of, self.old))[(len(self.old) - 1) >> 1])
        return reached


def _more_than_half(voters: tuple[int, ...], servers: Collection[int]) -> bool:
    return 2 * sum(voter in servers for voter in voters) > len(voters)
