"""What a protocol is: a class that its node calls, and that acts only through its node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sim.convergence import Convergence
    from sim.message import Message
    from sim.node import Node
    from sim.randomness import Stream
    from sim.roles import Roles

Lie = Callable[[Any, "Stream"], Any | None]
"""Makes other words of a payload, drawn from a stream, None where it cannot; the payload stays as it is."""


class ProtocolError(InputError):
    """A user's own part of a protocol raised an error: what, when, as which node handled what, and at which line."""


class ProtocolConfig(BaseModel):
    """Base of a protocol's options: frozen, no unknown fields; each field with its unit, bounds and default."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    kind: str = ""
    needs_cores: ClassVar[bool] = False
    """Whether every node has to have cores, for what it computes takes time."""
    needs_memory: ClassVar[bool] = False
    """Whether each node must have memory."""

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where the options ask for other nodes than there are, numbers 0 to `population` - 1."""


class Collective:
    """What moves all nodes of a simulation together, for a protocol whose nodes do not act one by one.

    A simulation makes it after its nodes and before its workload and faults; it schedules by itself what it does.
    """


class Protocol:
    """Base of protocols; override what is needed. One instance lives on each node and dies with its crash.

    `node` and `config` are set before any method is called. A protocol that reads better as a process defines
    `run(self)`, a generator that yields `self.node.receive(timeout=...)` or `self.node.sleep(...)`; its messages then
    go to the mailbox, not to `on_message`.
    """

    Config: ClassVar[type[ProtocolConfig]] = ProtocolConfig
    convergence: ClassVar[Convergence | None] = None
    """Which records mean progress; None where the protocol has no notion of being done, or its options decide."""
    roles: ClassVar[Roles | None] = None
    """How records tell what role a node has, for faults that are aimed at a role; None where there are no roles."""

    payloads: ClassVar[tuple[type, ...] | None] = None
    """The classes of what it sends, for faults that are aimed at kinds of messages; None where it does not say."""
    records: ClassVar[tuple[str, ...] | None] = None
    """The kinds of its records, for schedules of faults that wait for one; None where it does not say. A class that is
    derived from another says it anew."""
    lies: ClassVar[Mapping[str, Lie]] = MappingProxyType({})
    """What a liar among the nodes may say instead, by name."""

    node: Node
    config: Any

    def on_start(self) -> None:
        """The node begins to run, for the first time."""

    def on_restart(self) -> None:
        """The node runs again after a crash: memory is new, `node.storage` is as it was left."""
        self.on_start()

    def on_down(self) -> Mapping[str, Any] | None:
        """The node has crashed or left: end what lives beyond a handler, for nothing is sent or recorded any more.

        Gives the fields of a record `held`, of what was lost with its memory; None: there is none.
        """

    def on_end(self) -> None:
        """The run is over, and the node is up or paused: record what it came to, where records have not told it."""

    def on_message(self, message: Message) -> None:
        """A message has arrived."""

    def on_timer(self, name: Hashable) -> None:
        """The timer that was set under this name is due."""

    def on_request(self, request: Any) -> None:
        """The workload asks something of this node."""

    replicates_log: ClassVar[bool] = False
    """Whether its records tell of a replicated log as those of Raft do, for checks of consensus."""

    disrupt: ClassVar[Any] = None
    """A method, where state can be scrambled, `disrupt(stream) -> bool`: draws it anew; whether it changed."""
    drain: ClassVar[Any] = None
    """A method, where nodes have energy, `drain(share) -> bool`: takes this share of it; whether there was any.

    The options of such a protocol have a field `energy`, None where there is none in this run.
    """

    run: ClassVar[Any] = None

    collective: ClassVar[Any] = None
    """A class method, `collective(simulation) -> Collective`, where nodes are moved together; the instance on each node
    is then what faults and its life act on."""
    faults: ClassVar[frozenset[str] | None] = None
    """The kinds of faults that mean something to it; None: all."""

    @classmethod
    def converges(cls, config: Any) -> Convergence | None:
        """Which records mean progress in a run with these options: `convergence`, unless a protocol says otherwise."""
        return cls.convergence

    @classmethod
    def on(cls, node: Node, config: ProtocolConfig | None = None) -> Self:
        """An instance on a node, `__init__` called last, with the defaults of `config` where it is None.

        A simulation makes its protocols so; a test may, with any object for a node that does what the protocol asks.
        """
        protocol = cls.__new__(cls)
        protocol.node = node
        protocol.config = cls.Config() if config is None else config
        protocol.__init__()  # type: ignore[misc]
        return protocol

    @classmethod
    def name(cls) -> str:
        """What the protocol is called: its `kind` where it has one, else its class."""
        kind = cls.Config.model_fields["kind"].default
        return kind if isinstance(kind, str) and kind else cls.__name__.lower()

    @classmethod
    def stream_name(cls) -> str:
        """What the nodes' own random streams are called after: its name, unless it is to draw what another draws."""
        return cls.name()
