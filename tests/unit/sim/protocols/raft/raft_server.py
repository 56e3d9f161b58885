"""One server of Raft without a simulation around it, and small clusters with one."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from sim.message import Message
from sim.network.config import NetworkConfig
from sim.network.latency import ConstantLatency
from sim.protocol import Protocol
from sim.protocols.raft.config import RaftConfig
from sim.protocols.raft.messages import Entry
from sim.protocols.raft.raft import Raft
from sim.randomness import Stream
from sim.simulation import Simulation
from sim.storage import Storage
from sim.workloads.operation import Operation
from sim.workloads.request import ClientRequest, Reply
from topologies.registry import TOPOLOGIES

MILLISECOND = 1_000_000
SECOND = 1_000_000_000


class Bench:
    """A node that keeps what its protocol sends, sets and records. `elapsed` is moved by the test."""

    def __init__(self, number: int = 0, population: int = 5, storage: Storage | None = None) -> None:
        self.id = number
        self.population = population
        self.neighbors = tuple(other for other in range(population) if other != number)
        self.random = Stream(number + 1)
        self.storage = Storage() if storage is None else storage
        self.generation = 0
        self.elapsed = 0
        self.clock = None
        self.sent: list[tuple[int, Any]] = []
        self.timers: dict[Hashable, int] = {}
        self.records: list[tuple[str, dict[str, Any]]] = []
        self.replies: list[Reply] = []

    def send(self, destination: int, payload: Any, size: int = 0) -> None:
        """Keep what is sent."""
        self.sent.append((destination, payload))

    @property
    def now(self) -> int:
        """The clock that nobody has set."""
        return self.elapsed

    def set_timer(self, name: Hashable, delay: int) -> None:
        """Keep when a timer is due."""
        self.timers[name] = self.elapsed + delay

    def cancel_timer(self, name: Hashable) -> None:
        """Forget a timer."""
        self.timers.pop(name, None)

    def record(self, kind: str, **fields: Any) -> None:
        """Keep a record."""
        self.records.append((kind, fields))

    def reply(self, client: int, reply: Reply) -> None:
        """Keep an answer to a client."""
        self.replies.append(reply)

    def take(self) -> list[tuple[int, Any]]:
        """What was sent since the last call."""
        sent, self.sent = self.sent, []
        return sent


def server(bench: Bench | None = None, **options: Any) -> tuple[Raft, Bench]:
    """A server that has started, or restarted with what is on its disk, and its node."""
    bench = Bench() if bench is None else bench
    raft = Raft.on(bench, RaftConfig(**options))  # type: ignore[arg-type]
    if len(bench.storage):
        raft.on_restart()
    else:
        raft.on_start()
    return raft, bench


def hear(server: Protocol, source: int, payload: Any) -> None:
    """Have a message arrive."""
    server.on_message(Message(source, server.node.id, payload, 0, 0, 0))


def due(server: Protocol, bench: Bench, name: Hashable) -> None:
    """Let time pass until a timer is due."""
    bench.elapsed = max(bench.elapsed, bench.timers.pop(name))
    server.on_timer(name)


def entry(term: int, number: int = 0) -> Entry:
    """An entry that puts a value."""
    request = ClientRequest(1, number + 1, number + 1, Operation("put", "x", str(number)))
    return Entry(term, request, f"1.{number + 1}")


def write(client: int, sequence: int, value: str = "v", key: str = "x") -> ClientRequest:
    """A client's request to put a value."""
    return ClientRequest(client, sequence, sequence, Operation("put", key, value))


def read(client: int, sequence: int, key: str = "x") -> ClientRequest:
    """A client's request to read a key."""
    return ClientRequest(client, sequence, sequence, Operation("get", key))


def cluster(nodes: int = 5, seed: int = 1, latency: int = MILLISECOND, **options: Any) -> Simulation:
    """A cluster with a constant latency, whose replies to clients are kept in `replies` of the network."""
    topology = TOPOLOGIES["mesh"].config.model_validate({"kind": "mesh", "nodes": nodes}).build(1)
    network = NetworkConfig(latency=ConstantLatency(value=latency))
    return Simulation(topology, Raft, RaftConfig(**options), network=network, seed=seed)


def servers(simulation: Simulation) -> list[Raft]:
    """The protocols of all nodes."""
    return [node.protocol for node in simulation.nodes]  # type: ignore[misc]


def leader_of(simulation: Simulation) -> Raft:
    """The leader with the highest term among the nodes that are up."""
    leaders = [
        raft for raft in servers(simulation) if raft.role == "leader" and simulation.nodes[raft.node.id].life == "up"
    ]
    return max(leaders, key=lambda raft: raft.term)


def answers(simulation: Simulation) -> list[Reply]:
    """Have the replies to clients kept; gives the list that will hold them."""
    replies: list[Reply] = []
    simulation.network.clients = lambda node, reply: replies.append(reply)
    return replies


def running(seconds: int = 1, **options: Any) -> tuple[Simulation, Raft, list[Any]]:
    """A cluster that has elected a leader, the leader, and the list of replies to clients."""
    simulation = cluster(**options)
    replies = answers(simulation)
    simulation.run(seconds * SECOND)
    return simulation, leader_of(simulation), replies


def ask(simulation: Simulation, raft: Raft, request: Any, time: int = SECOND) -> None:
    """Hand a request to a server and let time pass."""
    simulation.request(raft.node.id, request)
    simulation.run(simulation.now + time)
