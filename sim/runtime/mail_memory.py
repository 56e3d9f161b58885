"""What messages take of a node's memory: from when they arrive until they are received."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.node import Node
    from sim.runtime.envelope import Envelope


class MailMemory:
    """Places messages that have a size in the memory of their node, on the account of the actor that is to have them.

    Where the node has no memory, or a message no size, there is always room. `starved` are actors for which something
    found no room, to be looked at again when something is released.
    """

    __slots__ = ("_node", "starved")

    def __init__(self, node: Node) -> None:
        self._node = node
        self.starved: dict[str, None] = {}

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

    def release(self, envelope: Envelope) -> int:
        """Give the bytes of a message back; the work of reading it (ns), where it was held compressed."""
        block, envelope.block, memory = envelope.block, None, self._node.memory
        if block is None or memory is None:
            return 0
        work = memory.expanding(block)
        memory.release(block)
        return work

    def prepare(self, size: int) -> int:
        """The work of placing a message of so many bytes (ns), garbage being collected before where it is due."""
        memory = self._node.memory
        return 0 if memory is None or not size else memory.prepare(size)
