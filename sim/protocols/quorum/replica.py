"""A replica of the registers, as an actor."""

from __future__ import annotations

from typing import Any, Final

from sim.protocols.quorum.messages import Begin, Held, Read, Store, Stored
from sim.protocols.quorum.versioned_store import VersionedStore
from sim.runtime.actor import Actor, Effect

NAME: Final = "replica"


class Replica(Actor):
    """Answers coordinators, one after the other; what it answers is on its disk."""

    def run(self) -> Effect[Any]:
        """Answer for ever."""
        store = VersionedStore(self.runtime.node.storage)
        while True:
            envelope = yield from self.receive()
            assert envelope is not None
            yield from self.reply(envelope, _answer(store, envelope.payload))


def _answer(store: VersionedStore, asked: Read | Begin | Store) -> Held | Stored:
    if isinstance(asked, Store):
        store.write(asked.key, asked.version, asked.value)
        return Stored()
    is_first = isinstance(asked, Read) or store.mark(asked.client, asked.sequence, asked.attempt)
    return Held(*store.read(asked.key), begun_before=not is_first)
