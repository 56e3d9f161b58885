"""Raft: one server's state, its role, and what it does with what comes to it (dissertation, chapter 3).

The rules are in the modules beside this one, each named for its part of the dissertation: `election`, `replication`,
`clients`, `reads`, `membership`, `snapshots`, `transfer`. What a safeguard is made of is a method here, so that an
ablation can take it away.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from sim.convergence import Agreement, Convergence
from sim.protocol import Protocol
from sim.protocols.raft import (
    beginning,
    clients,
    election,
    following,
    membership,
    reads,
    replication,
    snapshots,
    transfer,
)
from sim.protocols.raft.config import RaftConfig
from sim.protocols.raft.configuration import Configuration
from sim.protocols.raft.journal import SYNC, Journal
from sim.protocols.raft.log import Log
from sim.protocols.raft.messages import (
    Appended,
    AppendEntries,
    Entry,
    InstallSnapshot,
    RequestVote,
    Snapshot,
    SnapshotInstalled,
    TimeoutNow,
    Vote,
)
from sim.protocols.raft.sessions import Sessions
from sim.roles import Roles
from sim.state_machines.registry import STATE_MACHINES
from sim.workloads.request import ChangeRequest, ClientRequest, TransferRequest

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node
    from sim.protocol import ProtocolConfig
    from sim.protocols.raft.replication import Progress

VOTE: Final = "vote"
"""The name in stable storage of the current term and whom the server voted for in it."""
SNAPSHOT: Final = "snapshot"
"""The name in stable storage of the newest snapshot."""
ELECTION: Final = "election"
HEARTBEAT: Final = "heartbeat"
"""Names of timers."""


def place_of(index: int) -> str:
    """The name in stable storage of an entry."""
    return f"log/{index}"


class Raft(Protocol):
    """A server. Attributes are named as in the dissertation's figure 3.1, spelled out.

    `applied` equals `commit_index`: what is committed is applied at once. `term` and `voted_for` are in memory, and on
    the disk, as `durable` has them, before the server answers anything that rests on them.
    """

    Config = RaftConfig
    config: RaftConfig
    convergence: ClassVar[Convergence | None] = Agreement("role", "leader")
    roles: ClassVar[Roles | None] = Roles(
        initial="follower",
        record="role",
        names=("pre-candidate", "candidate", "leader", "learner", "non-member"),
    )
    replicates_log = True
    payloads: ClassVar[tuple[type, ...] | None] = (
        RequestVote,
        Vote,
        AppendEntries,
        Appended,
        InstallSnapshot,
        SnapshotInstalled,
        TimeoutNow,
    )
    records: ClassVar[tuple[str, ...] | None] = (
        "role",
        "voted",
        "appended",
        "truncated",
        "committed",
        "snapshot",
        "recovered",
        "configuration",
        "transfer",
    )

    @classmethod
    def on(cls, node: Node, config: ProtocolConfig | None = None) -> Self:
        """An instance on a node, without the safeguards that the options ablate."""
        ablated = getattr(config, "ablate", ())
        if not ablated:
            return super().on(node, config)
        from sim.protocols.raft.ablations import without

        return super(Raft, without(cls, ablated)).on(node, config)  # type: ignore[arg-type, return-value]

    def __init__(self) -> None:
        config = self.config
        self.journal = Journal(self.node, config)
        self.term = 0
        self.voted_for: int | None = None
        self.durable: tuple[int, int | None] = (0, None)
        self.log = Log()
        self.commit_index = 0
        self.machine: Any = STATE_MACHINES[config.state_machine]()
        self.sessions = Sessions(config.session_limit)
        self.snapshot: Snapshot | None = None
        self.configurations: list[tuple[int, Configuration]] = []
        self.role = "follower"
        self.leader: int | None = None
        self.awaits_membership = False
        # Of any server.
        self.heard_at: int | None = None
        self.timeout = 0
        self.quiet_since = 0
        self.incoming: snapshots.Incoming | None = None
        self.installs = False
        # Of a candidate.
        self.votes: set[int] = set()
        self.heard_votes: set[int] = set()
        self.on_transfer = False
        # Of a leader.
        self.progress: dict[int, Progress] = {}
        self.durable_index = 0
        self.outgoing: AppendEntries | None = None
        self.round = 0
        self.reading = reads.Reading()
        self.awaiting: dict[tuple[int, int], int] = {}
        self.changes: list[membership.Change] = []
        self.handover: transfer.Handover | None = None

    # Life.

    def on_start(self) -> None:
        """A founding member of the cluster, one that restarts (section 3.8), or one without the disk that it had.

        The last may have voted and stored what it no longer knows: it is silent until a leader adds it anew.
        """
        population, config = self.node.population, self.config
        voters = range(population if config.servers is None else min(config.servers, population))
        founding = Configuration(
            tuple(voter for voter in voters if voter not in config.learners),
            tuple(learner for learner in config.learners if learner < population),
        )
        self.configurations = [(0, founding)]
        self.awaits_membership = self.node.generation > 0 and not len(self.node.storage)
        begins = self.node.generation == 0 and not len(self.node.storage)
        self._recover()
        if begins:
            beginning.begin(self)
        self.record_configuration()
        self.become(self.resting_role(), None, "start")
        self.wait_for_leader()
        if begins:
            beginning.take_roles(self)

    def on_restart(self) -> None:
        """A server with the disk that it had: it may have answered a leader just before it crashed, also with nothing
        stored, and a lease may rest on that (section 6.4.1).
        """
        self.on_start()
        if self.config.sticky:
            self.heard_at = self.node.elapsed

    def _recover(self) -> None:
        """Read what is on the disk."""
        storage = self.node.storage
        if VOTE in storage:
            self.term, self.voted_for = self.durable = storage[VOTE]
        if SNAPSHOT in storage:
            snapshots.adopt(self, storage[SNAPSHOT])
        entries: list[Entry] = []
        index = self.log.start + 1
        while place_of(index) in storage:
            entries.append(storage[place_of(index)])
            index += 1
        self.log = Log(self.log.start, self.log.start_term, entries)
        self.durable_index = self.log.last_index
        membership.scan(self)
        if len(storage):
            self.node.record(
                "recovered",
                start=self.log.start,
                start_term=self.log.start_term,
                terms=tuple([entry.term for entry in entries]),
                commands=tuple([entry.name for entry in entries]),
                term=self.term,
            )

    # Roles.

    @property
    def configuration(self) -> Configuration:
        """The newest configuration in the log, committed or not: a server always uses that one (section 4.1)."""
        return self.configurations[-1][1]

    def resting_role(self) -> str:
        """What a server is that neither leads nor stands for election."""
        configuration = self.configuration
        if self.awaits_membership:
            return "non-member"
        if self.node.id in configuration.electorate:
            return "follower"
        return "learner" if self.node.id in configuration.learners else "non-member"

    def become(self, role: str, leader: int | None, cause: str) -> None:
        """Take a role, following this leader; in the records where it is another than before."""
        self.role, self.leader = role, leader
        self.node.record("role", role=role, term=self.term, leader=leader, cause=cause)

    def follow(self, term: int, leader: int | None, cause: str) -> None:
        """Step back to the resting role, in a term that is the present one or a newer one (section 3.3)."""
        was = self.role
        if term > self.term:
            self.term, self.voted_for = term, None
        if was == "leader":
            replication.stop_leading(self)
        self.become(self.resting_role(), leader, cause)
        if was == "leader":
            self.wait_for_leader()  # the timer of a candidate goes on

    def heard_newer_term(self, term: int) -> None:
        """A message has told of a newer term: whatever leader there was is none any more (section 3.3)."""
        self.follow(term, None, "term")

    def wait_for_leader(self) -> None:
        """Draw the election timeout anew, and let it run from now (section 3.4)."""
        least, most = self.config.election_timeout
        self.timeout = least + self.node.random.below(most - least + 1)
        self.quiet_since = self.node.elapsed
        self.node.set_timer(ELECTION, self.timeout)

    def on_timer(self, name: Hashable) -> None:
        if name == HEARTBEAT:
            replication.beat(self)
        elif name == ELECTION:
            self._election_due()
        elif name == SYNC:
            self.journal.synced()
        elif name == election.ASK:
            election.ask_again(self)
        else:
            assert name == transfer.HANDOVER
            transfer.give_up(self)
            membership.proceed(self)

    def _election_due(self) -> None:
        """The time is over that was left when the timer was set; what was heard since has put it off."""
        left = self.quiet_since + self.timeout - self.node.elapsed
        if left > 0:
            self.node.set_timer(ELECTION, left)
        elif self.role != "leader":
            election.time_out(self)

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if self.awaits_membership and not getattr(payload, "joins", False):
            return
        ARRIVALS[payload.__class__](self, message.source, payload)

    def on_request(self, request: Any) -> None:
        REQUESTS[request.__class__](self, request)

    # Stable storage.

    def write_vote(self) -> None:
        """Have the term, and the vote in it, on the disk where it has others."""
        if self.durable != (self.term, self.voted_for):
            self.durable = (self.term, self.voted_for)
            self.node.storage[VOTE] = self.durable

    def keep_vote(self, then: Callable[[], None], candidacy: bool = False) -> None:
        """Have the vote durable before anyone hears of it (section 3.8)."""
        self.journal.write("candidacy" if candidacy else "vote", partial(self._kept_vote, self.term, then))

    def _kept_vote(self, term: int, then: Callable[[], None]) -> None:
        self.write_vote()
        self.node.storage.sync()
        if self.term == term:
            then()

    @property
    def has_kept_vote(self) -> bool:
        """Whether the vote of this term is durable."""
        return self.durable == (self.term, self.voted_for)

    # What makes Raft safe, each to be left out by an ablation.

    def is_up_to_date(self, last_term: int, last_index: int) -> bool:
        """Whether a candidate's log is as up to date as this one: a voter denies its vote otherwise (section 3.6.1)."""
        return (last_term, last_index) >= (self.log.last_term, self.log.last_index)

    def may_commit(self, index: int) -> bool:
        """Whether a majority is enough to commit an entry: only one of the leader's own term (section 3.6.2)."""
        return self.log.term_at(index) == self.term

    def may_change_membership(self) -> bool:
        """Whether an entry of the leader's own term is committed, as a change of one server needs (Ongaro 2015)."""
        return self.has_committed_in_term()

    @property
    def asks_before(self) -> bool:
        """Whether an election is begun only when a majority would vote for it (section 9.6)."""
        return self.config.pre_vote

    @property
    def has_sessions(self) -> bool:
        """Whether a command that comes again is not carried out again (section 6.3)."""
        return self.config.sessions

    def lease_length(self) -> int:
        """How long after a broadcast a leader knows by its own clock that there is no other (section 6.4.1)."""
        return int(self.config.election_timeout[0] / self.config.drift_bound)

    def has_committed_in_term(self) -> bool:
        """Whether the newest committed entry is of the present term."""
        return self.log.term_at(self.commit_index) == self.term

    def record_configuration(self) -> None:
        """Put into the records which configuration is in force here."""
        index, configuration = self.configurations[-1]
        self.node.record(
            "configuration",
            index=index,
            voters=configuration.voters,
            learners=configuration.learners,
            old=configuration.old,
        )


ARRIVALS: Final[dict[type, Callable[[Raft, int, Any], None]]] = {
    RequestVote: election.asked_for_vote,
    Vote: election.heard_vote,
    AppendEntries: following.heard_leader,
    Appended: replication.heard_answer,
    InstallSnapshot: snapshots.heard_snapshot,
    SnapshotInstalled: snapshots.heard_installed,
    TimeoutNow: transfer.told_to_take_over,
}
"""What is done with each kind of message."""
REQUESTS: Final[dict[type, Callable[[Raft, Any], None]]] = {
    ClientRequest: clients.asked,
    ChangeRequest: membership.asked_for_change,
    TransferRequest: transfer.asked,
}
"""What is done with each kind of request."""
