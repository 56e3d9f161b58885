"""How an actor ends, and what others are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sim.runtime.reference import Reference

NORMAL: Final = "normal"
"""The reason of an actor whose behaviour came to its end."""
SHUTDOWN: Final = "shutdown"
"""The reason of an actor that its supervisor stopped."""
NO_ACTOR: Final = "no-actor"
"""The reason given to who monitors or links to an actor that is not there."""
NODE_DOWN: Final = "node-down"
"""The reason of all actors of a node that is not heard any more, or was started again."""
TOO_MANY_RESTARTS: Final = "too-many-restarts"
"""The reason of a supervisor whose children failed more often than it takes."""


class ActorFailure(Exception):
    """Raised by a behaviour: the actor fails for this reason, and its supervisor decides what follows."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Stop(Exception):
    """Ends a behaviour from within, as if it had returned."""


@dataclass(frozen=True, slots=True)
class Exit:
    """Signal to an actor that traps exits: one that it is linked to has ended."""

    actor: Reference
    reason: str


@dataclass(frozen=True, slots=True)
class Down:
    """Signal to an actor that monitors another: it has ended."""

    actor: Reference
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Signal to the sender of a message that the mailbox of an actor on another node had no room for."""

    actor: Reference
    payload: Any
