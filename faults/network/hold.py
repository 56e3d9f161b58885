"""Messages that are held: nothing gets through until the fault is over, and then all of it arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from faults.network.link_fault import LinkFault, StrikeEffect
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.units import Duration

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.message import Message
    from sim.network.network import Network


class Clog(LinkFault):
    """Links are clogged: what is sent waits, and goes on when they are free, in the order in which it was sent."""

    kind: Literal["clog"] = "clog"

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Hold all messages."""
        return _Holds(strike, links, kinds, "in-order", 0)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Some links for a while."""
        return cls.drawn_place(drawing)


class Hold(LinkFault):
    """Messages are held and then released: in order, the last one first, or shuffled, so far apart."""

    kind: Literal["hold"] = "hold"
    release: Literal["in-order", "reversed", "shuffled"] = Field(
        default="in-order", description="the order in which they go on"
    )
    spacing: Duration = Field(default=0, description="time from one to the next when they go on")

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Hold the messages that are meant."""
        return _Holds(strike, links, kinds, self.release, self.spacing)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Some links for a while, released in any order."""
        release = drawing.stream.choice(("in-order", "reversed", "shuffled"))
        return {"release": release, **cls.drawn_place(drawing)}


class _Holds(StrikeEffect):
    def __init__(
        self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None, release: str, spacing: int
    ) -> None:
        super().__init__(strike, links, kinds)
        self._release = release
        self._spacing = spacing
        self._place = 0.0
        self._places: list[float] = []

    def act(self, passage: Passage) -> None:
        # Its place in a shuffled order is drawn for each message, so that what else is held changes no other's.
        self._place = self.draw(passage.source, passage.hop).random() if self._release == "shuffled" else 0.0
        if passage.goes_on and passage.keeper is None:
            passage.keeper = self
            self.touched += 1

    def share(self, now: int) -> float:
        """The share of messages that it lets through: none."""
        return 0.0

    def keep(self, delay: int, receive: Callable[[Any], object], message: Message) -> None:
        """Hold a message back, with the place that was drawn for it."""
        super().keep(delay, receive, message)
        self._places.append(self._place)

    def let_go(self, network: Network) -> None:
        """Send what was held on its way."""
        if self._release == "reversed":
            self.kept.reverse()
        elif self._release == "shuffled":
            self.kept = [self.kept[number] for number in sorted(range(len(self.kept)), key=self._places.__getitem__)]
        self.kept = [
            (delay + number * self._spacing, receive, message)
            for number, (delay, receive, message) in enumerate(self.kept)
        ]
        super().let_go(network)
