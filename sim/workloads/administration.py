"""What an administrator asks of the cluster while clients use it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sim.units import Duration, PositiveDuration
from sim.workloads.request import ChangeRequest, TransferRequest
from topologies.errors import InputError
from topologies.topology import MOST_NODES

Node = Annotated[int, Field(ge=0, lt=MOST_NODES)]


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Nodes = Annotated[tuple[Node, ...], BeforeValidator(_tuple_of_list)]


class Action(BaseModel):
    """At a time, other members or another leader: the administrator asks until the cluster has agreed, or gives up."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)

    at: Duration = Field(description="simulated time at which it is asked for")
    add: Nodes = Field(default=(), description="nodes that are to become voters")
    remove: Nodes = Field(default=(), description="nodes that are to leave the cluster")
    learners: Nodes = Field(default=(), description="nodes that are to hear without a vote")
    transfer: Node | Literal["anyone"] | None = Field(
        default=None, description="the node to which the leader hands over; anyone: the one that is most up to date"
    )

    timeout: PositiveDuration = Field(
        default=60_000_000_000, description="time after which the administrator gives up, done or not"
    )

    @model_validator(mode="after")
    def _asks(self) -> Self:
        changes = bool(self.add or self.remove or self.learners)
        if changes == (self.transfer is not None):
            found = "both a change of members and a transfer" if changes else "nothing to do"
            raise InputError(f"found {found}; expected add, remove or learners, or transfer", ())
        if len(set(self.nodes)) < len(self.nodes):
            raise InputError("found a node twice; name each once in one action", ())
        return self

    @property
    def nodes(self) -> tuple[int, ...]:
        """Every node that it names."""
        transfer = (self.transfer,) if isinstance(self.transfer, int) else ()
        return (*self.add, *self.remove, *self.learners, *transfer)

    @property
    def words(self) -> str:
        """What it asks for, for records."""
        if self.transfer is not None:
            return f"transfer to {self.transfer}"
        parts = (("add", self.add), ("remove", self.remove), ("learners", self.learners))
        return ", ".join(f"{name} {' '.join(map(str, nodes))}" for name, nodes in parts if nodes)

    def request(self, client: int) -> ChangeRequest | TransferRequest:
        """What the servers are asked."""
        if self.transfer is None:
            return ChangeRequest(client, 1, self.add, self.remove, self.learners)
        return TransferRequest(client, 1, None if self.transfer == "anyone" else self.transfer)
