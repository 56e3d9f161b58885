"""How a scenario says where keys are placed."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.runtime.sharding.bounded_loads import BoundedLoads
from sim.runtime.sharding.hash_ring import HashRing
from sim.runtime.sharding.jump import Jump
from sim.runtime.sharding.placement import Placement, moves
from sim.runtime.sharding.rendezvous import Rendezvous

_OPTIONS = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)
VirtualNodes = Annotated[int, Field(ge=1, le=10_000)]


class RingPlacement(BaseModel):
    """A hash ring with virtual nodes."""

    model_config = _OPTIONS
    kind: Literal["ring"] = "ring"
    virtual_nodes: VirtualNodes = Field(default=100, description="points of each node on the ring")

    def place(self, nodes: tuple[int, ...], salt: int) -> Placement:
        """The placement over these nodes."""
        return HashRing(nodes, self.virtual_nodes, salt)


class RendezvousPlacement(BaseModel):
    """Rendezvous hashing: the node with the highest hash of key and node."""

    model_config = _OPTIONS
    kind: Literal["rendezvous"] = "rendezvous"

    def place(self, nodes: tuple[int, ...], salt: int) -> Placement:
        """The placement over these nodes."""
        return Rendezvous(nodes, salt)


class JumpPlacement(BaseModel):
    """Jump consistent hash: buckets in the order in which nodes came."""

    model_config = _OPTIONS
    kind: Literal["jump"] = "jump"

    def place(self, nodes: tuple[int, ...], salt: int) -> Placement:
        """The placement over these nodes."""
        return Jump(nodes, salt)


class BoundedPlacement(BaseModel):
    """A ring on which no node owns more than a bound."""

    model_config = _OPTIONS
    kind: Literal["bounded-loads"] = "bounded-loads"
    slack: float = Field(default=0.25, gt=0, le=100, description="how much more than the mean a node owns at most")
    slots: int = Field(default=1024, ge=1, le=1_000_000, description="pieces that the key space is cut into")
    virtual_nodes: VirtualNodes = Field(default=100, description="points of each node on the ring")

    def place(self, nodes: tuple[int, ...], salt: int) -> Placement:
        """The placement over these nodes."""
        return BoundedLoads(nodes, self.slack, self.slots, self.virtual_nodes, salt)


AnyPlacement = RingPlacement | RendezvousPlacement | JumpPlacement | BoundedPlacement
PlacementKind = Annotated[AnyPlacement, Field(discriminator="kind")]


@lru_cache(maxsize=64)
def placed(kind: AnyPlacement, nodes: tuple[int, ...], salt: int) -> Placement:
    """The placement over these nodes, in the order in which they came; made once for all nodes that ask for it."""
    return kind.place(nodes, salt)


@lru_cache(maxsize=64)
def pairs_of(before: Placement, after: Placement) -> frozenset[tuple[int, int]]:
    """From which node to which keys may have to go."""
    if before.arcs() is not None and after.arcs() is not None:
        return frozenset(moves(before, after))
    return frozenset((old, new) for old in before.nodes for new in after.nodes if old != new)
