"""The options of loads on actors."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.runtime.actor_protocol import ActorConfig
from sim.runtime.config import ablations_of
from sim.units import Duration, Size
from topologies.errors import InputError

MOST_ACTORS: Final = 100_000
Safeguard = Literal["let-go"]


class ActorLoadConfig(ActorConfig):
    """Options of a load on actors; times are nanoseconds."""

    needs_cores: ClassVar[bool] = True

    kind: Literal["actor-load"] = "actor-load"
    effect: Literal["send", "signal", "ask", "enqueue", "spawn"] = Field(
        default="send",
        description="what each sender does: sends messages, signals, asks and waits for the answer, sends over a "
        "channel, or spawns actors",
    )
    senders: int = Field(default=1, ge=1, le=MOST_ACTORS, description="actors that do so")
    receivers: int = Field(
        default=1, ge=1, le=MOST_ACTORS, description="actors, or channels, that they do it to in turn"
    )
    count: int = Field(default=1_000, ge=1, le=10**9, description="how often each sender does it")
    think: Duration = Field(default=0, description="work of a sender before each time")
    work: Duration = Field(
        default=0, description="work of a receiver on what it receives, or of an actor that is spawned"
    )
    place: Literal["together", "apart"] = Field(
        default="together", description="senders on the node of the receivers, node 0, or on all others in turn"
    )
    size: Size = Field(default=0, description="size of a message")
    payload: Literal["plain", "iso", "val"] = Field(
        default="plain", description="by which capability messages go, where the runtime has capabilities"
    )
    objects: int = Field(default=1, ge=1, le=10**6, description="objects that a payload is made of")
    capacity: int = Field(default=64, ge=0, le=10**9, description="values that a channel holds")
    ablate: Annotated[tuple[Safeguard, ...], BeforeValidator(ablations_of)] = Field(
        default=(),
        strict=False,
        description="safeguards that are left out: `let-go`, senders go on using what they sent",
    )

    @model_validator(mode="after")
    def _channels_are_of_one_node(self) -> Self:
        if self.place == "apart" and self.effect in ("enqueue", "spawn"):
            what = "channels join actors of one node" if self.effect == "enqueue" else "actors spawn on their own node"
            raise InputError(f"found 'apart' with {self.effect}, and {what}; expected together", ("place",))
        return self

    @model_validator(mode="after")
    def _what_is_let_go_was_an_iso(self) -> Self:
        if self.ablate and (self.payload != "iso" or self.effect != "send"):
            found = f"found let-go with {self.effect} of {self.payload}; expected effect send and payload iso"
            raise InputError(f"{found}, which alone has to be let go", ("ablate",))
        return self

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where senders would be on other nodes, and there are none."""
        if self.place == "apart" and population < 2:
            raise InputError("found 'apart' on one node; give the topology another", ("place",))

    def payload_value(self) -> Any:
        """What a message holds: a tuple for a val, a list for what may change."""
        if self.payload == "val":
            return ((),) * (self.objects - 1)
        return [[] for _ in range(self.objects - 1)]
