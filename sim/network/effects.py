"""What a fault does to messages on links while it is in force.

A message on its way is a `Passage`; each effect in force that concerns it acts on it in the order in which the effects
began. An effect takes its draws for every such message, also for one that another has already lost, so that faults
leave each other's draws as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import TYPE_CHECKING, Any
from typing import Protocol as Interface

if TYPE_CHECKING:
    from sim.message import Message
    from sim.network.network import Network


class LinkPredicate(Interface):
    """Which directed links an effect is about."""

    def __call__(self, source: int, destination: int, /) -> bool:
        """Whether the link from source to destination is one of them."""


class Passage:
    """One message on its way over one link.

    `message`, what will arrive; `source` and `hop`, the ends of the link; `now`, when it is sent, in nanoseconds;
    `delay`, what effects add to the time on the way, in nanoseconds; `outcome`, what became of it where a partition or
    an effect has ended it (None: it goes on); `damaged`: its checksum will not fit, so that it is dropped on arrival;
    `copies`, further messages that arrive, each with the time that it takes beyond the first; `keeper`, the effect that
    holds it.
    """

    __slots__ = ("copies", "damaged", "delay", "hop", "keeper", "message", "now", "outcome", "source")

    def __init__(self, message: Message, source: int, hop: int, now: int) -> None:
        self.message = message
        self.source = source
        self.hop = hop
        self.now = now
        self.delay = 0
        self.outcome: int | None = None
        self.damaged = False
        self.copies: list[tuple[Message, int]] = []
        self.keeper: LinkEffect | None = None

    @property
    def goes_on(self) -> bool:
        """Whether nothing has ended it yet."""
        return self.outcome is None

    def say(self, network: Network, payload: Any) -> None:
        """Have another payload arrive in place of the one that was sent; the sender's own object stays as it is."""
        message = copy(self.message)
        kinds = network.recorder.kinds
        known = kinds.get(type(payload))
        kind = network.recorder.new_kind(type(payload)) if known is None else known
        message.payload = payload
        message.code = network.code(message.source, message.destination) | kind
        self.message = message


class LinkEffect:
    """Base of effects: on the links that `links` names, on the kinds of messages in `kinds` (None: all).

    `touched` counts the messages that it did something to.
    """

    def __init__(self, links: LinkPredicate, kinds: frozenset[str] | None = None) -> None:
        self.links = links
        self.kinds = kinds
        self.touched = 0
        self.kept: list[tuple[int, Callable[[Any], object], Message]] = []

    def act(self, passage: Passage) -> None:
        """Take the draws for this message, and do to it what the effect does where it `goes_on`."""
        raise NotImplementedError

    def share(self, now: int) -> float:
        """The share of messages that it lets through now, for coupling without messages; not all effects have one."""
        raise NotImplementedError

    def keep(self, delay: int, receive: Callable[[Any], object], message: Message) -> None:
        """Hold a message back, to arrive `delay` nanoseconds after it is let go."""
        self.kept.append((delay, receive, message))

    def let_go(self, network: Network) -> None:
        """Send the messages that are held back on their way, in the order in which they came."""
        kept, self.kept = self.kept, []
        now = network.kernel.now
        for delay, receive, message in kept:
            network.kernel.post(now + delay, receive, message)
