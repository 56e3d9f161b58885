"""Kinds of nodes: in a mesh too large to store its links, and at the level of detail that keeps every row."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from sim.clock import Clock
from sim.message import Message
from sim.network.link import Impairments
from sim.network.network import Network
from sim.node import RECEIVE, SLEEP, Node
from sim.node_life import DOWN
from sim.randomness import Stream, derive_seed
from sim.records import PAIR_SHIFT

if TYPE_CHECKING:
    from sim.protocol import Protocol


class MeshNode(Node):
    """A node of a mesh too large to store its links: everyone is a neighbour, and the sender's stream serves all."""

    __slots__ = ("_base", "_base_latency", "_impairments", "_receivers", "_sample", "_stream")

    def __init__(
        self,
        number: int,
        network: Network,
        new_protocol: Callable[[Node], Protocol],
        random: Stream,
        clock: Clock | None,
    ) -> None:
        super().__init__(number, network, new_protocol, random, clock)
        self._base = number * self.population
        self._receivers = network.receivers
        self._sample = network.sample
        self._base_latency = network.base_latency
        self._stream = Stream(derive_seed(network.root, f"network/{number}"))
        self._impairments: Impairments | None = None

    def send(self, destination: int, payload: Any, size: int = 0) -> None:
        """Send a payload; `size` in bytes matters where links have a bandwidth (0: the network's default)."""
        if not -1 < destination < self.population or destination == self.id:
            raise self._not_a_node(destination)
        self.sent += 1
        network = self._network
        try:
            kind = self._kinds[type(payload)]
        except KeyError:
            if self.life in DOWN:
                self.sent -= 1
                return None
            kind = network.recorder.new_kind(type(payload))
        now = self._kernel._now
        message = Message(self.id, destination, payload, now, size, (self._base + destination) << PAIR_SHIFT | kind)
        base = 0 if self._base_latency is None else self._base_latency(self.id, destination)
        if network.disturbed or not network.plain:
            if self._impairments is None:
                self._impairments = network.impairments(str(self.id))
            return network.transmit(message, self.id, destination, base, self._stream, self._impairments)
        sample, push = self._sample, self._push
        push((now + base + sample(self._stream), next(self._keys), self._receivers[destination], message))
        return None


class TalkativeNode(Node):
    """Keeps a row about each message sent and each timer that is due: the level of detail `all`."""

    __slots__ = ()

    def send(self, destination: int, payload: Any, size: int = 0) -> None:
        """Send a payload, as any node does, and keep a row about it."""
        fields = {"destination": destination, "message": type(payload).__name__, "size": size}
        if self.life not in DOWN:
            self._network.recorder.message_row(self._kernel._now, self.id, "sent", fields)
        super().send(destination, payload, size)

    def _timer_due(self, name: Hashable) -> None:
        own = name is RECEIVE or (isinstance(name, tuple) and name[:1] == (SLEEP,))
        fields = {"timer": "" if own else str(name)}
        self._network.recorder.message_row(self._kernel._now, self.id, "timer", fields)
        super()._timer_due(name)


class TalkativeMeshNode(TalkativeNode, MeshNode):
    """The same for a node of a large mesh."""

    __slots__ = ()


def node_class(network: Network) -> type[Node]:
    """The kind of node that a network needs, by its topology and the level of detail that is kept."""
    if network.recorder.keeps_all:
        return TalkativeMeshNode if network.topology.implicit else TalkativeNode
    return MeshNode if network.topology.implicit else Node
