"""Anti-entropy (Demers et al. 1987, section 1.3): two nodes compare all that they hold, and the older side takes over.

The caller sends the stamps of its keys (Digest). In a *pull* the one called replies with what it holds newer, in a
*push* it asks for what the caller holds newer, in a *push-pull* it does both (Difference); the caller sends what was
wanted (Delta). In synchronous rounds what a node learned in a round is not passed on in the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sim.protocols.gossip.messages import Delta, Difference, Digest

if TYPE_CHECKING:
    from sim.protocols.gossip.entry import Entry
    from sim.protocols.gossip.gossip import Gossip

OLDEST: Final = (-1, -1)
"""Less than any stamp."""


def call(gossip: Gossip, partner: int | None) -> None:
    """Begin an exchange with a partner."""
    if partner is not None:
        gossip.node.send(partner, digest_of(gossip))


def digest_of(gossip: Gossip) -> Digest:
    """What the node holds; made anew only when that has changed."""
    digest = gossip.digest
    if digest is None:
        digest = gossip.digest = Digest({key: held.entry.stamp for key, held in gossip.known.items()})
    return digest


def heard_digest(gossip: Gossip, source: int, digest: Digest) -> None:
    """A caller says what it holds."""
    if gossip.refuses(source, True):
        return
    if gossip.config.tombstone_life is not None:
        gossip.forget_expired()
    theirs, known = digest.stamps, gossip.known
    newer = [held.entry for key, held in known.items() if held.entry.stamp > theirs.get(key, OLDEST)]
    older = [key for key, stamp in theirs.items() if key not in known or known[key].entry.stamp < stamp]
    if gossip.detector is not None:
        gossip.detector.compared(gossip.node, equal=not newer and not older)
    entries = _from_before(gossip, newer) if gossip.rules.pulls else ()
    wanted = tuple(older) if gossip.rules.pushes else ()
    if entries or wanted:
        gossip.node.send(source, Difference(entries, wanted))


def _from_before(gossip: Gossip, entries: list[Entry]) -> tuple[Entry, ...]:
    """Those of the entries that may be passed on now: in rounds, what the node held when the round began."""
    if gossip.rules.rounds:
        now, known = gossip.round(), gossip.known
        return tuple(entry for entry in entries if known[entry.key].since < now)
    return tuple(entries)


def heard_difference(gossip: Gossip, source: int, difference: Difference) -> None:
    """The one called replies: take what is newer there, and send what is wanted."""
    known = gossip.known
    wanted = _from_before(gossip, [known[key].entry for key in difference.wanted if key in known])
    for entry in difference.entries:
        gossip.learn(entry, source)
    if wanted:
        gossip.node.send(source, Delta(wanted))


def heard_delta(gossip: Gossip, source: int, delta: Delta) -> None:
    """The caller sends what was wanted."""
    for entry in delta.entries:
        gossip.learn(entry, source)


ARRIVALS: Final[dict[type, Any]] = {Digest: heard_digest, Difference: heard_difference, Delta: heard_delta}
