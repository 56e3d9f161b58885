"""What is spread: versions of keys, of which the last write wins."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sim.protocols.gossip.messages import Answer, Feedback, Push, PushPull

Stamp = tuple[int, int]
"""(version, node of the write): the greater wins. A version is a time in nanoseconds, see `Gossip.write`."""


@dataclass(frozen=True)
class Entry:
    """One write or deletion (a tombstone) of a key. One object serves all nodes, with the messages that tell of it."""

    key: str
    stamp: Stamp
    value: Any = field(compare=False)
    deleted: bool = field(compare=False)
    important: bool = field(compare=False)

    @cached_property
    def identity(self) -> str:
        """The name of this update in records: key@version.node."""
        return f"{self.key}@{self.stamp[0]}.{self.stamp[1]}"

    @cached_property
    def push(self) -> Push:
        """The message that tells of this entry alone."""
        return Push((self,))

    @cached_property
    def push_pull(self) -> PushPull:
        """The same, asking for rumours in return."""
        return PushPull((self,))

    @cached_property
    def answer(self) -> Answer:
        """The same, in answer to a pull."""
        return Answer((self,))

    @cached_property
    def feedback(self) -> tuple[Feedback, Feedback, Feedback, Feedback]:
        """What a receiver of this entry alone replies, by 2 * (it came as an answer) + (it was news)."""
        return (
            Feedback((self,), (False,), to_answer=False),
            Feedback((self,), (True,), to_answer=False),
            Feedback((self,), (False,), to_answer=True),
            Feedback((self,), (True,), to_answer=True),
        )


class Held:
    """What a node holds of a key: the entry, since which round, and how its contacts about it went.

    `useless`: useless contacts in a row; `answered` and `wanted`: whether the entry was given in answer to pulls since
    the node last looked, and whether any of them needed it.
    """

    __slots__ = ("answered", "entry", "since", "useless", "wanted")

    def __init__(self, entry: Entry, since: int) -> None:
        self.entry = entry
        self.since = since
        self.useless = 0
        self.answered = False
        self.wanted = False
