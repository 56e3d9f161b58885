"""A central coordinator: one server holds the store and answers, the others send clients to it.

Without failover that is node 0 for ever, and its store on its disk survives its crash; its compare-and-swap serves as a
lock server. With failover the others are standbys in the order of their numbers, behind the coordinator of their epoch:
it copies its commands to them *after* it has answered, and the n-th of them takes over after n timeouts without a
heartbeat. No one agrees to that. So what was answered and not yet copied is lost with the coordinator, and a partition
makes two of them, of which the lesser epoch gives up its state when they meet again. The coordinator of epoch e is
server e modulo n: who takes over begins the next epoch of its own, so that no two have the same.

Record: `role` (role, term: the epoch, leader, cause), at the start and at each change.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from sim.convergence import Agreement, Convergence
from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.coordinator.messages import PAYLOADS, Copy, Heartbeat, State, StateWanted
from sim.protocols.store_of_clients import StoreOfClients
from sim.roles import Roles
from sim.units import PositiveDuration
from sim.workloads.request import ClientRequest, Reply

if TYPE_CHECKING:
    from sim.message import Message

HEARTBEAT: Final = "heartbeat"
TAKEOVER: Final = "takeover"
STORE: Final = "store"
"""The name in stable storage of the epoch and the store."""


class CoordinatorConfig(ProtocolConfig):
    """Options of a coordinator; times are nanoseconds."""

    kind: Literal["coordinator"] = "coordinator"
    failover: bool = Field(default=False, description="standbys take over, in order, without agreement")
    heartbeat: PositiveDuration = Field(
        default=50_000_000, description="time between the coordinator's heartbeats to its standbys"
    )
    takeover_timeout: PositiveDuration = Field(
        default=200_000_000, description="silence after which the first standby takes over; the n-th waits n times it"
    )
    state_machine: Literal["key-value", "bank"] = Field(default="key-value", description="what commands act on")


class Coordinator(Protocol):
    """A server: coordinator, or one of the others, which obeys `coordinator`; None where it does not know of one."""

    Config = CoordinatorConfig
    config: CoordinatorConfig
    convergence: ClassVar[Convergence | None] = Agreement("role", "leader")
    roles: ClassVar[Roles | None] = Roles(initial="follower", record="role", names=("leader",))
    payloads = PAYLOADS
    records: ClassVar[tuple[str, ...] | None] = ("role",)

    def __init__(self) -> None:
        self.store = StoreOfClients(self.config.state_machine)
        self.epoch = 0
        self.coordinator: int | None = 0
        self.outdated = False

    @property
    def leads(self) -> bool:
        """Whether it takes itself for the coordinator."""
        return self.coordinator == self.node.id

    # Life.

    def on_start(self) -> None:
        if self.leads:
            self._keep()
        self._obey(self.epoch, "start")

    def on_restart(self) -> None:
        """Go on with what is on the disk; with failover as a standby, for another may have taken over."""
        self.epoch, snapshot = self.node.storage.get(STORE, (0, None))
        self.coordinator = self.epoch % self.node.population
        if snapshot is not None:
            self.store.restore(snapshot)
        if self.leads and self.config.failover:
            # Behind all others: each of them has its turn before.
            self.coordinator = None
            self.node.record("role", role="follower", term=self.epoch, leader=None, cause="start")
            self.node.set_timer(TAKEOVER, self.config.takeover_timeout * self.node.population)
        else:
            self._obey(self.epoch, "start")

    def _keep(self) -> None:
        self.node.storage[STORE] = (self.epoch, self.store.snapshot())
        self.node.storage.sync()

    def _obey(self, epoch: int, cause: str) -> None:
        """Take the place that an epoch gives."""
        self.epoch = epoch
        self.coordinator = epoch % self.node.population
        role = "leader" if self.leads else "follower"
        self.node.record("role", role=role, term=epoch, leader=self.coordinator, cause=cause)
        if not self.config.failover:
            return
        if self.leads:
            self.node.cancel_timer(TAKEOVER)
            self._beat()
        else:
            self.node.cancel_timer(HEARTBEAT)
            self._wait()

    def _wait(self) -> None:
        rank = (self.node.id - self.epoch) % self.node.population
        self.node.set_timer(TAKEOVER, self.config.takeover_timeout * max(1, rank))

    def _beat(self) -> None:
        self._tell(Heartbeat(self.epoch, self.store.number))
        self.node.set_timer(HEARTBEAT, self.config.heartbeat)

    def _tell(self, payload: Any) -> None:
        for other in range(self.node.population):
            if other != self.node.id:
                self.node.send(other, payload)

    def on_timer(self, name: Hashable) -> None:
        if name == HEARTBEAT:
            self._beat()
            return
        self.outdated = False
        self.epoch += 1 + (self.node.id - self.epoch - 1) % self.node.population
        self._keep()
        self._obey(self.epoch, "timeout")

    # Clients.

    def on_request(self, request: Any) -> None:
        """Carry it out and answer at once, or say who does."""
        if not isinstance(request, ClientRequest):
            self.node.reply(request.client, Reply(request.client, request.sequence, "refused"))
        elif not self.leads:
            redirect = Reply(request.client, request.sequence, "redirect", leader=self.coordinator)
            self.node.reply(request.client, redirect)
        else:
            is_new = self.store.is_new(request)
            reply = self.store.answer(request)
            if is_new:
                self._keep()
            self.node.reply(request.client, reply)
            if is_new and self.config.failover:
                self._tell(Copy(self.epoch, self.store.number, request))

    # What servers tell each other.

    def on_message(self, message: Message) -> None:
        payload, source = message.payload, message.source
        if isinstance(payload, StateWanted):
            if self.leads:
                self.node.send(source, State(self.epoch, self.store.snapshot()))
            return
        if payload.epoch < self.epoch:
            return
        if payload.epoch > self.epoch:
            # What it holds may be of an epoch that has lost: only the whole state is sure to be the new one's.
            self.outdated = True
            self._obey(payload.epoch, "append")
        self._wait()
        if isinstance(payload, State):
            if self.outdated or payload.snapshot[0] >= self.store.number:
                self.outdated = False
                self.store.restore(payload.snapshot)
                self._keep()
        elif isinstance(payload, Heartbeat):
            if self.outdated or payload.number > self.store.number:
                self.node.send(source, StateWanted())
        elif not self.outdated and payload.number == self.store.number + 1:
            self.store.answer(payload.request)
            self._keep()
