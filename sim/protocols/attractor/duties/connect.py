"""A pool of connections: at its tick a client asks for one, uses it for a while and gives it back.

The pool is the node `server`. It lends at most `size` connections at once, to clients in the order in which they asked.
A client that waits at its next tick does not ask for a second one. What is lost on the way is asked for again after
`retry`, and returned by the pool itself `lease` after it was lent, as where a client has crashed. A pool that crashes
forgets who waits and who has what.

Records, of clients: `attempt`, at the tick; `skipped`, at a tick at which it still waits or has one; `connected`
(waited, in nanoseconds). Of the pool: `lent` (in_use, queue), whenever it lends one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.protocols.attractor.duties.client import Client
from sim.protocols.attractor.duties.duty import Duty, NodeNumber, Work
from sim.protocols.attractor.duties.loan import Lent, Returned, Wanted
from sim.protocols.attractor.duties.pool import Pool
from sim.units import MILLISECOND, SECOND, PositiveDuration, format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.node import Node


class ConnectDuty(Duty):
    """Asks a pool for a connection at its tick; times are nanoseconds."""

    records: ClassVar[tuple[str, ...]] = ("attempt", "skipped", "connected", "lent")
    payloads: ClassVar[tuple[type, ...]] = (Wanted, Lent, Returned)

    kind: Literal["connect"] = "connect"
    server: NodeNumber = Field(default=0, description="the node that has the pool")
    size: Annotated[int, Field(ge=1)] = Field(default=40, description="connections in the pool")
    use: PositiveDuration = Field(default=5 * MILLISECOND, description="how long a client uses a connection")
    retry: PositiveDuration = Field(
        default=200 * MILLISECOND, description="time without a connection after which a client asks again"
    )
    lease: PositiveDuration = Field(
        default=SECOND, description="time after which the pool takes back a connection that nobody has returned"
    )

    @model_validator(mode="after")
    def _lends_for_long_enough(self) -> Self:
        if self.lease <= self.use:
            found = f"found {format_duration(self.lease)}, and a use of {format_duration(self.use)}"
            raise InputError(f"{found}; make it longer than the use", ("lease",))
        return self

    @property
    def servers(self) -> dict[str, int]:
        """The pool."""
        return {"server": self.server}

    def begin(self, node: Node) -> Work:
        """The pool, or one of its clients."""
        if node.id == self.server:
            return Pool(node, self.size, self.lease)
        return Client(node, self.server, self.use, self.retry)
