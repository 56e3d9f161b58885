"""Clock synchronisation by averaging (Lundelius and Lynch, "An upper and lower bound for clock synchronization",
Information and Control 62, 1984): every node tells all others what its clock says, once; each estimates from that how
far every other clock is ahead of its own, and corrects its own by the mean over all, itself included.

Messages take from `longest` - `uncertainty` to `longest`, and are taken to have been on the way for the middle of
these. On a complete graph of n nodes whose clocks do not drift, corrected clocks are then apart by at most
uncertainty * (1 - 1/n), whatever each message took within these bounds; and no algorithm can do better.

A node cannot set its clock: it keeps the correction, on its disk, and adds it to what it reads. On other graphs the
mean is over a node and its neighbours. Who has not been heard `patience` after a node's start is left out of its mean.

Records: `clock` (reading: what the corrected clock says at that moment, ns; correction, ns; corrected: true, or None
while the node has not corrected it), at the start, at the correction and after a restart.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field, model_validator

from sim.convergence import Agreement
from sim.protocol import Lie, Protocol, ProtocolConfig
from sim.units import MILLISECOND, SECOND, Duration, PositiveDuration

if TYPE_CHECKING:
    from sim.message import Message
    from sim.randomness import Stream

TELL: Final = "tell"
PATIENCE: Final = "patience"


class ClockAveragingConfig(ProtocolConfig):
    """Options of clock synchronisation by averaging; times are nanoseconds."""

    kind: Literal["clock-averaging"] = "clock-averaging"
    longest: PositiveDuration = Field(default=100 * MILLISECOND, description="longest time that a message takes")
    uncertainty: Duration = Field(
        default=10 * MILLISECOND, description="longest time that a message takes, less the shortest"
    )
    wait: Duration = Field(default=0, description="time from its start until a node tells what its clock says")
    patience: PositiveDuration = Field(
        default=10 * SECOND,
        description="time from its start after which a node corrects its clock by what it has heard",
    )

    @model_validator(mode="after")
    def _ordered(self) -> ClockAveragingConfig:
        if self.uncertainty > self.longest:
            raise ValueError("uncertainty must be at most longest: no message takes less than no time")
        return self


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock of the sender said when it sent this, in nanoseconds."""

    local_time: int


def shifted(payload: Reading, stream: Stream) -> Reading:
    """A lie: a time that is up to a second off."""
    return Reading(payload.local_time + stream.below(2 * SECOND + 1) - SECOND)


class ClockAveraging(Protocol):
    """A node that adds `correction` to its clock. `ahead`: twice how far each clock heard of is ahead of its own."""

    Config: ClassVar[type[ProtocolConfig]] = ClockAveragingConfig
    payloads = (Reading,)
    records: ClassVar[tuple[str, ...] | None] = ("clock",)
    convergence = Agreement(kind="clock", field="corrected", durable=True)
    lies: ClassVar[Mapping[str, Lie]] = MappingProxyType({"shifted": shifted})

    correction: int = 0
    corrected: bool = False

    def __init__(self) -> None:
        self.ahead: dict[int, int] = {}

    def on_start(self) -> None:
        self._record()
        self.node.set_timer(TELL, self.config.wait)
        self.node.set_timer(PATIENCE, self.config.patience)

    def on_restart(self) -> None:
        kept = self.node.storage.get("correction")
        if not isinstance(kept, int):  # it had not come to it, or a disk has lost it
            return self.on_start()
        self.correction, self.corrected = kept, True
        return self._record()

    def on_timer(self, name: Hashable) -> None:
        if name == TELL:
            self.node.broadcast(Reading(self.node.now))
        else:
            self._correct()

    def on_message(self, message: Message) -> None:
        if self.corrected or message.source in self.ahead:
            return
        sent, assumed = message.payload.local_time, 2 * self.config.longest - self.config.uncertainty
        self.ahead[message.source] = 2 * (sent - self.node.now) + assumed
        if len(self.ahead) == len(self.node.neighbors):
            self._correct()

    def _correct(self) -> None:
        """Take the mean over all clocks heard of and one's own, to the nearest nanosecond."""
        if self.corrected:
            return
        clocks = len(self.ahead) + 1
        self._set((sum(self.ahead.values()) + clocks) // (2 * clocks))

    def _set(self, correction: int) -> None:
        self.correction, self.corrected = correction, True
        self.node.storage["correction"] = correction
        self.node.cancel_timer(PATIENCE)
        self._record()

    def disrupt(self, stream: Stream) -> bool:
        """Add another correction, of at most a second up or down."""
        self._set(stream.below(2 * SECOND + 1) - SECOND)
        return True

    def _record(self) -> None:
        corrected = True if self.corrected else None
        reading = self.node.now + self.correction
        self.node.record("clock", reading=reading, correction=self.correction, corrected=corrected)
