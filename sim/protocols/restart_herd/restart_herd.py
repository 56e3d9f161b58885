"""A thundering herd of restarts: many supervised workers fail together, and load their state from one store.

Node 0 has the store, an actor that answers one request after the other. Each other node has a supervisor with its
workers. At `upset_at` all workers fail; started again they ask the store for their state, and one that has not got it
in time fails once more. Where all come at once, most give up before their turn; what the store then does for them is
in vain, and they ask anew: the store is busy with work for those who are gone, and stays so after what began it is over
(a metastable failure: Bronson, Aghayev, Charapko and Zhu, HotOS 2021). Restarts that wait by chance or in turn
(`runtime.supervision.delay`) keep the store within what it can do.

Records: `state-lost` (worker) and `state-loaded` (worker, took: ns since it was started again, at the end of which it
has its state), `load-served` (worker), and those of the actor runtime.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from sim.convergence import Completion, Convergence
from sim.protocol import ProtocolConfig
from sim.runtime.actor import Actor, Effect
from sim.runtime.actor_protocol import RUNTIME_RECORDS, ActorConfig, ActorProtocol
from sim.runtime.config import RestartDelay, RuntimeConfig, SupervisionConfig
from sim.runtime.failure import ActorFailure
from sim.runtime.reference import Reference
from sim.units import MILLISECOND, SECOND, Duration, PositiveDuration, Size
from topologies.errors import InputError

STORE = Reference(0, "store")
ENDLESS = SupervisionConfig(intensity=10**9, delay=RestartDelay())
"""Supervisors that never give up."""


class RestartHerdConfig(ActorConfig):
    """Options of workers that restart; times are nanoseconds."""

    kind: Literal["restart-herd"] = "restart-herd"
    workers: int = Field(default=50, ge=1, le=100_000, description="workers on each node but that of the store")
    upset_at: Duration = Field(default=SECOND, description="when all workers fail")
    load_time: Duration = Field(default=5 * MILLISECOND, description="time of the store for each request")
    state_size: Size = Field(default=64_000, description="size of a worker's state")
    patience: PositiveDuration = Field(default=200 * MILLISECOND, description="time in which a worker wants its state")
    runtime: RuntimeConfig = Field(
        default=RuntimeConfig(supervision=ENDLESS), description="mailboxes, costs, supervision and transport"
    )

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where there is no node for workers."""
        if population < 2:
            raise InputError("found 1 node, that of the store; expected at least one more, for workers")


@dataclass(frozen=True, slots=True)
class Load:
    """Give me my state."""

    worker: str


@dataclass(frozen=True, slots=True)
class Upset:
    """What every worker fails at."""


class Store(Actor):
    """Answers one request after the other, each after its time."""

    config: RestartHerdConfig

    def run(self) -> Effect[None]:
        while True:
            envelope = yield from self.receive(Load)
            assert envelope is not None
            yield from self.sleep(self.config.load_time)
            self.record("load-served", worker=envelope.payload.worker)
            yield from self.reply(envelope, "state", self.config.state_size)


class Worker(Actor):
    """Has its state in its first life, and needs it from the store in every other one."""

    config: RestartHerdConfig

    def __init__(self, lost: dict[str, int]) -> None:
        self.lost = lost

    def run(self) -> Effect[None]:
        name = str(self.me)
        if name in self.lost:
            state = yield from self.ask(STORE, Load(name), timeout=self.config.patience)
            if state is None:
                raise ActorFailure("no-state")
            self.record("state-loaded", worker=name, took=self.elapsed - self.lost.pop(name))
        yield from self.receive(Upset)
        self.lost[name] = self.elapsed
        self.record("state-lost", worker=name)
        raise ActorFailure("upset")


class Supervisor(Actor):
    """Starts its workers, and upsets them all at the same time."""

    config: RestartHerdConfig

    def run(self) -> Effect[None]:
        lost: dict[str, int] = {}
        workers: list[Reference] = []
        for number in range(self.config.workers):
            worker = yield from self.spawn(Worker, lost, name=f"worker-{number}", restart="permanent")
            workers.append(worker)
        early = self.config.upset_at - self.now
        if early >= 0:
            yield from self.sleep(early)
            for worker in workers:
                yield from self.signal(worker, Upset())
        yield from self.receive(Upset)


class RestartHerd(ActorProtocol):
    """A node: the store, or a supervisor with its workers."""

    Config: ClassVar[type[ProtocolConfig]] = RestartHerdConfig
    config: RestartHerdConfig
    records: ClassVar[tuple[str, ...] | None] = ("state-lost", "state-loaded", "load-served", *RUNTIME_RECORDS)
    convergence: ClassVar[Convergence | None] = Completion(begin="state-lost", end="state-loaded")

    def begin(self) -> None:
        if self.node.id == STORE.node:
            self.runtime.spawn(Store, name=STORE.name)
        else:
            self.runtime.spawn(Supervisor, name="supervisor")
