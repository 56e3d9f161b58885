"""What a duty is: options, and the work that goes on at one node.

The protocol decides when a node ticks; the duty knows nothing of that. So the same duty runs under a swarm and under
the timetables that the swarm is compared with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from topologies.errors import InputError
from topologies.topology import MOST_NODES

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node

DUTY: Final = "duty"
"""First part of the names of a duty's timers, which are tuples."""

NodeNumber = Annotated[int, Field(ge=0, lt=MOST_NODES)]


class Work:
    """Base of what goes on at one node; it acts through the node alone, and dies with its crash."""

    def __init__(self, node: Node) -> None:
        self.node = node

    def on_tick(self) -> None:
        """The agent passes phase zero."""

    def on_request(self, request: Any) -> None:
        """The workload asks something of this node."""

    def on_message(self, message: Message) -> None:
        """A message has arrived that is not the swarm's own."""

    def on_timer(self, name: Any) -> None:
        """A timer of the duty is due; its names are tuples that begin with `duty`."""


class Duty(BaseModel):
    """Base of the options of a duty."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    records: ClassVar[tuple[str, ...]] = ()
    """The kinds of the records that the duty makes."""
    payloads: ClassVar[tuple[type, ...]] = ()
    """The classes of what it sends."""
    takes_requests: ClassVar[bool] = False
    """Whether a workload can ask something of its agents."""
    kind: str

    def begin(self, node: Node) -> Work:
        """The work at a node that has come up."""
        raise NotImplementedError

    @property
    def servers(self) -> dict[str, int]:
        """The nodes that serve the agents, and have no rhythm of their own, by the fields that name them."""
        return {}

    def demand_nodes(self, population: int, path: tuple[str, ...]) -> None:
        """Raise InputError, below the path of the duty, where a server is no node, or all nodes are servers."""
        for name, node in self.servers.items():
            if node >= population:
                found = f"found node {node} in a topology of {population} nodes"
                raise InputError(f"{found}; expected a number from 0 to {population - 1}", (*path, name))
        if len(set(self.servers.values())) >= population:
            raise InputError(f"found {population} nodes, all of them servers; give the topology more", (*path, "kind"))
