"""The network of one run: it makes links when they are first used and decides what becomes of messages."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from copy import copy
from typing import Any

from sim.kernel import Kernel
from sim.message import Message, RoutedMessage
from sim.network.config import NetworkConfig
from sim.network.effects import LinkEffect, Passage
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
    that waited there for the end of a pause; `separations` are the partitions in force and `effects` what faults do to
    messages on links now, in the order in which they began; `disturbed` tells whether there is any of either.
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
        self.base_latency = self._base_latency()
        self.plain = config.only_latency
        self.separations: list[Separation] = []
        self.effects: list[LinkEffect] = []
        self.disturbed = False
        self.receivers: list[Receiver] = []
        self.forwarders: list[Receiver] = []
        self.admitters: list[Receiver] = []
        self.clients: Callable[[int, Any], None] | None = None
        self.duplicated = 0
        self.former_receivers: set[Receiver] = set()
        self.routes = Routes(topology)
        self.links: dict[tuple[int, int], Link] = {}

    def _base_latency(self) -> Callable[[int, int], int] | None:
        """What of a link's delay is the same for every message, by the ends of the link; None where it is nothing."""
        measured, law = self.topology.latency_ns, self.config.link_latency
        if law is None:
            return measured
        sample, root = law.sampler(), self.root

        def base(source: int, destination: int) -> int:
            drawn = sample(Stream(derive_seed(root, f"network.link/{source}→{destination}")))
            return drawn if measured is None else drawn + measured(source, destination)

        return base

    def link(self, source: int, destination: int) -> Link | None:
        """The link between neighbours, made at first use; None where they are no neighbours."""
        link = self.links.get((source, destination))
        if link is None:
            if not self._are_neighbors(source, destination):
                return None
            link = self.links[source, destination] = self._new_link(source, destination)
        return link

    def _are_neighbors(self, one: int, other: int) -> bool:
        neighbors = self.topology.neighbors[one]
        place = bisect_left(neighbors, other)
        return place < len(neighbors) and neighbors[place] == other

    def _new_link(self, source: int, destination: int) -> Link:
        base = self.base_latency
        plain = self.plain and not self.affected(source, destination)
        return Link(
            source,
            destination,
            base(source, destination) if base is not None else 0,
            self.sample if plain else None,
            derive_seed(self.root, f"network/{source}→{destination}"),
            self.receivers[destination],
            self.code(source, destination),
        )

    def distance(self, source: int, destination: int) -> int:
        """What of the delay in ns never changes, along the way that messages take; 0 where no way leads."""
        base = self.base_latency
        if base is None:
            return 0
        total, node = 0, source
        while node != destination:
            near = self._are_neighbors(node, destination)
            hop = destination if near else self.routes.next_hop(node, destination)
            if hop == UNREACHABLE:
                return 0
            total, node = total + base(node, hop), hop
        return total

    def code(self, source: int, destination: int) -> int:
        """The code of a pair of nodes in the outcome lane."""
        return outcome_code(self.topology.nodes, source, destination)

    def impairments(self, name: str) -> Impairments:
        """What can go wrong on a link of this name."""
        return Impairments(self.config, self.root, name, self.sample)

    def separated(self, source: int, destination: int) -> bool:
        """Whether a partition in force keeps messages from source from reaching destination."""
        return any(separation.separates(source, destination) for separation in self.separations)

    def cuts(self, source: int, destination: int) -> bool:
        """Whether a partition stops a message here; the first that does counts it."""
        for separation in self.separations:
            if separation.separates(source, destination):
                separation.touched += 1
                return True
        return False

    def affected(self, source: int, destination: int) -> bool:
        """Whether a partition or a fault in force may concern messages from source to its neighbour destination."""
        return self.separated(source, destination) or any(effect.links(source, destination) for effect in self.effects)

    def add_effect(self, effect: LinkEffect) -> None:
        """Have an effect act on the messages that are sent from now on."""
        self.effects.append(effect)
        self.refresh_links()

    def remove_effect(self, effect: LinkEffect) -> bool:
        """End an effect, and let go what it holds back. False when it was not in force."""
        if effect not in self.effects:
            return False
        self.effects.remove(effect)
        self.refresh_links()
        effect.let_go(self)
        return True

    def refresh_links(self) -> None:
        """Take the partitions and effects in force into the links that exist."""
        self.disturbed = bool(self.separations or self.effects)
        for link in self.links.values():
            plain = self.plain and not (self.disturbed and self.affected(link.source, link.destination))
            link.delay = self.sample if plain else None

    def transmit_on(self, link: Link, message: Message) -> None:
        """Put a message on a link on which more than latency can happen."""
        if link.impairments is None:
            link.impairments = self.impairments(f"{link.source}→{link.destination}")
        self.transmit(message, link.source, link.destination, link.base, link, link.impairments)

    def transmit(
        self, message: Message, source: int, hop: int, base: int, stream: Stream, impairments: Impairments
    ) -> None:
        """Decide what becomes of a message from `source` to the neighbour `hop`, latency drawn from `stream`.

        Every chance is drawn for every message, whatever becomes of it, so that what a fault does to one message leaves
        the draws of the next ones as they were.
        """
        now = self.kernel._now
        latency = base + impairments.latency(stream)
        lost, damaged, doubled = impairments.loses(hop), impairments.corrupts(), impairments.duplicates()
        second = base + impairments.copy_latency() if doubled else 0
        cut = bool(self.separations) and self.cuts(source, hop)
        passage = self._passage(message, source, hop, now, CUT if cut else None) if self.effects else None
        if cut:
            return self.outcome(message, CUT, source)
        if passage is not None:
            if passage.outcome is not None:
                return self.outcome(message, passage.outcome, source)
            message, damaged = passage.message, damaged or passage.damaged
            latency, second = latency + passage.delay, second + passage.delay
        if lost:
            return self.outcome(message, LOST, source)
        departure = impairments.departure(now, message.size or self.config.message_size, hop)
        if departure is None:
            return self.outcome(message, QUEUE_FULL, source)
        receive = self._taker(message, hop)
        arrives = self._discard_damaged if damaged else receive
        arrival = impairments.arrival(departure, latency, hop)
        post = self.kernel.post if passage is None or passage.keeper is None else self._keeping(passage.keeper)
        post(arrival, arrives, message)
        if doubled:
            self.duplicated += 1
            post(impairments.arrival(departure, second, hop), receive, copy(message))
        if passage is not None:
            for further, later in passage.copies:
                self.duplicated += 1
                post(arrival + later, self._taker(further, hop), further)
        return None

    def _taker(self, message: Message, hop: int) -> Receiver:
        """What takes a message at a node, for which it is or which passes it on."""
        return self.receivers[hop] if hop == message.destination else self.forwarders[hop]

    def _passage(self, message: Message, source: int, hop: int, now: int, outcome: int | None) -> Passage:
        """What the effects in force make of a message, which may have ended already."""
        passage = Passage(message, source, hop, now)
        passage.outcome = outcome
        for effect in self.effects:
            if effect.links(source, hop) and (effect.kinds is None or passage.message.kind in effect.kinds):
                effect.act(passage)
        return passage

    def _keeping(self, keeper: LinkEffect) -> Callable[[int, Receiver, Message], None]:
        """What takes the place of posting an arrival while an effect holds messages back."""
        now = self.kernel._now
        return lambda arrival, receive, message: keeper.keep(arrival - now, receive, message)

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

    def redirect(self, node: int, receiver: Receiver) -> Receiver:
        """Have messages for a node that are sent from now on taken by another receiver; gives the one until now."""
        earlier = self.receivers[node]
        self.former_receivers.add(earlier)
        self.receivers[node] = receiver
        for link in self.links.values():
            if link.destination == node:
                link.receive = receiver
        return earlier

    def outcome(self, message: Message, outcome: int, node: int) -> None:
        """Account for what became of a message, decided at `node`."""
        now = self.kernel._now
        recorder = self.recorder
        if recorder.keeps_messages:  # first, so that its place in the order of the run is that of the outcome
            recorder.message_row(now, node, OUTCOMES[outcome], message_fields(message))
        recorder.outcomes.extend((now, message.code | outcome))

    def in_flight(self) -> int:
        """Messages whose arrival still waits in the queue."""
        arrivals = {self._discard_damaged, *self.former_receivers, *self.receivers, *self.forwarders, *self.admitters}
        held = sum(len(effect.kept) for effect in self.effects)
        return held + sum(entry[2] in arrivals for entry in self.kernel.pending())


def message_fields(message: Message) -> dict[str, Any]:
    """The fields of a row about a message."""
    return {
        "source": message.source,
        "destination": message.destination,
        "message": message.kind,
        "sent_at": message.sent_at,
        "size": message.size,
    }
