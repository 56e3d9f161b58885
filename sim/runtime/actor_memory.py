"""What the actors of a node take of its memory: messages until they are received, and state that they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.hardware.memory.state_store import StateStore

if TYPE_CHECKING:
    from sim.runtime.envelope import Envelope
    from sim.runtime.runtime import Runtime


class ActorMemory:
    """Places messages that have a size in the memory of their node, on the account of the actor that is to have them.

    Where the node has no memory, or a message no size, there is always room. `starved` are actors for which something
    found no room, to be looked at again when something is released; `stores` is what actors keep, by their names.
    """

    __slots__ = ("_node", "_runtime", "starved", "stores")

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._node = runtime.node
        self.starved: dict[str, None] = {}
        self.stores: dict[str, StateStore] = {}

    # Messages.

    def hold(self, actor: str, envelope: Envelope, again: bool = False) -> bool:
        """Whether there is room for a message, which has it from now on; `again`: it was refused, and recorded, before.

        What would never find room counts as held, see `is_too_large`.
        """
        memory = self._node.memory
        if memory is None or not envelope.size or envelope.block is not None or not memory.could_hold(envelope.size):
            return True
        envelope.block = memory.place(actor, envelope.size, told=not again)
        if envelope.block is None:
            self.starved[actor] = None
        return envelope.block is not None

    def is_too_large(self, envelope: Envelope) -> bool:
        """Whether a message is larger than what an actor can have."""
        memory = self._node.memory
        return memory is not None and envelope.size > 0 and not memory.could_hold(envelope.size)

    def prepare(self, size: int) -> int:
        """The work of placing a message of so many bytes (ns), garbage being collected before where it is due."""
        memory = self._node.memory
        return 0 if memory is None or not size else memory.prepare(size)

    def release(self, envelope: Envelope) -> int:
        """Give the bytes of a message back; the work of reading it (ns), where it was held compressed."""
        block, envelope.block, memory = envelope.block, None, self._node.memory
        if block is None or memory is None:
            return 0
        work = memory.expanding(block)
        memory.release(block)
        return work

    def received(self, envelope: Envelope) -> int:
        """The same for a message that was received; and let those go on that wait for memory."""
        work = self.release(envelope)
        self._feed()
        return work

    def _feed(self) -> None:
        starved = tuple(self.starved)
        self.starved.clear()
        for name in starved:
            cell = self._runtime.cells.get(name)
            if cell is not None and cell.mailbox.is_open:
                self._runtime.relieve(cell)

    # State.

    def store_of(self, actor: str) -> StateStore:
        """What an actor keeps."""
        if actor not in self.stores:
            self.stores[actor] = StateStore(self._node.memory, actor)
        return self.stores[actor]

    def forget(self, actor: str) -> None:
        """Release what an actor kept, which has ended."""
        store = self.stores.pop(actor, None)
        if store is not None:
            store.clear()
            self._feed()
