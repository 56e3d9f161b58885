"""A coordinator tells everyone its phase and period, and all others take them over.

It tells them every `heartbeat`; they reckon with the age of what they hear, by its stamp against their clocks or as one
that they expect. So whoever loses its phase has it back with the next message, as long as the coordinator lives and can
be heard. Without failover that is node 0 for ever. With failover the others are standbys, as in
`sim.protocols.coordinator`: the n-th of them takes over after n timeouts of silence and tells its own phase from then
on. Nobody agrees to that: a partition makes two coordinators, of which the one of the lesser epoch obeys when they meet
again.

Records: `phase` (phase, frequency), at the start and whenever it is told; `role` (role, term: the epoch, leader,
cause).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field

from sim.convergence import Convergence
from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.phase_agreement.oscillator import Oscillator, OscillatorConfig
from sim.roles import Roles
from sim.units import Duration, PositiveDuration

if TYPE_CHECKING:
    from sim.message import Message
    from sim.randomness import Stream

TELL: Final = "tell"
TAKEOVER: Final = "takeover"
EPOCH: Final = "epoch"


class PhaseCoordinatorConfig(OscillatorConfig):
    """Options of a coordinator of phases; times are nanoseconds."""

    kind: Literal["phase-coordinator"] = "phase-coordinator"
    heartbeat: PositiveDuration = Field(default=100_000_000, description="time between what the coordinator tells all")
    compensate: Literal["stamps", "expected"] = Field(
        default="stamps",
        description="how the age of what it tells is reckoned: by its stamp against the own clock, or as `delay`",
    )
    delay: Duration = Field(default=0, description="age on arrival that `compensate: expected` assumes")
    failover: bool = Field(default=False, description="standbys take over, in order, without agreement")
    takeover_timeout: PositiveDuration = Field(
        default=400_000_000, description="silence after which the first standby takes over; the n-th waits n times it"
    )


@dataclass(frozen=True, slots=True)
class Reference:
    """The coordinator of this epoch is at this phase and speed, in units, when its clock shows `stamp`."""

    epoch: int
    phase: int
    speed: int
    stamp: int


class PhaseCoordinator(Protocol):
    """An agent that is the coordinator of its epoch, or obeys it."""

    Config: ClassVar[type[ProtocolConfig]] = PhaseCoordinatorConfig
    config: PhaseCoordinatorConfig
    roles: ClassVar[Roles | None] = Roles(initial="follower", record="role", names=("leader",))
    payloads: ClassVar[tuple[type, ...] | None] = (Reference,)
    records: ClassVar[tuple[str, ...] | None] = ("phase", "role")

    oscillator: Oscillator
    epoch: int = 0

    @classmethod
    def converges(cls, config: Any) -> Convergence:
        """The coherence that the goal names."""
        agreed: Convergence = config.agreed
        return agreed

    @property
    def leads(self) -> bool:
        """Whether it takes itself for the coordinator."""
        return self.epoch % self.node.population == self.node.id

    def on_start(self) -> None:
        self.oscillator = Oscillator(self.node, self.config)
        self._obey(0, "start")

    def on_restart(self) -> None:
        """Go on in the last epoch that it knows of; with failover behind all others, for one may have taken over."""
        self.oscillator = Oscillator(self.node, self.config)
        self.epoch = self.node.storage.get(EPOCH, 0)
        if self.config.failover:
            self.node.record("role", role="follower", term=self.epoch, leader=None, cause="start")
            self.node.set_timer(TAKEOVER, self.config.takeover_timeout * self.node.population)
        else:
            self._obey(self.epoch, "start")

    def _obey(self, epoch: int, cause: str) -> None:
        self.epoch = self.node.storage[EPOCH] = epoch
        role, leader = "leader" if self.leads else "follower", epoch % self.node.population
        self.node.record("role", role=role, term=epoch, leader=leader, cause=cause)
        if self.leads:
            self.node.cancel_timer(TAKEOVER)
            self._tell()
        else:
            self.node.cancel_timer(TELL)
            self._wait()

    def _wait(self) -> None:
        if self.config.failover:
            rank = (self.node.id - self.epoch) % self.node.population
            self.node.set_timer(TAKEOVER, self.config.takeover_timeout * rank)

    def _tell(self) -> None:
        node, oscillator = self.node, self.oscillator
        reference = Reference(self.epoch, oscillator.phase, oscillator.speed, node.now)
        for other in range(node.population):
            if other != node.id:
                node.send(other, reference)
        node.set_timer(TELL, self.config.heartbeat)

    def on_timer(self, name: Hashable) -> None:
        if name == TELL:
            self._tell()
        else:
            self._obey(self.epoch + 1 + (self.node.id - self.epoch - 1) % self.node.population, "timeout")

    def on_message(self, message: Message) -> None:
        told = message.payload
        if told.epoch < self.epoch or (told.epoch == self.epoch and self.leads):
            return
        if told.epoch > self.epoch:
            self._obey(told.epoch, "append")
        self._wait()
        by_stamp = self.config.compensate == "stamps"
        age = max(0, self.node.now - told.stamp) if by_stamp else self.config.delay
        self.oscillator.move(told.phase + told.speed * age, told.speed)

    def disrupt(self, stream: Stream) -> bool:
        """Be at another phase, anywhere in the cycle."""
        self.oscillator.scramble(stream)
        return True
