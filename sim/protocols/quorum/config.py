"""The options of registers that are read and written by quorums."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.runtime.actor_protocol import ActorConfig
from sim.units import PositiveDuration
from topologies.errors import InputError

Safeguard = Literal["quorum-intersection", "write-back", "attempt-marks"]


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class QuorumConfig(ActorConfig):
    """Options of quorums; times are nanoseconds. Every node has a replica, and coordinates what clients ask of it."""

    kind: Literal["quorum"] = "quorum"
    read_quorum: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="R, replicas of which a read hears; a majority when left out"
    )
    write_quorum: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="W, replicas that hold a write before it is answered; a majority when left out"
    )
    timeout: PositiveDuration = Field(
        default=1_000_000_000, description="time after which a coordinator no longer waits for a quorum"
    )
    hedge_after: PositiveDuration | None = Field(
        default=None,
        description="ask only as many replicas as are needed, and the others after this time without enough answers; "
        "all at once when left out",
    )
    state_machine: Literal["key-value"] = Field(default="key-value", description="what commands act on")
    ablate: Annotated[tuple[Safeguard, ...], BeforeValidator(_tuple_of_list)] = Field(
        default=(),
        description="safeguards that are left out: `quorum-intersection` (half of the replicas are enough for "
        "everything), `write-back` (reads return what they do not know a quorum to hold), `attempt-marks` (a write "
        "that a client asks for again is done again)",
    )

    functions: ClassVar[frozenset[str]] = frozenset(("get", "put", "delete"))
    """What clients may ask for: a register cannot be changed by what it holds without consensus."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for place, name in enumerate(self.ablate):
            if name in self.ablate[:place]:
                raise InputError(f"found {name!r} a second time; name each safeguard once", ("ablate", place))
        return self

    def quorums(self, population: int) -> tuple[int, int]:
        """R and W for so many replicas."""
        if "quorum-intersection" in self.ablate:
            half = max(1, population // 2)
            return half, half
        majority = population // 2 + 1
        return self.read_quorum or majority, self.write_quorum or majority

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where a quorum is larger than all."""
        for name in ("read_quorum", "write_quorum"):
            size = getattr(self, name)
            if size is not None and size > population:
                raise InputError(f"found {size} of {population} replicas; expected at most all", (name,))
