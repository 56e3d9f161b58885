"""What liars say in place of the truth: a lie of their protocol, or one of those that fit every protocol.

`altered` makes one value of a message another of the same type. `borrowed` puts in its place what another message says
there, one of the same kind that the liar has sent, or that was sent to it: what is said is never new, only untrue. As
is usual for an adversary, a liar knows what is on its way to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from faults.alteration import altered, borrowed
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.protocol import Lie, Protocol
    from sim.randomness import Stream
    from sim.simulation import Simulation

ALTERED: Final = "altered"
BORROWED: Final = "borrowed"
MEMORY: Final = 100
"""Messages of each kind that a liar can borrow from: the latest."""

LieName = Annotated[
    str,
    Field(
        min_length=1, description="which lie: altered, borrowed from other messages, or one that the protocol offers"
    ),
]


def lies_of(protocol: type[Protocol]) -> tuple[str, ...]:
    """The name of every lie that nodes of a protocol can tell: its own, and the generic ones."""
    return (*(name for name in protocol.lies if name not in (ALTERED, BORROWED)), ALTERED, BORROWED)


def check_lie(name: str, simulation: Simulation) -> None:
    """Raise InputError where nodes cannot tell such a lie."""
    known = lies_of(simulation.protocol)
    if name not in known:
        raise InputError(
            f"found {name!r:.60}, a lie that the protocol {simulation.protocol.name()} does not offer; "
            f"expected one of {', '.join(known)}",
            ("lie",),
        )


class Words:
    """Finds other words for what liars say. `borrows`: from the messages that it is told of, by liar."""

    def __init__(self, lie: str, own: Mapping[str, Lie]) -> None:
        self.borrows = lie == BORROWED and lie not in own
        self._lie: Lie = own.get(lie, altered)
        self._known: dict[tuple[int, type], deque[Any]] = {}

    def note(self, liar: int, payload: Any) -> None:
        """Take in what a liar has said or is told."""
        if self.borrows:
            self._known.setdefault((liar, type(payload)), deque(maxlen=MEMORY)).append(payload)

    def instead(self, liar: int, payload: Any, stream: Stream) -> Any | None:
        """Other words; None where there are none."""
        if not self.borrows:
            return self._lie(payload, stream)
        known = self._known.get((liar, type(payload)))
        return borrowed(payload, stream.choice(known), stream) if known else None
