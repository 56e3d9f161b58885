"""Keys that are shared out over actors: each key has an owner, and a change of the owners moves few keys."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.runtime.reference import Reference
from sim.runtime.sharding.key_space import position_of

if TYPE_CHECKING:
    from sim.runtime.actor import Actor, Effect
    from sim.runtime.sharding.placement import Placement


@dataclass(frozen=True, slots=True)
class Handed:
    """What an owner gives to the next one: keys with what it holds of them."""

    items: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Shards:
    """The actors called `name` on the nodes of a placement, each of which owns the keys that the placement gives it."""

    placement: Placement
    name: str

    def owner(self, key: str) -> Reference:
        """Who owns a key."""
        return Reference(self.placement.owner(position_of(key)), self.name)

    def joined(self, node: int) -> Shards:
        """The same with one owner more."""
        return replace(self, placement=self.placement.joined(node))

    def left(self, node: int) -> Shards:
        """The same with one owner less."""
        return replace(self, placement=self.placement.left(node))

    def moved(self, after: Shards, keys: Iterable[str]) -> dict[tuple[Reference, Reference], list[str]]:
        """Which of these keys go from whom to whom, each list in order."""
        found: dict[tuple[Reference, Reference], list[str]] = {}
        for key in sorted(keys):
            old, new = self.owner(key), after.owner(key)
            if old != new:
                found.setdefault((old, new), []).append(key)
        return found


def send_to_owner(actor: Actor, shards: Shards, key: str, payload: Any, size: int = 0) -> Effect[bool]:
    """Send a message to the owner of a key; as `actor.send`."""
    return actor.send(shards.owner(key), payload, size)


def ask_owner(
    actor: Actor, shards: Shards, key: str, payload: Any, size: int = 0, timeout: int | None = None
) -> Effect[Any]:
    """Ask the owner of a key; as `actor.ask`."""
    return actor.ask(shards.owner(key), payload, size, timeout)


def hand_over(actor: Actor, held: MutableMapping[str, Any], after: Shards, size_of_item: int = 0) -> Effect[int]:
    """Send what an owner holds and owns no longer to its new owners, as a message `Handed` each; how many keys went.

    They are no longer held here when it is sent, so that no key is with two owners.
    """
    gone: dict[Reference, list[tuple[str, Any]]] = {}
    for key in sorted(held):
        owner = after.owner(key)
        if owner != actor.me:
            gone.setdefault(owner, []).append((key, held[key]))
    for items in gone.values():
        for key, _ in items:
            del held[key]
    for owner, items in gone.items():
        yield from actor.send(owner, Handed(tuple(items)), size_of_item * len(items))
    return sum(map(len, gone.values()))
