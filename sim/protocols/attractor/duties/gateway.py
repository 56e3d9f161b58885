"""The nodes that services call: an upstream, and a gateway before it that merges calls."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from sim.protocols.attractor.duties.duty import DUTY, Work
from sim.protocols.attractor.duties.parcel import Answer, Call, Name, Parcel

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node


class Gateway(Work):
    """Merges the calls that come within a time of the first into one; answers it passes on to their services.

    `server` is the upstream, `merge` in nanoseconds. `holds` are the parcels that wait, by their names, with the time
    of their arrival on its clock.
    """

    def __init__(self, node: Node, server: int, merge: int) -> None:
        super().__init__(node)
        self._server = server
        self._merge = merge
        self.holds: dict[Name, tuple[int, Parcel]] = {}

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if isinstance(payload, Call):
            if self._merge and not self.holds:
                self.node.set_timer((DUTY, "merge"), self._merge)
            for parcel in payload.parcels:
                self.holds.setdefault(parcel.name, (self.node.elapsed, parcel))
            if not self._merge:
                self._call()
        elif isinstance(payload, Answer):
            for origin, names in groupby(sorted(payload.names), key=lambda name: name[0]):
                self.node.send(origin, Answer(tuple(names)))

    def on_timer(self, name: Any) -> None:
        """The time to merge is over."""
        self._call()

    def _call(self) -> None:
        now, held = self.node.elapsed, list(self.holds.values())
        self.holds = {}
        waits = [now - since + wait for since, parcel in held for wait in parcel.held]
        requests = sum([parcel.requests for _, parcel in held])
        self.node.record("call", requests=requests, waits=tuple(waits))
        self.node.send(self._server, Call(tuple([parcel for _, parcel in held])))


class Upstream(Work):
    """Carries out each parcel once, as long as its memory lasts, and answers whoever called.

    `done` has, for each life of each service, the numbers that were carried out, and the lowest that may come again.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.done: dict[tuple[int, int], tuple[int, set[int]]] = {}

    def on_message(self, message: Message) -> None:
        if not isinstance(message.payload, Call):
            return
        parcels = message.payload.parcels
        asked = sum([parcel.requests for parcel in parcels])
        new = sum([parcel.requests for parcel in parcels if self._is_new(parcel)])
        self.node.record("served", requests=new, again=asked - new)
        self.node.send(message.source, Answer(tuple([parcel.name for parcel in parcels])))

    def _is_new(self, parcel: Parcel) -> bool:
        lowest, done = self.done.get((parcel.origin, parcel.life), (1, set()))
        if parcel.number < lowest or parcel.number in done:
            return False
        lowest = max(lowest, parcel.oldest)
        self.done[parcel.origin, parcel.life] = lowest, {each for each in (*done, parcel.number) if each >= lowest}
        return True
