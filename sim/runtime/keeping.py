"""State that actors keep in the memory of their node, where others may drive it out: `yield from keep(self, ...)`.

It is the actor's own, and gone when the actor ends or is started again. On a node without memory there is always room.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.hardware.memory.state_store import StateStore
    from sim.runtime.actor import Actor, Effect
    from sim.runtime.reference import Reference


def keep(actor: Actor, key: Hashable, value: Any, size: int) -> Effect[bool]:
    """Keep a value of so many bytes under a key, over the one there is; whether there is room for it."""
    work = _store(actor).put(key, value, size)
    yield from actor.compute(work or 0)
    return work is not None


def kept(actor: Actor, key: Hashable) -> Effect[Any]:
    """The value that is kept under a key, None where there is none, or it was evicted or has expired."""
    found = _store(actor).get(key)
    if found is None:
        return None
    yield from actor.compute(found[1])
    return found[0]


def give(actor: Actor, key: Hashable, to: Reference) -> Effect[bool]:
    """Give what is kept under a key to another actor of this node, uncopied; whether it was there and found room."""
    runtime = actor.runtime
    if to.node != runtime.node.id or to.name not in runtime.cells:
        return False
    work = _store(actor).give(key, runtime.memory.store_of(to.name))
    yield from actor.compute(work or 0)
    return work is not None


def forget(actor: Actor, key: Hashable) -> bool:
    """Keep nothing under a key any more; whether there was something."""
    return _store(actor).remove(key)


def _store(actor: Actor) -> StateStore:
    return actor.runtime.memory.store_of(actor.me.name)
