"""Elections of leaders: how many, and how long a cluster was without one that it follows."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.node_life import AFTER, LIFE, UP

if TYPE_CHECKING:
    from sim.records import Record

Voters = tuple[frozenset[int], ...]
"""The sets of servers in each of which a majority is needed: two while the members change by joint consensus."""


@dataclass(slots=True)
class Election:
    """A leader, of a term, and who follows; since when (ns) there was no leader before."""

    leader: int
    term: int
    begun: int
    voters: Voters
    followers: set[int] = field(default_factory=set)
    by_majority: int | None = None


class Elections:
    """Follows the records of roles: who leads whom, in which term.

    An election begins when the leader crashes, pauses or steps back, the first with the run; where the leader goes on
    unheard, when the winner has last followed anyone. It is won when one becomes leader, and over when a majority of
    the voters follow the winner in its term, itself included, and when all voters do that are up. One that no majority
    came to follow goes on in the next.
    """

    kinds = frozenset(("role", "configuration", *LIFE))

    def __init__(self, population: int) -> None:
        self.leaders = 0
        self.largest_term = 0
        self.longest_without = 0
        self.leaderless = 0
        self.won_times = array("q")
        """How long each election took until it was won, in nanoseconds; until a majority followed; until all did."""
        self.majority_times = array("q")
        self.all_times = array("q")
        self._all = (frozenset(range(population)),)
        self._up = [True] * population
        self._alone_since: list[int | None] = [0] * population
        self._voters: dict[int, Voters] = {}
        self._begun_terms: set[int] = set()
        self._led_terms: set[int] = set()
        self.last_elected_at: int | None = None
        """When the server that has led last had its votes, in nanoseconds."""
        self._last_led = -1
        """The latest term with a leader; some protocols begin in term 0 with one."""
        self._latest: Election | None = None
        self._open: Election | None = None
        self._lost_at: int | None = 0

    def observe(self, record: Record) -> None:
        """Take a change of role, of the members, or of a node's life."""
        assert record.node is not None
        if record.kind == "role":
            if record.fields.get("term") is not None:
                self._role(record.time, record.node, **record.fields)
        elif record.kind == "configuration":
            voters, old = frozenset(record.fields["voters"]), frozenset(record.fields["old"])
            self._voters[record.node] = (voters, old) if old else (voters,)
        else:
            self._live(record.time, record.node, AFTER[record.kind] == UP, record.kind)

    def _role(self, time: int, node: int, role: str, term: int, leader: int | None, **_: object) -> None:
        self.largest_term = max(self.largest_term, term)
        if role == "candidate":
            self._begun_terms.add(term)
        latest = self._latest
        if role == "leader":
            self._elected(time, node, term)
        elif latest is not None and node == latest.leader and self._lost_at is None:
            self._lost_at = time
        follows = role == "leader" or leader not in (None, node)
        if not follows:
            if self._alone_since[node] is None:
                self._alone_since[node] = time
        else:
            self._alone_since[node] = None
        if self._open is not None:
            if follows and (leader, term) == (self._open.leader, self._open.term):
                self._open.followers.add(node)
            else:
                self._open.followers.discard(node)
            self._look(time, self._open)

    def _elected(self, time: int, node: int, term: int) -> None:
        if term not in self._led_terms:
            self.leaders += 1
            self._led_terms.add(term)
        if term <= self._last_led:
            if self._latest is not None and (node, term) == (self._latest.leader, self._latest.term):
                self._goes_on(time)
            return
        self.longest_without = max(self.longest_without, term - max(self._last_led, 0) - 1)
        self._last_led = term
        alone = self._alone_since[node]
        begun = time if alone is None else alone
        if self._open is not None and self._open.by_majority is None:
            begun = self._open.begun
        elif self._lost_at is not None:
            begun = self._lost_at
        self._lost_at = None
        self.won_times.append(time - begun)
        self.last_elected_at = time
        self._latest = self._open = Election(node, term, begun, self._voters.get(node, self._all))

    def _live(self, time: int, node: int, up: bool, kind: str) -> None:
        self._up[node] = up
        leads = self._latest is not None and self._latest.leader == node
        if leads and not up and self._lost_at is None:
            self._lost_at = time
        elif leads and kind == "resumed":
            self._goes_on(time)
        if not up and kind != "paused":
            self._alone_since[node] = None
            if self._open is not None:
                self._open.followers.discard(node)
        if self._open is not None:
            self._look(time, self._open)

    def _goes_on(self, time: int) -> None:
        """The latest leader is there again, and nobody has taken its place."""
        if self._lost_at is None:
            return
        if self._open is None or self._open.by_majority is not None:
            self.leaderless += time - self._lost_at
        self._lost_at = None

    def _look(self, time: int, election: Election) -> None:
        """Note whether it is over; it is not while its leader is none any more."""
        if self._lost_at is not None:
            if election.by_majority is not None:
                self._open = None
            return
        followers = election.followers
        if election.by_majority is None:
            if any(2 * len(followers & voters) <= len(voters) for voters in election.voters):
                return
            election.by_majority = time
            self.leaderless += time - election.begun
            self.majority_times.append(time - election.begun)
        if all(voter in followers or not self._up[voter] for voters in election.voters for voter in voters):
            self.all_times.append(time - election.begun)
            self._open = None

    def finish(self, end: int) -> None:
        """Take the time at which the run ended, in nanoseconds."""
        self.longest_without = max(self.longest_without, sum(term > self._last_led for term in self._begun_terms))
        if self._open is not None and self._open.by_majority is None:
            self.leaderless += end - self._open.begun
        elif self._lost_at is not None:
            self.leaderless += end - self._lost_at

    @property
    def last_won(self) -> int | None:
        """How long the last election took until the winner had its votes; None while it goes on, or there was none."""
        return self.won_times[-1] if self.won_times and self._lost_at is None else None

    @property
    def last_by_majority(self) -> int | None:
        """The same, until a majority followed."""
        over = self._lost_at is None and (self._open is None or self._open.by_majority is not None)
        return self.majority_times[-1] if self.majority_times and over else None

    @property
    def last_by_all(self) -> int | None:
        """The same, until all that were up followed."""
        over = self._lost_at is None and self._open is None
        return self.all_times[-1] if self.all_times and over else None

    @property
    def begun(self) -> int:
        """Terms in which a server stood for election."""
        return len(self._begun_terms)

    @property
    def split(self) -> int:
        """Terms in which one stood for election, and none was elected, before another term began."""
        return sum(term < self.largest_term for term in self._begun_terms - self._led_terms)
