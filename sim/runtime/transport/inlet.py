"""The receiving half: what comes from one node for one actor, put into its order."""

from __future__ import annotations

from typing import Any, Literal

Arrival = Literal["next", "early", "known"]


class Inlet:
    """Numbers what arrives from 0: `expected` comes next; `ahead` holds what came before its turn.

    `stopped`: the other side was told to wait, and is to hear when it may go on.
    """

    __slots__ = ("ahead", "expected", "serial", "stopped")

    def __init__(self) -> None:
        self.expected = 0
        self.ahead: dict[int, Any] = {}
        self.stopped = False
        self.serial = 0

    def arrival(self, number: int) -> Arrival:
        """What a message of this number is: the next in order, an early one, or one that is known."""
        if number == self.expected:
            return "next"
        return "known" if number < self.expected or number in self.ahead else "early"

    def follow(self) -> Any | None:
        """Count the next as taken; gives the one after it where that has come already, to be taken in its turn."""
        self.expected += 1
        return self.ahead.pop(self.expected, None)

    def evict(self) -> Any:
        """Forget the one that is farthest ahead, and give it; it will come again, for it was never acknowledged."""
        return self.ahead.pop(max(self.ahead))
