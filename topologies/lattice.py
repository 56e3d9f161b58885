"""Lattices: grid, torus and hypercube."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt, prod
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from topologies.config import TopologyConfig, exactly_one
from topologies.errors import InputError
from topologies.topology import MOST_NODES, Topology, tuples_of_neighbors

_SIDES = "nodes along each axis, such as [4, 5]; the last axis counts fastest; or give nodes"
_NODES = "number of nodes, laid out in two dimensions as near to a square as it divides; or give sides"


class GridConfig(TopologyConfig):
    """A grid of one to eight dimensions; each node is linked to the next along each axis."""

    kind: Literal["grid"] = "grid"
    sides: (
        Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(strict=False, min_length=1, max_length=8)] | None
    ) = Field(default=None, description=_SIDES)
    nodes: Annotated[int, Field(ge=4, le=MOST_NODES)] | None = Field(default=None, description=_NODES)

    @model_validator(mode="after")
    def _has_one_size(self) -> Self:
        exactly_one(self, "sides", "nodes")
        return self

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of nodes along each axis."""
        return self.sides or (_near_square(self.nodes, shortest=2) if self.nodes else ())

    @property
    def node_count(self) -> int:
        return prod(self.shape)

    @property
    def link_count(self) -> int:
        return sum(self.node_count // side * (side - 1) for side in self.shape)

    def build(self, seed: int) -> Topology:
        """Build the grid; its diameter is Σ (side - 1)."""
        neighbors = tuples_of_neighbors(self.node_count, _steps(self.shape, wrap=False))
        return Topology("grid", self.node_count, neighbors, stated_diameter=sum(side - 1 for side in self.shape))


class TorusConfig(TopologyConfig):
    """A grid whose every axis is closed to a ring, so that all nodes have the same degree."""

    kind: Literal["torus"] = "torus"
    sides: (
        Annotated[tuple[Annotated[int, Field(ge=3)], ...], Field(strict=False, min_length=1, max_length=8)] | None
    ) = Field(default=None, description=_SIDES + "; each at least 3")
    nodes: Annotated[int, Field(ge=9, le=MOST_NODES)] | None = Field(default=None, description=_NODES)

    @model_validator(mode="after")
    def _has_one_size(self) -> Self:
        exactly_one(self, "sides", "nodes")
        return self

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of nodes along each axis."""
        return self.sides or (_near_square(self.nodes, shortest=3) if self.nodes else ())

    @property
    def node_count(self) -> int:
        return prod(self.shape)

    @property
    def link_count(self) -> int:
        return self.node_count * len(self.shape)

    def build(self, seed: int) -> Topology:
        """Build the torus; its diameter is Σ ⌊side / 2⌋."""
        neighbors = tuples_of_neighbors(self.node_count, _steps(self.shape, wrap=True))
        return Topology("torus", self.node_count, neighbors, stated_diameter=sum(side // 2 for side in self.shape))


class HypercubeConfig(TopologyConfig):
    """Node numbers are bit strings; two nodes are linked where these differ in one bit."""

    kind: Literal["hypercube"] = "hypercube"
    dimension: Annotated[int, Field(ge=0, le=MOST_NODES.bit_length() - 1)] | None = Field(
        default=None, description="number of bits, of which every node has a link; or give nodes"
    )
    nodes: Annotated[int, Field(ge=1, le=MOST_NODES)] | None = Field(
        default=None, description="number of nodes, a power of two; or give dimension"
    )

    @model_validator(mode="after")
    def _is_a_power_of_two(self) -> Self:
        if exactly_one(self, "dimension", "nodes") == "nodes" and self.nodes != 1 << self.bits:
            below = 1 << self.bits
            near = " or ".join(str(size) for size in (below, 2 * below) if size <= MOST_NODES)
            raise InputError(f"found {self.nodes}; expected a power of two such as {near}", ("nodes",))
        return self

    @property
    def bits(self) -> int:
        """The dimension."""
        return self.dimension if self.dimension is not None else (self.nodes or 1).bit_length() - 1

    @property
    def node_count(self) -> int:
        return 1 << self.bits

    @property
    def link_count(self) -> int:
        return self.bits * self.node_count // 2

    def build(self, seed: int) -> Topology:
        """Build the hypercube; its diameter is its dimension."""
        ones = [1 << bit for bit in range(self.bits)]
        edges = ((node, node | one) for node in range(self.node_count) for one in ones if not node & one)
        neighbors = tuples_of_neighbors(self.node_count, edges)
        return Topology("hypercube", self.node_count, neighbors, stated_diameter=self.bits)


def _near_square(nodes: int, shortest: int) -> tuple[int, int]:
    """Return two sides whose product is `nodes`, as equal as can be; InputError where none is long enough."""
    rows = next(side for side in range(isqrt(nodes), 0, -1) if nodes % side == 0)
    if rows < shortest:
        square = isqrt(nodes) ** 2
        raise InputError(
            f"found {nodes}, which no rectangle with sides of at least {shortest} has; "
            f"give sides, or a number such as {max(square, shortest**2)}",
            ("nodes",),
        )
    return rows, nodes // rows


def _steps(shape: tuple[int, ...], wrap: bool) -> Iterator[tuple[int, int]]:
    """Yield the links of a lattice: from each node to the next along each axis, and, if `wrap`, from last to first."""
    nodes = stride = prod(shape)
    for side in shape:
        axis, stride = stride, stride // side
        for node in range(nodes):
            if node % axis // stride < side - 1:
                yield node, node + stride
            elif wrap:
                yield node, node + stride - axis
