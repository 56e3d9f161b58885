"""The envelope in which a payload crosses the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.randomness import ACCELERATED


class PythonMessage:
    """A payload on its way: source and destination node, time of sending (true nanoseconds), size in bytes.

    The payload is the protocol's own object, shared between sender and receivers: treat it as immutable.
    """

    __slots__ = ("code", "destination", "payload", "sent_at", "size", "source")

    def __init__(self, source: int, destination: int, payload: Any, sent_at: int, size: int, code: int) -> None:
        self.source = source
        self.destination = destination
        self.payload = payload
        self.sent_at = sent_at
        self.size = size
        self.code = code

    @property
    def kind(self) -> str:
        """The name of the payload's class."""
        return type(self.payload).__name__

    def __repr__(self) -> str:
        return f"Message({self.source}→{self.destination}, {self.payload!r}, sent_at={self.sent_at})"


if TYPE_CHECKING or not ACCELERATED:
    Message = PythonMessage
else:
    from sim._accelerator import Message


class RoutedMessage(Message):
    """A message to a node that is no neighbour; `via` is the node that sent it on last."""

    __slots__ = ("via",)

    def __init__(self, source: int, destination: int, payload: Any, sent_at: int, size: int, code: int) -> None:
        super().__init__(source, destination, payload, sent_at, size, code)
        self.via = source
