"""Protocols that are made of actors."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from sim.protocol import Protocol, ProtocolConfig
from sim.runtime.config import RuntimeConfig
from sim.runtime.runtime import Runtime
from sim.runtime.transport.messages import PAYLOADS

if TYPE_CHECKING:
    from sim.message import Message

RUNTIME_RECORDS = (
    "spawned",
    "stopped",
    "failed",
    "restarted-actor",
    "gave-up",
    "mailbox",
    "dropped-message",
    "held",
    "iso",
    "actor-total",
)


class ActorConfig(ProtocolConfig):
    """Base of the options of protocols that are made of actors."""

    runtime: RuntimeConfig = Field(default=RuntimeConfig(), description="mailboxes, costs, supervision and transport")


class ActorProtocol(Protocol):
    """A node with an actor runtime; define `begin`, which spawns the node's first actors by `self.runtime.spawn`.

    It begins anew after a crash. `label` says how records name a payload that was dropped.
    """

    Config: ClassVar[type[ProtocolConfig]] = ActorConfig
    payloads: ClassVar[tuple[type, ...] | None] = PAYLOADS
    records: ClassVar[tuple[str, ...] | None] = RUNTIME_RECORDS

    def __init__(self) -> None:
        ablate = getattr(self.config, "ablate", ())
        self.runtime = Runtime(self.node, self.config.runtime, self.config, ablate, self.label)

    def begin(self) -> None:
        """Spawn the first actors of this node."""
        raise NotImplementedError

    def label(self, payload: Any) -> Any:
        """What records call a payload: None, a number or a text."""
        return None

    def on_start(self) -> None:
        self.runtime.begin(self.begin)

    def on_message(self, message: Message) -> None:
        self.runtime.accept(message)

    def on_timer(self, name: Hashable) -> None:
        self.runtime.on_timer(name)

    def on_down(self) -> Mapping[str, Any] | None:
        held = self._held(lost=True)
        self.runtime.close()
        return held

    def on_end(self) -> None:
        for cell in self.runtime.cells.values():
            self.runtime.tell_total(cell)
        held = self._held(lost=False)
        if held is not None:
            self.node.record("held", **held)

    def _held(self, lost: bool) -> dict[str, Any] | None:
        """What records call the messages that are in memory, or were; None where they have no names."""
        if type(self).label is ActorProtocol.label:
            return None
        names = {self.label(payload) for payload in self.runtime.held()}
        return {"messages": tuple(sorted(names - {None})), "lost": lost}
