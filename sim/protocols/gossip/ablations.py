"""Gossip with a safeguard removed, to show what each is good for, and that checks notice when it is missing.

Each ablation is a mistake that real systems have made, and is named for the safeguard that it removes.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import TYPE_CHECKING, Final

from sim.protocols.gossip import anti_entropy
from sim.protocols.gossip.gossip import Gossip
from sim.protocols.gossip.messages import Difference, Digest

if TYPE_CHECKING:
    from sim.message import Message
    from sim.protocols.gossip.entry import Entry
    from sim.workloads.update import Update

NOTHING: Final = Difference((), ())
"""Says only that a digest has arrived."""


class WithoutAntiEntropyAfterPartition(Gossip):
    """Takes a partner that has not answered a digest within a period for dead, and never calls it again.

    Every digest is answered, so that silence tells something. The list of the dead is in memory, and dies with a crash.
    Record: `struck-off` (partner).
    """

    def __init__(self) -> None:
        super().__init__()
        self.alive = list(self.node.neighbors)
        self.awaited: set[int] = set()

    def partners(self) -> list[int]:
        """Distinct neighbours of one contact, among those that are not taken for dead."""
        if self.rules.rumours:
            return super().partners()
        chosen = self.node.random.sample(self.alive, min(self.fanout, len(self.alive)))
        for partner in chosen:
            self._expect(partner)
        return chosen

    def one_partner(self) -> int | None:
        """A neighbour that is not taken for dead; None where there is none."""
        if not self.alive:
            return None
        partner = self.node.random.choice(self.alive)
        self._expect(partner)
        return partner

    def _expect(self, partner: int) -> None:
        """Wait for an answer, by a timer that is called by the partner's number."""
        if partner not in self.awaited:
            self.awaited.add(partner)
            self.node.set_timer(partner, self.config.period)

    def on_message(self, message: Message) -> None:
        if message.source in self.awaited:
            self.awaited.remove(message.source)
            self.node.cancel_timer(message.source)
        super().on_message(message)
        if message.payload.__class__ is Digest:
            self.node.send(message.source, NOTHING)

    def on_timer(self, name: Hashable) -> None:
        if isinstance(name, int):
            self.awaited.remove(name)
            self.alive.remove(name)
            self.node.record("struck-off", partner=name)
        else:
            super().on_timer(name)


class WithoutTombstones(Gossip):
    """Tells all neighbours of a deletion at once, and keeps no record of it: who did not hear of it then never does."""

    def learn(self, entry: Entry, source: int | None) -> bool:
        is_news = super().learn(entry, source)
        if is_news and entry.deleted:
            if source is None:
                self.node.broadcast(entry.push)
            self.forget(entry)
        return is_news


class WithoutDigestComparison(Gossip):
    """Takes a store for equal to its own if both have as many keys and the same newest stamp, whatever the others."""

    def on_message(self, message: Message) -> None:
        payload = message.payload
        if payload.__class__ is Digest and self._seems_equal(payload):
            anti_entropy.heard_digest(self, message.source, anti_entropy.digest_of(self))
        else:
            super().on_message(message)

    def _seems_equal(self, digest: Digest) -> bool:
        stamps = anti_entropy.digest_of(self).stamps
        newest = max(stamps.values(), default=None)
        return len(stamps) == len(digest.stamps) and newest == max(digest.stamps.values(), default=None)


class WithoutHybridClock(Gossip):
    """Stamps a write with the local clock alone, whatever it knows of the key, and acknowledges it."""

    def update(self, request: Update) -> None:
        self.write(request, request.version or (self.node.now, self.node.id))


WITHOUT: Final[dict[str, type[Gossip]]] = {
    "anti-entropy-after-partition": WithoutAntiEntropyAfterPartition,
    "tombstones": WithoutTombstones,
    "digest-comparison": WithoutDigestComparison,
    "hybrid-clock": WithoutHybridClock,
}


@cache
def without(whole: type[Gossip], safeguards: tuple[str, ...]) -> type[Gossip]:
    """A class of gossip without these safeguards, whose streams and messages are called as before."""
    ablated = [ablation for name, ablation in WITHOUT.items() if name in safeguards]
    return type(whole.__name__, (*ablated, whole), {})
