"""Every kind of protocol by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.actor_load.actor_load import ActorLoad
from sim.protocols.attractor.attractor import Attractor
from sim.protocols.attractor.integrated.kuramoto import Kuramoto
from sim.protocols.averaging import Averaging
from sim.protocols.broadcast.broadcast import Broadcast
from sim.protocols.cache import Cache
from sim.protocols.clock_averaging import ClockAveraging
from sim.protocols.coordinator.coordinator import Coordinator
from sim.protocols.fan_out.fan_out import FanOut
from sim.protocols.gossip.gossip import Gossip
from sim.protocols.lease.lease import Lease
from sim.protocols.phase_agreement.coordinated import PhaseCoordinator
from sim.protocols.phase_agreement.replicated import PhaseRaft
from sim.protocols.pipeline.pipeline import Pipeline
from sim.protocols.primary_backup.primary_backup import PrimaryBackup
from sim.protocols.quorum.quorum import Quorum
from sim.protocols.raft.raft import Raft
from sim.protocols.restart_herd.restart_herd import RestartHerd
from sim.protocols.sharded_store.sharded_store import ShardedStore
from sim.protocols.shared_state.shared_state import SharedState
from sim.protocols.sir import Sir
from sim.protocols.task_server.task_server import TaskServer
from sim.protocols.timetable.timetable import Timetable
from sim.protocols.trading.trading import Trading
from sim.protocols.voter import Voter
from sim.protocols.worker_pool.worker_pool import WorkerPool


@dataclass(frozen=True, slots=True)
class ProtocolKind:
    """One kind: the model of its options, the class that every node runs, and what it is in one line."""

    config: type[ProtocolConfig]
    protocol: type[Protocol]
    description: str


_KINDS: Final[tuple[tuple[type[Protocol], str], ...]] = (
    (Gossip, "rumours by push, pull or both, with stop rules; anti-entropy over versioned keys with deletions"),
    (Raft, "consensus by a leader's replicated log, with elections, members that change, snapshots and sessions"),
    (Coordinator, "one server holds the store and answers, replaced without agreement where failover is on"),
    (PrimaryBackup, "a primary with a lease answers when a majority of backups holds it; views follow each other"),
    (Quorum, "registers on all nodes, read and written by quorums, with hedged requests"),
    (FanOut, "calls that ask many leaves at once, with hedged requests, retries and answers that suffice"),
    (Trading, "market analysers, a risk manager with a standby, an execution engine; a limit that is never passed"),
    (Attractor, "phase oscillators that pull one another into a common state, by messages"),
    (Kuramoto, "phase oscillators on the topology, integrated in steps: lag, delay, noise, links that learn"),
    (Averaging, "pairs of nodes take the mean of their values, until all hold the mean of all"),
    (ClockAveraging, "nodes correct their clocks by the mean of how far all are apart"),
    (ActorLoad, "actors that do one thing again and again, to see what it costs"),
    (Cache, "agents keep what they look up in their node's memory, as its limits and its eviction allow"),
    (Lease, "holders compete for leases of resources with fencing tokens, by one authority or a group of Raft"),
    (ShardedStore, "a store whose keys are shared out by consistent hashing over members that join and leave"),
    (Sir, "an epidemic: susceptible, infective, removed"),
    (TaskServer, "nodes carry out jobs on their cores, as their scheduler decides"),
    (Timetable, "agents act by the clock, by chance, or in slots of a central scheduler"),
    (PhaseCoordinator, "a coordinator tells all its phase and period, replaced without agreement where failover is on"),
    (PhaseRaft, "servers of Raft follow the phase and period that their log agrees on"),
    (SharedState, "threads on cores share a mutex, an atomic, a channel, a read-copy-update or cache lines"),
    (Broadcast, "broadcasts by gossip, tree or flooding; repaired; in no order, fifo, causal or total order"),
    (WorkerPool, "agents in chunks over worker threads, with a barrier after each step, and listeners"),
    (Pipeline, "items go from sources through stages of actors to a sink, with bounded mailboxes"),
    (RestartHerd, "supervised workers fail together, and load their state from one store"),
    (Voter, "nodes take over opinions of random neighbours until all agree"),
)

PROTOCOLS: Final[dict[str, ProtocolKind]] = {
    protocol.name(): ProtocolKind(protocol.Config, protocol, description) for protocol, description in _KINDS
}
