"""Batching of calls: a service holds what it is asked until its tick, and then passes it on in one call.

Calls go to the node `server`, the upstream, or through a `gateway` that merges what comes within `merge` of the first
call that it holds into one. A service keeps each batch until the upstream has answered, and sends it again after
`retry`; the upstream carries out each batch once while it lives. What a service holds, and what it has no answer for,
is in its memory and is lost with its crash; a gateway that crashes loses nothing, for services send again.

Records: `call` (requests, waits: how long each of them was held, in nanoseconds, without the time on the way; none for
those that are sent again), by whoever calls the upstream; `answered` (requests, waits: from asking to the answer, by
the clock of the service), by the service; `served` (requests, again: those that it had carried out before), by the
upstream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.protocols.attractor.duties.duty import Duty, NodeNumber, Work
from sim.protocols.attractor.duties.gateway import Gateway, Upstream
from sim.protocols.attractor.duties.parcel import Answer, Call
from sim.protocols.attractor.duties.service import Service
from sim.units import SECOND, Duration, PositiveDuration
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.node import Node


class BatchDuty(Duty):
    """Passes on at its tick what it was asked for; times are nanoseconds."""

    records: ClassVar[tuple[str, ...]] = ("call", "answered", "served")
    payloads: ClassVar[tuple[type, ...]] = (Call, Answer)
    takes_requests: ClassVar[bool] = True

    kind: Literal["batch"] = "batch"
    server: NodeNumber = Field(default=0, description="the node that is called: the upstream")
    gateway: NodeNumber | None = Field(
        default=None, description="a node through which all calls go; services call the upstream themselves by default"
    )
    merge: Duration = Field(
        default=0, description="how long the gateway waits, from the first call that it holds, for others to merge"
    )
    retry: PositiveDuration = Field(
        default=SECOND, description="time without an answer after which a service sends a batch again"
    )

    @model_validator(mode="after")
    def _has_a_gateway_to_merge(self) -> Self:
        if self.merge and self.gateway is None:
            raise InputError("found a time to merge, and no gateway that does; name one by gateway", ("merge",))
        if self.gateway == self.server:
            raise InputError(f"found node {self.server}, which is the server; name another node", ("gateway",))
        return self

    @property
    def servers(self) -> dict[str, int]:
        """The upstream, and the gateway where there is one."""
        return {"server": self.server} | ({} if self.gateway is None else {"gateway": self.gateway})

    def begin(self, node: Node) -> Work:
        """The upstream, the gateway, or a service."""
        if node.id == self.server:
            return Upstream(node)
        if node.id == self.gateway:
            return Gateway(node, self.server, self.merge)
        return Service(node, self.server if self.gateway is None else self.gateway, self.gateway is None, self.retry)
