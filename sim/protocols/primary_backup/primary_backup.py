"""Primary and backups with views (Oki and Liskov, "Viewstamped Replication", PODC 1988) and a lease (Gray and Cheriton,
"Leases", SOSP 1989), which a majority grants.

The primary of view v is server v modulo n; a run begins in view 0. It numbers commands, sends them to all backups, and
answers, writes and reads alike, when a majority holds all that the answer rests on and its lease is in force. Each
message of a primary that a server takes is a grant: for `lease` on its own clock the server helps no other primary. The
primary counts its lease from when it *asked*, shortened by `drift_bound`, so that it ends first.

A backup whose grant has expired claims the next view of its own. Those whose grants have expired too promise, on their
disks, to take nothing of earlier views, and hand over what they hold. From a majority the claimant takes the state of
the latest view, of that the longest, copies it to the others, and serves as soon as a majority holds it. A server that
was away gets such a copy too.

It stays linearizable under crashes of any number of servers that keep their disks, partitions, and messages lost, late
or twice, while clocks drift within the bound; it makes progress while a majority is up and connected. Lying disks, and
clocks that drift beyond the bound, may break it.

Record: `role` (role, term: the view, leader, cause), at the start and at each change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from sim.convergence import Agreement, Convergence
from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.primary_backup.messages import PAYLOADS, Claim, Granted, Held, Renewal, State, StateWanted, Write
from sim.protocols.store_of_clients import StoreOfClients
from sim.roles import Roles
from sim.units import PositiveDuration
from sim.workloads.request import ClientRequest, Reply

if TYPE_CHECKING:
    from sim.message import Message

RENEWAL: Final = "renewal"
EXPIRY: Final = "expiry"
PROMISED: Final = "promised"
STORE: Final = "store"
"""Names in stable storage: of the view that is promised, and of the store with the view that it is from."""


class PrimaryBackupConfig(ProtocolConfig):
    """Options of primary and backups; times are nanoseconds."""

    kind: Literal["primary-backup"] = "primary-backup"
    lease: PositiveDuration = Field(
        default=200_000_000, description="time for which a server that grants the lease helps no other primary"
    )
    renewal: PositiveDuration = Field(default=50_000_000, description="time between the primary's renewals")
    drift_bound: Annotated[float, Field(ge=1.0, le=10.0)] = Field(
        default=1.02, description="most that one clock runs faster than another, which shortens the lease"
    )
    state_machine: Literal["key-value", "bank"] = Field(default="key-value", description="what commands act on")


class PrimaryBackup(Protocol):
    """A server. `view` is the latest that it promised, `held` the one that its store is from.

    `waiting` are a primary's answers that are not given yet, `early` a backup's commands, by number, that wait for
    those before them.
    """

    Config = PrimaryBackupConfig
    config: PrimaryBackupConfig
    convergence: ClassVar[Convergence | None] = Agreement("role", "leader")
    roles: ClassVar[Roles | None] = Roles(initial="follower", record="role", names=("candidate", "leader"))
    payloads = PAYLOADS
    records: ClassVar[tuple[str, ...] | None] = ("role",)

    def __init__(self) -> None:
        self.store = StoreOfClients(self.config.state_machine)
        self.view = self.held = 0
        self.granted_until = 0
        self.primary: int | None = None
        self.role = "follower"
        self.grants: dict[int, Granted] = {}
        self.holds: dict[int, int] = {}
        self.asked: dict[int, int] = {}
        self.waiting: deque[tuple[int, Reply]] = deque()
        self.early: dict[int, ClientRequest] = {}

    # Life.

    def on_start(self) -> None:
        """Begin in view 0; a server that begins anew without its disk may no longer lead it."""
        if self.node.id == 0 and not self.node.generation:
            self._become("leader", 0, "start")
            self._renew()
        else:
            self._become("follower", None, "start")
        self._grant()

    def on_restart(self) -> None:
        """What was granted before the crash may still be in force: wait for a whole lease."""
        self.view = self.node.storage.get(PROMISED, 0)
        self.held, snapshot = self.node.storage.get(STORE, (0, None))
        if snapshot is not None:
            self.store.restore(snapshot)
        self._become("follower", None, "start")
        self._grant()

    def _grant(self) -> None:
        """Help no other primary from now on for the time of a lease; some time after that claim it."""
        lease = self.config.lease
        self.granted_until = self.node.elapsed + lease
        self.node.set_timer(EXPIRY, lease + 1 + self.node.random.below(lease))

    def _promise(self, view: int) -> None:
        if view > self.view:
            self.view = self.node.storage[PROMISED] = view
            self.node.storage.sync()
            self.early.clear()

    def _keep(self) -> None:
        self.node.storage[STORE] = (self.held, self.store.snapshot())
        self.node.storage.sync()

    def _become(self, role: str, primary: int | None, cause: str) -> None:
        self.role, self.primary = role, primary
        if role != "leader":
            self.node.cancel_timer(RENEWAL)
            for _, reply in self.waiting:
                self.node.reply(reply.client, Reply(reply.client, reply.sequence, "timed-out"))
            self.waiting.clear()
        self.node.record("role", role=role, term=self.view, leader=primary, cause=cause)

    def _tell(self, payload: Any) -> None:
        for other in range(self.node.population):
            if other != self.node.id:
                self.node.send(other, payload)

    def _has_majority(self, count: int) -> bool:
        return 2 * count > self.node.population

    # Taking over.

    def on_timer(self, name: Hashable) -> None:
        if name == RENEWAL:
            self._renew()
        elif self.role == "leader":
            self._become("follower", None, "lease")
            self._grant()
        else:
            self._claim()

    def _claim(self) -> None:
        """Claim the first view of one's own after the present one."""
        number, population = self.node.id, self.node.population
        self._promise(self.view + 1 + (number - self.view - 1) % population)
        self._become("candidate", number, "timeout")
        self._grant()
        self.grants = {number: Granted(self.view, self.held, self.store.snapshot())}
        self._tell(Claim(self.view))
        self._take_over()

    def _heard_claim(self, source: int, claim: Claim) -> None:
        if claim.view <= self.view:
            return
        # What a candidate has granted, it granted to itself, and without a majority no lease came of it.
        if self.node.elapsed < self.granted_until and self.role != "candidate":
            return
        self._promise(claim.view)
        if self.role != "follower" or self.primary is not None:
            self._become("follower", None, "term")
        self._grant()
        self.node.send(source, Granted(claim.view, self.held, self.store.snapshot()))

    def _heard_granted(self, source: int, granted: Granted) -> None:
        if self.role == "candidate" and granted.view == self.view:
            self.grants[source] = granted
            self._take_over()

    def _take_over(self) -> None:
        """With grants of a majority, take the latest state among them for that of the new view."""
        if not self._has_majority(len(self.grants)):
            return
        latest = max(self.grants.values(), key=lambda granted: (granted.held, granted.snapshot[0]))
        self.store.restore(latest.snapshot)
        self.held = self.view
        self._keep()
        self.holds, self.asked = {}, {}
        self._become("leader", self.node.id, "elected")
        self._tell(State(self.view, self.store.snapshot(), self.node.elapsed))
        self._renew()

    # The primary.

    def _renew(self) -> None:
        self._tell(Renewal(self.view, self.store.number, self.node.elapsed))
        self.node.set_timer(RENEWAL, self.config.renewal)
        if self.node.population == 1:
            self._grant()

    def _leased(self) -> bool:
        """Whether a majority, itself one of them, still helps no other primary."""
        since = self.node.elapsed - int(self.config.lease / self.config.drift_bound)
        return self._has_majority(1 + sum(asked > since for asked in self.asked.values()))

    def on_request(self, request: Any) -> None:
        """Carry it out, and answer when a majority holds it; or say who does."""
        if not isinstance(request, ClientRequest):
            self.node.reply(request.client, Reply(request.client, request.sequence, "refused"))
        elif self.role != "leader":
            leader = self.primary if self.primary != self.node.id else None
            self.node.reply(request.client, Reply(request.client, request.sequence, "redirect", leader=leader))
        elif not self._leased():
            self.node.reply(request.client, Reply(request.client, request.sequence, "refused"))
        else:
            is_new = self.store.is_new(request)
            reply = self.store.answer(request)
            if is_new:
                self._keep()
                self._tell(Write(self.view, self.store.number, request, self.node.elapsed))
            self.waiting.append((self.store.number, reply))
            self._answer()

    def _answer(self) -> None:
        """Give the answers that rest on nothing but what a majority holds."""
        while self.waiting and self._leased():
            number, reply = self.waiting[0]
            if not self._has_majority(1 + sum(held >= number for held in self.holds.values())):
                return
            self.waiting.popleft()
            self.node.reply(reply.client, reply)

    def _heard_held(self, source: int, held: Held) -> None:
        if self.role != "leader" or held.view != self.view:
            return
        self.asked[source] = max(held.asked, self.asked.get(source, 0))
        self.holds[source] = max(held.number, self.holds.get(source, -1))
        if self._leased():
            self._grant()
        self._answer()

    # Backups.

    def _heard_primary(self, source: int, payload: Renewal | Write | State) -> None:
        """Take what a primary says, unless a later view was promised; each time it is granted more time."""
        if payload.view < self.view:
            return
        self._promise(payload.view)
        if self.primary != source or self.role != "follower":
            self._become("follower", source, "append")
        self._grant()
        current = self.held == payload.view
        if isinstance(payload, State):
            if not current or payload.snapshot[0] > self.store.number:
                self.held = payload.view
                self.store.restore(payload.snapshot)
                self._keep()
        elif isinstance(payload, Write):
            self.early[payload.number] = payload.request
        if self.held == payload.view:
            self._catch_up()
        number = self.store.number if self.held == self.view else -1
        self.node.send(source, Held(self.view, number, payload.asked))
        if isinstance(payload, Renewal) and number < payload.number:
            self.node.send(source, StateWanted(self.view))

    def _catch_up(self) -> None:
        """Carry out what has come, up to the first command that is missing."""
        while self.early and min(self.early) <= self.store.number + 1:
            number = min(self.early)
            request = self.early.pop(number)
            if number > self.store.number:
                self.store.answer(request)
                self._keep()

    def on_message(self, message: Message) -> None:
        source, payload = message.source, message.payload
        if isinstance(payload, Claim):
            self._heard_claim(source, payload)
        elif isinstance(payload, StateWanted):
            if self.role == "leader" and payload.view == self.view:
                self.node.send(source, State(self.view, self.store.snapshot(), self.node.elapsed))
        elif isinstance(payload, Granted):
            self._heard_granted(source, payload)
        elif isinstance(payload, Held):
            self._heard_held(source, payload)
        else:
            self._heard_primary(source, payload)
