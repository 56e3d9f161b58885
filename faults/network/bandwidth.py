"""Bandwidth: messages that wait for their turn on a slow link, and are dropped where too many wait."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from faults.network.link_fault import LinkFault
from faults.network.links import LinkSet
from sim.network.effects import LinkEffect, Passage
from sim.records import QUEUE_FULL
from sim.units import SECOND, Bandwidth, Rate, Size

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike

Places = Annotated[int, Field(ge=0)]


class BandwidthCut(LinkFault):
    """Each direction of a link carries so many bits per second, one message after the other."""

    kind: Literal["bandwidth"] = "bandwidth"
    rate: Bandwidth | None = Field(default=None, description="bits per second of each direction; off when left out")
    queue: Places | None = Field(
        default=None, description="messages that wait for their turn, more are dropped; any number when left out"
    )
    message_size: Size = Field(
        default=1_000, description="bytes of a message of which neither the sender nor the network states any"
    )

    @property
    def is_off(self) -> bool:
        """Whether nothing is cut."""
        return self.rate is None or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Have messages take their time on the wire."""
        assert self.rate is not None
        default = strike.simulation.network.config.message_size or self.message_size
        return _Queues(links, kinds, self.queue, default, self.rate)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """From 10 kbit/s to 10 Mbit/s, with a queue of some places or without bound."""
        queue = {"queue": 1 + drawing.stream.below(50)} if drawing.stream.random() < 0.5 else {}
        return {"rate": f"{10 ** (1 + drawing.stream.below(4))}kbit/s", **queue, **cls.drawn_place(drawing)}


class QueueOverflow(LinkFault):
    """Each direction of a link lets so many messages a second through; a few can wait, the others are dropped."""

    kind: Literal["queue-overflow"] = "queue-overflow"
    rate: Annotated[Rate, Field(gt=0)] | None = Field(
        default=None, description="messages a second that each direction lets through; off when left out"
    )
    places: Places = Field(default=10, description="messages that can wait for their turn")

    @property
    def is_off(self) -> bool:
        """Whether everything gets through at once."""
        return self.rate is None or super().is_off

    def effect(self, strike: Strike, links: LinkSet, kinds: frozenset[str] | None) -> LinkEffect:
        """Queue messages, and drop those for which there is no place."""
        assert self.rate is not None
        return _Queues(links, kinds, self.places, None, max(1, round(SECOND / self.rate)))

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """From one message a second to a thousand, with up to twenty places."""
        rate = float(10 ** drawing.stream.below(4))
        return {"rate": f"{rate:g}/s", "places": drawing.stream.below(20), **cls.drawn_place(drawing)}


class _Queues(LinkEffect):
    """One queue for each direction of a link. `size`, the bytes of a message without any; None: `pace` is its time.

    `pace`: bits per second, or the nanoseconds that each message takes.
    """

    def __init__(
        self, links: LinkSet, kinds: frozenset[str] | None, places: int | None, size: int | None, pace: int
    ) -> None:
        super().__init__(links, kinds)
        self._places = places
        self._size = size
        self._pace = pace
        self._free: dict[tuple[int, int], int] = {}
        self._starts: dict[tuple[int, int], deque[int]] = {}

    def act(self, passage: Passage) -> None:
        if not passage.goes_on:
            return
        link, now = (passage.source, passage.hop), passage.now
        starts = self._starts.setdefault(link, deque())
        while starts and starts[0] <= now:
            starts.popleft()
        start = max(now, self._free.get(link, 0))
        if start > now:
            if self._places is not None and len(starts) >= self._places:
                passage.outcome = QUEUE_FULL
                self.touched += 1
                return
            starts.append(start)
        self._free[link] = end = start + self._time_of(passage)
        passage.delay += end - now
        self.touched += 1

    def _time_of(self, passage: Passage) -> int:
        if self._size is None:
            return self._pace
        return -(-(passage.message.size or self._size) * 8 * SECOND // self._pace)
