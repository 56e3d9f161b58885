"""A service that gathers requests and passes them on at its tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.protocols.attractor.duties.duty import DUTY, Work
from sim.protocols.attractor.duties.parcel import Answer, Call, Parcel

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node


class Service(Work):
    """`asked` are the times, on its own clock, of the requests that it holds; `open` those of each unanswered parcel.

    `target` is the node that it calls, `directly` whether that is the upstream; `retry` in nanoseconds.
    """

    def __init__(self, node: Node, target: int, directly: bool, retry: int) -> None:
        super().__init__(node)
        self._target = target
        self._directly = directly
        self._retry = retry
        self._life: int | None = None
        self._number = 0
        self.asked: list[int] = []
        self.open: dict[int, tuple[int, ...]] = {}

    def on_request(self, request: Any) -> None:
        self.asked.append(self.node.elapsed)

    def on_tick(self) -> None:
        """Pass on what is held, if there is any."""
        if self.asked:
            self._number += 1
            self.open[self._number] = tuple(self.asked)
            self.asked = []
            self._send(self._number, again=False)

    def _send(self, number: int, again: bool) -> None:
        node = self.node
        if self._life is None:  # drawn only here, so that the draws of the agent's start are as without the duty
            self._life = node.random.below(1 << 62)
        times, now = self.open[number], node.elapsed
        held = () if again else tuple([now - time for time in times])
        parcel = Parcel(node.id, self._life, number, min(self.open), len(times), held)
        if self._directly:
            node.record("call", requests=len(times), waits=held)
        node.send(self._target, Call((parcel,)))
        node.set_timer((DUTY, "retry", number), self._retry)

    def on_timer(self, name: Any) -> None:
        """No answer has come in time."""
        self._send(name[2], again=True)

    def on_message(self, message: Message) -> None:
        if not isinstance(message.payload, Answer):
            return
        node = self.node
        for origin, life, number in message.payload.names:
            if origin == node.id and life == self._life and number in self.open:
                times, now = self.open.pop(number), node.elapsed
                node.cancel_timer((DUTY, "retry", number))
                node.record("answered", requests=len(times), waits=tuple([now - time for time in times]))
