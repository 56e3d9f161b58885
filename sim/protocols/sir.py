"""The general epidemic as a Markov process (Kermack and McKendrick, Proc. R. Soc. A 115, 1927; the stochastic form of
Bartlett, 1949): susceptible, infective, removed.

An infective node contacts random neighbours at the events of a Poisson process of rate `contact_rate` until it
recovers, after an exponential time of mean `recovery_time`; a susceptible node that is contacted becomes infective.
On a complete graph with latency 0 the number infected follows the chain with rates beta S I / (n - 1) and gamma I,
and the basic reproduction number is contact_rate times recovery_time. Any request of the workload infects the node.

Records: `infected` (source) and `recovered`; `susceptible`, when a disturbance makes a node so again. A crash ends an
infection; a node that restarts is susceptible if it was.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from sim.convergence import Extinction
from sim.protocol import Protocol, ProtocolConfig
from sim.roles import Roles
from sim.units import SECOND, PositiveDuration, Rate

if TYPE_CHECKING:
    from sim.message import Message
    from sim.randomness import Stream

CONTACT: Final = "contact"
RECOVERY: Final = "recovery"


class SirConfig(ProtocolConfig):
    """Options of the epidemic."""

    kind: Literal["sir"] = "sir"
    contact_rate: Annotated[Rate, Field(gt=0)] = Field(
        default=2.0, description="contacts that an infective node makes, such as 2/s"
    )
    recovery_time: PositiveDuration = Field(default=SECOND, description="mean time that a node is infective")


@dataclass(frozen=True, slots=True)
class Contact:
    """An infective node meets another."""


MEETING: Final = Contact()


class Sir(Protocol):
    """A node that is susceptible, then infective, then removed."""

    Config: ClassVar[type[ProtocolConfig]] = SirConfig
    payloads = (Contact,)
    records: ClassVar[tuple[str, ...] | None] = ("susceptible", "infected", "recovered")
    convergence = Extinction(begin="infected", end="recovered")
    roles = Roles(
        "susceptible",
        {"infected": "infective", "recovered": "removed", "susceptible": "susceptible"},
        after_crash={"infective": "removed", "removed": "removed"},
    )

    susceptible: bool = True
    infective: bool = False

    def on_restart(self) -> None:
        self.susceptible = "infected" not in self.node.storage

    def on_request(self, request: Any) -> None:
        self._infect(None)

    def disrupt(self, stream: Stream) -> bool:
        """Be infective or susceptible, each as likely, whatever it was; whether it was something else."""
        if stream.random() < 0.5:
            if self.infective:
                return False
            self.susceptible = True
            self._infect(None)
            return True
        if self.susceptible:
            return False
        if self.infective:
            self._recover()
        self.susceptible = True
        del self.node.storage["infected"]
        self.node.record("susceptible")
        return True

    def on_message(self, message: Message) -> None:
        self._infect(message.source)

    def _infect(self, source: int | None) -> None:
        if not self.susceptible:
            return
        self.susceptible, self.infective = False, True
        node = self.node
        node.storage["infected"] = True
        node.record("infected", source=source)
        node.set_timer(RECOVERY, int(node.random.exponential(self.config.recovery_time)))
        self._await_contact()

    def _await_contact(self) -> None:
        self.node.set_timer(CONTACT, int(self.node.random.exponential(SECOND / self.config.contact_rate)))

    def on_timer(self, name: Hashable) -> None:
        node = self.node
        if name == RECOVERY:
            self._recover()
            return
        if node.neighbors:
            node.send(node.random.choice(node.neighbors), MEETING)
        self._await_contact()

    def _recover(self) -> None:
        self.infective = False
        self.node.cancel_timer(RECOVERY)
        self.node.cancel_timer(CONTACT)
        self.node.record("recovered")
