"""Raft agrees on a phase and a period: the leader puts its own into the log, and all follow what is committed.

The reference says at which phase the leader was when its clock showed a time, and how fast it moves. A server reckons
from it by its own clock, when it is committed and once in each period from then on; so its phase is as right as its
clock, whatever it went through meanwhile. A leader that finds a reference in what is committed puts in no other.

Records: `phase` (phase, frequency), at the start and whenever it follows the reference; and those of Raft.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from sim.convergence import Convergence
from sim.protocols.phase_agreement.oscillator import Oscillator, OscillatorConfig
from sim.protocols.raft import clients
from sim.protocols.raft.config import RaftConfig
from sim.protocols.raft.raft import Raft
from sim.workloads.operation import Operation
from sim.workloads.request import ClientRequest

if TYPE_CHECKING:
    from sim.message import Message
    from sim.randomness import Stream

FOLLOW: Final = "follow"
KEY: Final = "reference"
LOOK_UP: Final = Operation("get", KEY)


class PhaseRaftConfig(RaftConfig, OscillatorConfig):
    """Options of servers of Raft with oscillators."""

    kind: Literal["phase-raft"] = "phase-raft"  # type: ignore[assignment]


class PhaseRaft(Raft):
    """A server with an oscillator; `following` is the reference that it follows, None before there is one."""

    Config = PhaseRaftConfig  # type: ignore[assignment]
    config: PhaseRaftConfig
    records: ClassVar[tuple[str, ...] | None] = ("phase", *(Raft.records or ()))

    oscillator: Oscillator
    following: str | None = None
    proposed: int | None = None
    """The term in which it has put a reference into the log."""

    @classmethod
    def converges(cls, config: Any) -> Convergence:
        """The coherence that the goal names."""
        agreed: Convergence = config.agreed
        return agreed

    def on_start(self) -> None:
        self.oscillator = Oscillator(self.node, self.config)
        super().on_start()
        self._look()

    def on_message(self, message: Message) -> None:
        super().on_message(message)
        self._look()

    def on_timer(self, name: Hashable) -> None:
        if name == FOLLOW:
            self._follow()
        else:
            super().on_timer(name)
            self._look()

    def _look(self) -> None:
        """See whether there is a reference, and put one into the log where a leader finds none."""
        committed = self.machine.apply(LOOK_UP)
        if committed is not None and committed != self.following:
            self.following = committed
            self._follow()
        elif committed is None and self.role == "leader" and self.proposed != self.term:
            self.proposed = self.term
            reference = f"{self.oscillator.phase} {self.oscillator.speed} {self.node.now}"
            put = Operation("put", KEY, reference)
            clients.asked(self, ClientRequest(self.node.id, self.term, self.term, put))

    def _follow(self) -> None:
        assert self.following is not None
        phase, speed, stamp = map(int, self.following.split())
        self.oscillator.move(phase + speed * (self.node.now - stamp), speed)
        self.node.set_timer(FOLLOW, self.config.period)

    def disrupt(self, stream: Stream) -> bool:
        """Be at another phase, anywhere in the cycle; the log stays as it is."""
        self.oscillator.scramble(stream)
        return True
