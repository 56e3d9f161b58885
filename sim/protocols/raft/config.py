"""The options of Raft."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.network.latency import Latency
from sim.protocol import ProtocolConfig
from sim.units import PositiveDuration, Size, format_duration
from topologies.errors import InputError
from topologies.topology import MOST_NODES

Safeguard = Literal[
    "commit-rule",
    "log-up-to-date",
    "vote-persistence",
    "leader-no-op",
    "pre-vote",
    "session-table",
    "lease-drift-bound",
]


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Node = Annotated[int, Field(ge=0, lt=MOST_NODES)]
Nodes = Annotated[tuple[Node, ...], BeforeValidator(_tuple_of_list)]
Numbers = Annotated[tuple[Annotated[int, Field(ge=0, le=1_000_000)], ...], BeforeValidator(_tuple_of_list)]
Range = Annotated[tuple[PositiveDuration, PositiveDuration], BeforeValidator(_tuple_of_list)]

_NEEDS: Final[dict[str, tuple[str, Any, str]]] = {
    "pre-vote": ("pre_vote", True, "there is no pre-vote; set pre_vote: true"),
    "session-table": ("sessions", True, "there are no sessions; leave sessions at true"),
    "lease-drift-bound": ("reads", "lease", "no lease is held; set reads: lease"),
    "leader-no-op": ("membership", "single-server", "only the change of single servers needs it; set membership"),
}
"""What must be in force for a safeguard to be there."""


class RaftConfig(ProtocolConfig):
    """Options of Raft; times are nanoseconds. Sections are those of Ongaro's dissertation.

    Where it names no default, extensions are off, and the log is replicated by one AppendEntries at a time to each
    follower.
    """

    kind: Literal["raft"] = "raft"
    election_timeout: Range = Field(
        default=(150_000_000, 300_000_000),
        description="from what range a server draws the time without a leader after which it starts an election (3.4)",
    )
    heartbeat: PositiveDuration = Field(
        default=50_000_000, description="time between the leader's broadcasts to those that heard nothing else (3.4)"
    )
    servers: Annotated[int, Field(ge=1, le=MOST_NODES)] | None = Field(
        default=None, description="how many nodes, the first ones, are voters at the start; all when left out"
    )
    learners: Nodes = Field(default=(), description="nodes that do not vote at the start and only hear (4.2.1)")
    batch: int = Field(default=64, ge=1, description="most entries in one AppendEntries (10.2.2)")
    pipeline: int = Field(
        default=1, ge=1, description="AppendEntries with entries under way to a follower at once (10.2.2)"
    )
    entry_size: Size = Field(default=0, description="bytes of an entry, for links with a bandwidth; 0: no sizes")
    sync: Latency | None = Field(
        default=None, description="time of a write to stable storage, which many entries share; none when left out"
    )
    sync_vote: Latency | None = Field(default=None, description="the same where a vote is granted; as sync by default")
    sync_candidacy: Latency | None = Field(
        default=None, description="the same where a candidate votes for itself; as sync by default"
    )
    pre_vote: bool = Field(default=False, description="ask whether an election can be won before it is begun (9.6)")
    check_quorum: bool = Field(
        default=False, description="a leader steps down that has not heard a majority for an election timeout (6.2)"
    )
    stickiness: bool = Field(
        default=False, description="no vote within the least election timeout of hearing from a leader (4.2.3)"
    )
    reads: Literal["read-index", "lease", "log"] = Field(
        default="read-index",
        description="how reads are made safe: by a round of heartbeats, by the leader's lease, or as entries (6.4)",
    )
    drift_bound: Annotated[float, Field(ge=1.0, le=10.0)] = Field(
        default=1.02, description="most that one clock runs faster than another, which shortens the lease (6.4.1)"
    )
    membership: Literal["single-server", "joint"] = Field(
        default="single-server", description="one server at a time (4.1), or by joint consensus (4.3)"
    )
    snapshot_every: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="entries after which the log is compacted into a snapshot (5.1); never when left out"
    )
    snapshot_chunk: Annotated[Size, Field(ge=1)] = Field(
        default=4096, description="bytes of a snapshot in one InstallSnapshot (5.3)"
    )
    sessions: bool = Field(
        default=True, description="carry out each client's command once, however often it comes (6.3)"
    )
    session_limit: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="sessions that are kept; the longest unused one expires (6.3); all when left out"
    )
    proposal_timeout: PositiveDuration = Field(
        default=10_000_000_000, description="time after which a leader no longer lets a client wait for a commit"
    )
    initial_leader: Node | None = Field(
        default=None,
        description="the server that leads in term 1 when the run begins, just heard by all; none as a rule",
    )
    initial_entries: Numbers = Field(
        default=(), description="entries of term 1 in the log of each server, by its number, when the run begins"
    )
    state_machine: Literal["key-value", "bank"] = Field(default="key-value", description="what commands act on")
    ablate: Annotated[tuple[Safeguard, ...], BeforeValidator(_tuple_of_list)] = Field(
        default=(), description="safeguards that are left out, to see what they are good for"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        least, most = self.election_timeout
        if least > most:
            found = f"found {format_duration(least)} to {format_duration(most)}"
            raise InputError(f"{found}; the least comes first", ("election_timeout",))
        if self.heartbeat >= least and least < most:
            found = f"found {format_duration(self.heartbeat)}, not below the least election_timeout"
            raise InputError(f"{found}, {format_duration(least)}; make it a fraction of that", ("heartbeat",))
        self._check_members()
        self._check_beginning()
        for place, name in enumerate(self.ablate):
            if name in self.ablate[:place]:
                raise InputError(f"found {name!r} a second time; name each safeguard once", ("ablate", place))
            option, needed, remedy = _NEEDS.get(name, ("kind", "raft", ""))
            if getattr(self, option) != needed:
                raise InputError(f"{name}: {remedy}", ("ablate", place))
        return self

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where members are beyond the last node, or none of the nodes votes."""
        if self.servers is not None and self.servers > population:
            expected = f"expected at most {population}, the nodes of the topology"
            raise InputError(f"found {self.servers}; {expected}", ("servers",))
        named: list[tuple[tuple[str | int, ...], int]]
        named = [(("learners", place), learner) for place, learner in enumerate(self.learners)]
        if self.initial_leader is not None:
            named.append((("initial_leader",), self.initial_leader))
        for path, node in named:
            if node >= population:
                found = f"found node {node} in a topology of {population} nodes"
                raise InputError(f"{found}; expected a number from 0 to {population - 1}", path)
        if len(self.learners) == population:
            raise InputError("found no node that votes; leave one out, so that there can be a leader", ("learners",))

    def _check_members(self) -> None:
        """A learner is named once, and is not among the nodes that are said to vote."""
        for place, learner in enumerate(self.learners):
            if learner in self.learners[:place]:
                raise InputError(f"found {learner} a second time; name each learner once", ("learners", place))
            if self.servers is not None and learner < self.servers:
                found = f"found {learner}, one of the first {self.servers} nodes, which vote by servers"
                raise InputError(f"{found}; name later nodes, or lower servers", ("learners", place))

    def _check_beginning(self) -> None:
        """A leader at the start has every entry of its term, and is a voter."""
        leader, entries = self.initial_leader, self.initial_entries
        if leader is None:
            return
        if leader in self.learners or (self.servers is not None and leader >= self.servers):
            raise InputError(f"found {leader}, which does not vote at the start; name a voter", ("initial_leader",))
        own, most = entries[leader] if leader < len(entries) else 0, max(entries, default=0)
        if own < most:
            found = f"found {most} entries at a server, and {own} at the leader of their term, {leader}"
            raise InputError(f"{found}; it made them, so give it the most", ("initial_entries",))

    @property
    def sticky(self) -> bool:
        """Whether votes are refused beside a living leader: leases rest on it."""
        return self.stickiness or self.reads == "lease"
