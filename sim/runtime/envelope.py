"""What a payload is in while it goes from actor to actor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.runtime.reference import Reference

if TYPE_CHECKING:
    from sim.hardware.memory.block import Block


class Envelope:
    """A payload with its sender; `size` in bytes.

    `sent_at` and `taken_at`, when it was sent and when it came into the mailbox, in nanoseconds on a
    clock of the node where that was which nobody sets; `capability`, what its receiver may do with the payload, None
    where nobody asks; `question`, the number that an answer is to name, None where none is awaited; `block`, what it
    takes of its node's memory.
    """

    __slots__ = ("block", "capability", "payload", "question", "sender", "sent_at", "size", "taken_at")

    def __init__(
        self, sender: Reference, payload: Any, size: int = 0, sent_at: int = 0, question: int | None = None
    ) -> None:
        self.sender = sender
        self.payload = payload
        self.size = size
        self.sent_at = sent_at
        self.taken_at = sent_at
        self.capability: str | None = None
        self.question = question
        self.block: Block | None = None

    def __repr__(self) -> str:
        return f"Envelope({self.sender}, {self.payload!r})"
