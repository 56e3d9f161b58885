"""The options of the sharded store."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.protocol import ProtocolConfig
from sim.protocols.sharded_store.placements import PlacementKind, RingPlacement
from sim.units import PositiveDuration
from topologies.errors import InputError
from topologies.topology import MOST_NODES


class ShardedStoreConfig(ProtocolConfig):
    """Options of the sharded store; times are nanoseconds."""

    kind: Literal["sharded-store"] = "sharded-store"
    placement: PlacementKind = Field(default=RingPlacement(), description="which node owns a key")
    members: Annotated[int, Field(ge=1, le=MOST_NODES)] | None = Field(
        default=None, description="how many nodes, the first ones, own keys at the start; all when left out"
    )
    resend: PositiveDuration = Field(
        default=200_000_000, description="time after which what was not confirmed is sent again, on a change of members"
    )
    state_machine: Literal["key-value"] = Field(default="key-value", description="what commands act on")

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where there are fewer nodes than members."""
        if self.members is not None and self.members > population:
            expected = f"expected at most {population}, the nodes of the topology"
            raise InputError(f"found {self.members}; {expected}", ("members",))
