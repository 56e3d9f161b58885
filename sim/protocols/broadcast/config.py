"""The options of broadcasts."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from sim.protocol import ProtocolConfig
from sim.units import PositiveDuration
from topologies.errors import InputError
from topologies.topology import MOST_NODES

Safeguard = Literal["ordering-buffer", "repair"]
Order = Literal["none", "fifo", "causal", "total"]


def _tuple_of_list(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_NEEDS: Final[dict[str, tuple[str, Any, str]]] = {
    "repair": ("reliable", False, "nothing is repaired; set reliable: true"),
    "ordering-buffer": ("order", "none", "there is no order; set order: fifo, causal or total"),
}
"""What must not be so for a safeguard to be there."""


class BroadcastConfig(ProtocolConfig):
    """Options of broadcasts; times are nanoseconds."""

    kind: Literal["broadcast"] = "broadcast"
    spread: Literal["flooding", "gossip", "tree"] = Field(
        default="gossip",
        description="to whom a broadcast is passed on when it first comes: to all other neighbours; to some at random; "
        "to children in a tree over all nodes with its origin as the root",
    )
    fanout: int = Field(default=3, ge=1, le=1000, description="neighbours that gossip chooses, or children in the tree")
    reliable: bool = Field(
        default=True, description="nodes compare what they hold with a random neighbour, and send what the other lacks"
    )
    repair: PositiveDuration = Field(default=200_000_000, description="time between such comparisons of a node")
    batch: int = Field(default=64, ge=1, description="most broadcasts in one answer to a comparison")
    order: Order = Field(
        default="none",
        description="none: as they come; fifo: each origin's in turn; causal: what went before it first; total: the "
        "same for all",
    )
    sequencer: Annotated[int, Field(ge=0, lt=MOST_NODES)] = Field(
        default=0,
        description="with total order the node that gives each broadcast its place; nobody takes over from it",
    )
    ablate: Annotated[tuple[Safeguard, ...], BeforeValidator(_tuple_of_list)] = Field(
        default=(), description="safeguards that are left out, to see what they are good for"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for place, name in enumerate(self.ablate):
            if name in self.ablate[:place]:
                raise InputError(f"found {name!r} a second time; name each safeguard once", ("ablate", place))
            option, without, remedy = _NEEDS[name]
            if getattr(self, option) == without:
                raise InputError(f"{name}: {remedy}", ("ablate", place))
        return self

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where the sequencer is beyond the last node."""
        if self.order == "total" and self.sequencer >= population:
            found = f"found node {self.sequencer} in a topology of {population} nodes"
            raise InputError(f"{found}; expected a number from 0 to {population - 1}", ("sequencer",))
