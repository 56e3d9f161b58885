"""The network of one run: it makes links when they are first used and decides what becomes of messages."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from copy import copy
from typing import Any

from sim.kernel import Kernel
from sim.message import Message, RoutedMessage
from sim.network.config import NetworkConfig
from sim.network.link import Impairments, Link
from sim.network.routing import UNREACHABLE, Routes
from sim.network.separation import Separation
from sim.randomness import Stream, derive_seed
from sim.records import (
    CORRUPTED,
    CUT,
    LOST,
    NO_ROUTE,
    NOT_NEIGHBORS,
    OUTCOMES,
    QUEUE_FULL,
    Recorder,
    outcome_code,
)
from topologies.topology import Topology

Receiver = Callable[[Any], None]


class Network:
    """Links over a topology. Nodes send through their own `links` where only latency can happen, else through here.

    `receivers[i]` and `forwarders[i]` take a message that arrives at node i, for it or on the way, `admitters[i]` one
    that waited there for the end of a pause; `separations` are the partitions in force.
    """

    def __init__(
        self, topology: Topology, config: NetworkConfig, kernel: Kernel, recorder: Recorder, root: int
    ) -> None:
        self.topology = topology
        self.config = config
        self.kernel = kernel
        self.recorder = recorder
        self.root = root
        self.sample = config.latency.sampler()
        self.plain = config.only_latency
        self.separations: list[Separation] = []
        self.receivers: list[Receiver] = []
        self.forwarders: list[Receiver] = []
        self.admitters: list[Receiver] = []
        self.duplicated = 0
        self.routes = Routes(topology)
        self.links: dict[tuple[int, int], Link] = {}

    def link(self, source: int, destination: int) -> Link | None:
        """The link between neighbours, made at first use; None where they are no neighbours."""
        link = self.links.get((source, destination))
        if link is None:
            neighbors = self.topology.neighbors[source]
            place = bisect_left(neighbors, destination)
            if place == len(neighbors) or neighbors[place] != destination:
                return None
            link = self.links[source, destination] = self._new_link(source, destination)
        return link

    def _new_link(self, source: int, destination: int) -> Link:
        latency = self.topology.latency_ns
        plain = self.plain and not self.separated(source, destination)
        return Link(
            source,
            destination,
            latency(source, destination) if latency is not None else 0,
            self.sample if plain else None,
            derive_seed(self.root, f"network/{source}→{destination}"),
            self.receivers[destination],
            outcome_code(self.topology.nodes, source, destination),
        )

    def impairments(self, name: str) -> Impairments:
        """What can go wrong on a link of this name."""
        return Impairments(self.config, self.root, name, self.sample)

    def separated(self, source: int, destination: int) -> bool:
        """Whether a partition in force keeps messages from source from reaching destination."""
        return any(separation.separates(source, destination) for separation in self.separations)

    def refresh_links(self) -> None:
        """Take the partitions in force into the links that exist."""
        for link in self.links.values():
            plain = self.plain and not self.separated(link.source, link.destination)
            link.delay = self.sample if plain else None

    def transmit_on(self, link: Link, message: Message) -> None:
        """Put a message on a link on which more than latency can happen."""
        if link.impairments is None:
            link.impairments = self.impairments(f"{link.source}→{link.destination}")
        self.transmit(message, link.source, link.destination, link.base, link, link.impairments)

    def transmit(
        self, message: Message, source: int, hop: int, base: int, stream: Stream, impairments: Impairments
    ) -> None:
        """Decide what becomes of a message from `source` to the neighbour `hop`, latency drawn from `stream`."""
        now = self.kernel._now
        if self.separations and self.separated(source, hop):
            return self.outcome(message, CUT, source)
        if impairments.loses(hop):
            return self.outcome(message, LOST, source)
        departure = impairments.departure(now, message.size or self.config.message_size, hop)
        if departure is None:
            return self.outcome(message, QUEUE_FULL, source)
        receive = self.receivers[hop] if hop == message.destination else self.forwarders[hop]
        if impairments.corrupts():
            receive = self._discard_damaged
        self.kernel.post(impairments.arrival(departure, base, stream, hop), receive, message)
        if impairments.duplicates():
            self.duplicated += 1
            self.kernel.post(impairments.copy_arrival(departure, base, hop), receive, copy(message))
        return None

    def _discard_damaged(self, message: Message) -> None:
        """A damaged message arrives: its checksum tells, and it is dropped."""
        self.outcome(message, CORRUPTED, message.destination)

    def route(self, node: int, message: RoutedMessage) -> None:
        """Send a message on from `node` towards a destination that is no neighbour."""
        if self.config.routing == "reject":
            return self.outcome(message, NOT_NEIGHBORS, node)
        hop = self.routes.next_hop(node, message.destination)
        if hop == UNREACHABLE:
            return self.outcome(message, NO_ROUTE, node)
        message.via = node
        link = self.link(node, hop)
        assert link is not None, "a route leads along links"
        if link.delay is None:
            return self.transmit_on(link, message)
        receive = link.receive if hop == message.destination else self.forwarders[hop]
        self.kernel.post(self.kernel._now + link.base + link.delay(link), receive, message)
        return None

    def outcome(self, message: Message, outcome: int, node: int) -> None:
        """Account for what became of a message, decided at `node`."""
        now = self.kernel._now
        recorder = self.recorder
        if recorder.keeps_messages:  # first, so that its place in the order of the run is that of the outcome
            recorder.message_row(now, node, OUTCOMES[outcome], message_fields(message))
        recorder.outcomes.extend((now, message.code | outcome))

    def in_flight(self) -> int:
        """Messages whose arrival still waits in the queue."""
        arrivals = {self._discard_damaged, *self.receivers, *self.forwarders, *self.admitters}
        return sum(entry[2] in arrivals for entry in self.kernel.pending())


def message_fields(message: Message) -> dict[str, Any]:
    """The fields of a row about a message."""
    return {
        "source": message.source,
        "destination": message.destination,
        "message": message.kind,
        "sent_at": message.sent_at,
        "size": message.size,
    }
