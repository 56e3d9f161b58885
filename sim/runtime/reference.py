"""What an actor is known by: the node that it lives on, and its name there."""

from __future__ import annotations

from typing import NamedTuple


class Reference(NamedTuple):
    """The address of an actor. It stays the same when the actor, or its node, is started again."""

    node: int
    name: str

    def __str__(self) -> str:
        return f"{self.name}@{self.node}"
