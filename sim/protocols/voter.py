"""The voter model (Clifford and Sudbury, Biometrika 60, 1973; Holley and Liggett, Ann. Probab. 3, 1975): each node
holds an opinion, 0 or 1, and at the events of a Poisson process of its own asks a random neighbour and takes over its
opinion, until all hold the same.

The chance that opinion 1 wins is its share at the start on every regular graph. The nodes with the lowest numbers hold
it at first, as many as `ones` says; an update of the workload sets a node's opinion to its value. With latency 0
asking and taking over are one instant, as in the model.

Records: `opinion` (opinion), at the start and at each change.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from sim.convergence import Agreement
from sim.protocol import Lie, Protocol, ProtocolConfig
from sim.units import SECOND, PositiveDuration

if TYPE_CHECKING:
    from sim.message import Message
    from sim.randomness import Stream
    from sim.workloads.update import Update

DOUBT: Final = "doubt"


class VoterConfig(ProtocolConfig):
    """Options of the voter model; times are nanoseconds."""

    kind: Literal["voter"] = "voter"
    ones: int = Field(default=1, ge=0, description="number of nodes that hold opinion 1 at first, the lowest-numbered")
    period: PositiveDuration = Field(default=SECOND, description="mean time between the questions of a node")


@dataclass(frozen=True, slots=True)
class Question:
    """Which opinion do you hold?"""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The opinion of the one asked."""

    value: int


QUESTION: Final = Question()
OPINIONS: Final = (Opinion(0), Opinion(1))


def opposite(payload: Question | Opinion, _: Stream) -> Opinion | None:
    """A lie: the other opinion."""
    return OPINIONS[payload.value == 0] if isinstance(payload, Opinion) else None


class Voter(Protocol):
    """A node that holds `opinion`."""

    Config: ClassVar[type[ProtocolConfig]] = VoterConfig
    payloads = (Question, Opinion)
    records: ClassVar[tuple[str, ...] | None] = ("opinion",)
    convergence = Agreement(kind="opinion", field="opinion", durable=True)
    lies: ClassVar[Mapping[str, Lie]] = MappingProxyType({"opposite": opposite})

    opinion: int

    def on_start(self) -> None:
        self._adopt(int(self.node.id < self.config.ones))
        self._await_doubt()

    def on_restart(self) -> None:
        if "opinion" not in self.node.storage:  # a disk may have lost it, or refused it
            return self.on_start()
        self._adopt(int(bool(self.node.storage["opinion"])))  # a disk may have made it what is no opinion
        return self._await_doubt()

    def on_request(self, request: Update) -> None:
        self._adopt(int(bool(request.value)))

    def disrupt(self, stream: Stream) -> bool:
        """Hold one of the two opinions at random; whether it is another one."""
        before = self.opinion
        self._adopt(stream.below(2))
        return self.opinion != before

    def _adopt(self, opinion: int) -> None:
        self.opinion = self.node.storage["opinion"] = opinion
        self.node.record("opinion", opinion=opinion)

    def _await_doubt(self) -> None:
        self.node.set_timer(DOUBT, int(self.node.random.exponential(self.config.period)))

    def on_timer(self, name: Hashable) -> None:
        node = self.node
        if node.neighbors:
            node.send(node.random.choice(node.neighbors), QUESTION)
        self._await_doubt()

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if isinstance(payload, Question):
            self.node.send(message.source, OPINIONS[self.opinion])
        elif payload.value == 1 - self.opinion:  # what is no opinion, as a liar may say, convinces nobody
            self._adopt(payload.value)
