"""What a duty is: options, and the work that goes on at one node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from sim.message import Message
    from sim.node import Node


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
    kind: str

    def begin(self, node: Node) -> Work:
        """The work at a node that has come up."""
        raise NotImplementedError
