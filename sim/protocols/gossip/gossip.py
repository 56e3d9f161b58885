"""Gossip, one family: rumour mongering and anti-entropy (Demers et al., "Epidemic algorithms for replicated database
maintenance", PODC 1987), by push, pull or both, in synchronous rounds or by independent clocks.

Every node holds versioned keys. A write makes a new entry; where two entries of a key meet, the greater stamp
(version, node) wins (last writer wins). A deletion is an entry too, a tombstone (their section 2, death certificate),
which beats older writes until it is forgotten at the age `tombstone_life`.

`rumour_mongering` spreads new entries by contacts with random neighbours until a stop rule ends it (section 1.4);
`anti_entropy` compares all that two nodes hold (section 1.3), alone or, much more rarely, to back up the rumours
(section 1.5). An important update is besides pushed at once, by its writer and by each node at its first receipt.

Synchronous rounds: a node that learns an entry in round t tells of it from round t + 1 on, and contacts are judged by
what was known when the round began. Round t lasts from t to t + 1 periods; what a workload asks at time zero thus acts
from round 1 on.

Records: `announced` (update, key, version, writer, deleted), when it is written; `informed` (update, key, round,
source, and `replaces`, the older update whose place it took), at each node once; `coincident` (update, round), a
further hit in the round of the first receipt; `removed` (update, round), when the node stops to spread it; `expired`
(update), when a tombstone is forgotten; `believes` (converged), when the local detector changes its mind; `late`
(round), once where messages do not fit into a round.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from sim.convergence import Coverage
from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.gossip import anti_entropy, rumour_mongering, store
from sim.protocols.gossip.config import GossipConfig
from sim.protocols.gossip.detector import Detector
from sim.protocols.gossip.entry import Entry, Held, Stamp
from sim.protocols.gossip.lies import LIES
from sim.protocols.gossip.messages import PAYLOADS, REFUSALS, Digest, Refusal
from sim.roles import Roles
from sim.workloads.update import Update

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node

CONTACT: Final = "contact"
BACKUP: Final = "backup"


class Gossip(Protocol):
    """A site of the replicated database. `known` is what it holds by key, `hot` what of it the site still spreads."""

    Config: ClassVar[type[ProtocolConfig]] = GossipConfig
    payloads = PAYLOADS
    records: ClassVar[tuple[str, ...] | None] = (
        "announced",
        "informed",
        "coincident",
        "expired",
        "removed",
        "late",
        "believes",
        "struck-off",
    )
    convergence = Coverage(reached="informed", announced="announced", item="update", replaced="replaces", durable=True)
    lies = LIES
    roles = Roles("uninformed", {"informed": "informed"}, after_crash={"informed": "informed"})

    @classmethod
    def on(cls, node: Node, config: ProtocolConfig | None = None) -> Self:
        """An instance on a node, without the safeguards that its options ablate."""
        ablated = getattr(config, "ablate", ())
        if not ablated:
            return super().on(node, config)
        from sim.protocols.gossip.ablations import without

        return super(Gossip, without(cls, ablated)).on(node, config)  # type: ignore[arg-type, return-value]

    def __init__(self) -> None:
        config: GossipConfig = self.config
        self.rules = config.rules
        self.fanout = config.partners(self.node.population)
        self.known: dict[str, Held] = {}
        self.hot: dict[str, Held] = {}
        self.digest: Digest | None = None
        self.detector = Detector(config) if config.detector != "none" else None
        self.late = not self.rules.rounds
        self.calls: tuple[int, int] = (-1, 0)
        self.hunts = 0
        self.phase: int | None = None
        self.ticking = False

    # Life and requests.

    def on_start(self) -> None:
        if self.rules.always_ticks:
            self.tick_on()
        if self.config.backup is not None:
            self.node.set_timer(BACKUP, self._until_next(self.config.backup))

    def on_restart(self) -> None:
        """The store is on disk, what was being spread was in memory; without a stop rule everything is spread."""
        now = self.round() - 1
        for key, entry in self.node.storage.items():
            self.known[key] = Held(entry, now)
        if self.rules.rumours and self.config.stop == "none":
            self.hot.update(self.known)
            self.tick_on()
        self.on_start()

    def on_request(self, request: Any) -> None:
        """Take an update, or serve a client."""
        if request.__class__ is Update:
            self.update(request)
        else:
            store.serve(self, request)

    def update(self, request: Update) -> None:
        """Take a write, unless a newer one of that key is known already."""
        held = self.known.get(request.key)
        known = None if held is None else held.entry.stamp
        stamp = request.version or (self._next_version(known), self.node.id)
        if known is not None and known >= stamp:
            return
        self.write(request, stamp)

    def write(self, request: Update, stamp: Stamp) -> None:
        """Make an entry of a request. Announced it is once it is on disk, or if the store does not take it."""
        entry = Entry(request.key, stamp, None if request.delete else request.value, request.delete, request.important)
        if not self.learn(entry, None):
            self._announce(entry)

    def _announce(self, entry: Entry) -> None:
        """Say what has been written, where it is the node's own."""
        version, writer = entry.stamp
        if writer == self.node.id:
            facts = {"key": entry.key, "version": version, "writer": writer, "deleted": entry.deleted}
            self.node.record("announced", update=entry.identity, **facts)

    def _next_version(self, known: Stamp | None) -> int:
        """The local time, or just beyond what is known of the key.

        That is a hybrid logical clock (Kulkarni et al. 2014): writes that follow each other are ordered however the
        clocks of the nodes differ, and a key whose tombstone was forgotten still goes forward.
        """
        return self.node.now if known is None else max(self.node.now, known[0] + 1)

    # What is known.

    def round(self) -> int:
        """The number of the present period of the local clock."""
        return int(self.node.now // self.config.period)

    def learn(self, entry: Entry, source: int | None) -> bool:
        """Take an entry that is told; whether it was news (in rounds: to one who did not know when the round began)."""
        held = self.known.get(entry.key)
        if held is not None and (held.entry is entry or held.entry.stamp >= entry.stamp):
            return self.rules.rounds and self._hit_again(held, entry)
        if self._is_expired(entry):
            return False
        now = self.round()
        known = Held(entry, now)
        self.node.storage[entry.key] = entry
        if source is None:
            self._announce(entry)
        if held is not None:
            self.lose_interest(held)
        self.known[entry.key] = known
        self.digest = None
        facts: dict[str, Any] = {"update": entry.identity, "key": entry.key, "round": now, "source": source}
        if held is not None:
            facts["replaces"] = held.entry.identity
        self.node.record("informed", **facts)
        if self.rules.rumours:
            self.hot[entry.key] = known
            self.tick_on()
        if self.detector is not None:
            self.detector.news(self.node)
        if entry.important:
            rumour_mongering.push_at_once(self, entry, source)
        return True

    def _hit_again(self, held: Held, entry: Entry) -> bool:
        if held.since != self.round() or held.entry.stamp != entry.stamp:
            return False
        self.node.record("coincident", update=entry.identity, round=held.since)
        return True

    def _is_expired(self, entry: Entry) -> bool:
        life = self.config.tombstone_life
        return entry.deleted and life is not None and entry.stamp[0] + life <= self.node.now

    def forget_expired(self) -> None:
        """Drop the tombstones that have reached their age."""
        expired = [held.entry for held in self.known.values() if self._is_expired(held.entry)]
        for entry in expired:
            self.forget(entry)

    def forget(self, entry: Entry) -> None:
        """Drop what is held of a deleted key."""
        self.lose_interest(self.known.pop(entry.key))
        del self.node.storage[entry.key]
        self.digest = None
        self.node.record("expired", update=entry.identity)

    def lose_interest(self, held: Held) -> None:
        """Spread an entry no longer, if the node does."""
        if self.hot.pop(held.entry.key, None) is not None:
            self.node.record("removed", update=held.entry.identity, round=self.round())

    # Contacts.

    def tick_on(self) -> None:
        """Let the clock of contacts run, if it does not."""
        if not self.ticking:
            self.ticking = True
            self.node.set_timer(CONTACT, self._until_next(self.config.period))

    def _until_next(self, period: int) -> int:
        """Time to the next contact of a clock with this period, by the rule of the timing."""
        timing, node = self.config.timing, self.node
        if timing == "poisson":
            return int(node.random.exponential(period))
        if timing == "rounds":
            return int(period - node.now % period)
        if self.phase is None:
            self.phase = node.random.below(1 << 63)
        return int(period - (node.now - self.phase % period) % period)

    def on_timer(self, name: Hashable) -> None:
        if self.config.tombstone_life is not None:
            self.forget_expired()
        if name == BACKUP:
            anti_entropy.call(self, self.one_partner())
            self.node.set_timer(BACKUP, self._until_next(self.config.backup))
            return
        self.hunts = self.config.hunt
        if self.detector is not None:
            self.detector.period(self.node, bool(self.known))
        if self.rules.rumours:
            rumour_mongering.contact(self)
        else:
            for partner in self.partners():
                anti_entropy.call(self, partner)
        if self.hot or self.rules.always_ticks:
            self.node.set_timer(CONTACT, self._until_next(self.config.period))
        else:
            self.ticking = False

    def one_partner(self) -> int | None:
        """A neighbour, each as likely; None where there is none."""
        neighbors = self.node.neighbors
        return self.node.random.choice(neighbors) if neighbors else None

    def partners(self) -> list[int]:
        """The distinct neighbours of one contact."""
        node = self.node
        neighbors, fanout = node.neighbors, self.fanout
        if fanout == 1:
            return [node.random.choice(neighbors)] if neighbors else []
        return node.random.sample(neighbors, min(fanout, len(neighbors)))

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if not self.late:
            self._check_round(message)
        ARRIVALS[payload.__class__](self, message.source, payload)

    def _check_round(self, message: Message) -> None:
        """Say once that synchronous rounds are none, because messages are under way when a round ends."""
        if message.sent_at // self.config.period != self.round():
            self.late = True
            self.node.record("late", round=self.round())

    def refuses(self, source: int, reconciling: bool) -> bool:
        """Whether a call is one too many for this period; the caller is told."""
        limit = self.config.connection_limit
        if limit is None:
            return False
        now, answered = self.round(), self.calls[1]
        if self.calls[0] != now:
            answered = 0
        if answered >= limit:
            self.node.send(source, REFUSALS[reconciling])
            return True
        self.calls = (now, answered + 1)
        return False


def refused(gossip: Gossip, source: int, refusal: Refusal) -> None:
    """A call was refused: hunt for another partner, while the options allow it."""
    node = gossip.node
    if gossip.hunts > 0 and len(node.neighbors) > 1:
        gossip.hunts -= 1
        other = source
        while other == source:
            other = node.random.choice(node.neighbors)
        (anti_entropy if refusal.reconciling else rumour_mongering).call(gossip, other)


ARRIVALS: Final[dict[type, Any]] = {Refusal: refused, **rumour_mongering.ARRIVALS, **anti_entropy.ARRIVALS}
"""What is done with each kind of message."""
