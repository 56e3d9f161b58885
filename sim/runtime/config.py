"""The options of an actor runtime: mailboxes, costs, supervision, and how messages go between nodes."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.runtime.passing import AnyCapabilityConfig
from sim.units import MILLISECOND, SECOND, Bandwidth, Duration, PositiveDuration, Probability
from topologies.errors import InputError

Overflow = Literal["back-pressure", "drop-newest", "drop-oldest", "reject"]
Strategy = Literal["one-for-one", "one-for-all", "rest-for-one"]
Safeguard = Literal["watermark-order", "mailbox-bound", "retransmission", "duplicate-check"]


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


class MailboxConfig(_Options):
    """A mailbox holds at most `capacity` messages; what happens to more is up to `overflow`.

    Under `back-pressure` whoever sends to a mailbox waits from the time when it holds the share `high` of its capacity
    until it holds no more than the share `low`.
    """

    capacity: int = Field(default=1_000, ge=1, le=10**9, description="messages that it holds at most")
    overflow: Overflow = Field(
        default="back-pressure",
        description="senders wait (`back-pressure`), the message is dropped (`drop-newest`), the one that waits "
        "longest is (`drop-oldest`), or the sender is told (`reject`)",
    )
    high: Probability = Field(default=0.8, description="share of the capacity from which on senders wait")
    low: Probability = Field(default=0.2, description="share of the capacity at which they go on")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low >= self.high:
            raise InputError(f"found {self.low:.4g}, not below high, {self.high:.4g}; lower it", ("low",))
        return self

    @property
    def high_mark(self) -> int:
        """Messages from which on senders wait: at least one."""
        return max(1, int(self.capacity * self.high))

    @property
    def low_mark(self) -> int:
        """Messages at which they go on: fewer than the other."""
        return min(int(self.capacity * self.low), self.high_mark - 1)


class RuntimeCosts(_Options):
    """Work of a core for each effect of an actor, at full speed; nothing on a node without cores.

    Whoever puts something into a mailbox, or takes it out, on another core than the one that did so last, has the
    `transfer` between these cores to do too.

    The defaults are the upper parts of the ranges that runtimes of this design claim for themselves (spawn 300 to 500
    ns, send 150 to 200 ns, signal below 100 ns, enqueue 40 to 60 ns): assumptions to be replaced by one's own
    measurements, not results.
    """

    spawn: Duration = Field(default=400, description="start an actor")
    send: Duration = Field(
        default=180, description="send a message, whatever its size; putting it into a mailbox is part of it"
    )
    signal: Duration = Field(default=90, description="send a signal")
    enqueue: Duration = Field(default=50, description="put a value into a channel, or take one out")
    receive: Duration = Field(default=50, description="take a message out of the mailbox")
    scan: Duration = Field(default=5, description="pass over a message that is not the one wanted")
    copy_bandwidth: Bandwidth = Field(default=80 * 10**9, description="at which payloads for other nodes are copied")

    def copy_time(self, size: int) -> int:
        """Nanoseconds of work for copying so many bytes."""
        return -(-size * 8 * SECOND // self.copy_bandwidth)


class RestartDelay(_Options):
    """How long an actor that is to be started again waits: a base, a draw up to `jitter`, and its turn in a batch."""

    base: Duration = Field(default=0, description="all wait so long")
    jitter: Duration = Field(default=0, description="and further a time drawn from 0 to this, each its own")
    stagger: Duration = Field(default=0, description="and further so long for each restart in the period before it")


class SupervisionConfig(_Options):
    """What a supervisor does when a child ends (Erlang/OTP, "Supervisor Behaviour", OTP Design Principles)."""

    strategy: Strategy = Field(
        default="one-for-one",
        description="who is started again: the one that failed, all, or it and those that were started after it",
    )
    intensity: int = Field(default=1, ge=0, le=10**9, description="restarts within a period beyond which it gives up")
    period: PositiveDuration = Field(default=5 * SECOND, description="the period")
    delay: RestartDelay = Field(default=RestartDelay(), description="how long restarts wait")


class TransportConfig(_Options):
    """How messages go to actors on other nodes; see `sim.runtime.transport`."""

    window: int = Field(default=64, ge=1, le=100_000, description="messages under way to one actor, from one node")
    first_timeout: PositiveDuration = Field(
        default=200 * MILLISECOND, description="wait for an acknowledgement before any was timed"
    )
    shortest_timeout: PositiveDuration = Field(default=MILLISECOND, description="the wait is never shorter")
    longest_timeout: PositiveDuration = Field(
        default=5 * SECOND, description="nor longer, however often it was in vain"
    )
    after_restart: Literal["drop", "send-again"] = Field(
        default="drop",
        description="what becomes of messages of which nobody knows whether a node took them before it crashed: "
        "dropped (at most once), or sent again when it is back (at least once)",
    )
    tick: PositiveDuration = Field(
        default=SECOND, description="time between questions to a node of which actors are watched"
    )
    down_after: PositiveDuration = Field(default=4 * SECOND, description="silence after which it is taken to be down")


class RuntimeConfig(_Options):
    """Options of the actor runtime of each node."""

    mailbox: MailboxConfig = Field(default=MailboxConfig(), description="of every actor that brings none of its own")
    costs: RuntimeCosts = Field(default=RuntimeCosts(), description="work of the cores for each effect")
    turn: int = Field(
        default=10, ge=1, le=10**9, description="messages that an actor takes before others have their turn on its core"
    )
    supervision: SupervisionConfig = Field(
        default=SupervisionConfig(), description="of every actor that brings none of its own, and of the node itself"
    )
    transport: TransportConfig = Field(default=TransportConfig(), description="how messages go between nodes")
    capabilities: AnyCapabilityConfig | None = Field(
        default=None,
        description="iso, val, ref and tag, `checked` or `unchecked`; when left out, payloads go as they are, uncopied",
    )


def ablations_of(value: Any) -> Any:
    """A tuple of the list in which a file gives safeguards; raises InputError for one that comes twice."""
    names = tuple(value) if isinstance(value, list) else value
    if isinstance(names, tuple):
        for place, name in enumerate(names):
            if name in names[:place]:
                raise InputError(f"found {name!r} a second time; name each safeguard once", (place,))
    return names
