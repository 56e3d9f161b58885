"""Twins: two nodes with one identity, each of them honest by itself.

Bano et al., "Twins: BFT systems made robust" (OPODIS 2021): much of what liars
can do comes about when one identity is run twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.node.node_fault import NodeFault
from sim.units import PositiveDuration

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node


class Twin(NodeFault):
    """A second node runs under the identity of each node of the target, from a copy of its disk, until it heals."""

    layer: ClassVar[str] = "byzantine"
    lies: ClassVar[bool] = True
    healer: ClassVar[str | None] = "heal_after"
    phase: ClassVar[str] = "begin"

    kind: Literal["twins"] = "twins"
    heal_after: PositiveDuration | None = Field(
        default=None, description="time after which it heals; only by a heal when left out"
    )
    hear: Literal["both", "divided"] = Field(
        default="both", description="both hear everyone, or each half of the others, drawn, reaches one of them"
    )

    def changeable(self, node: Node) -> bool:
        """Whether the node is up."""
        return node.life == "up"

    def hit(self, strike: Strike, node: int) -> bool:
        """Add the twin of one node."""
        if self.hear == "both":
            return strike.simulation.add_twin(node)
        population = strike.simulation.topology.nodes
        half = frozenset(strike.stream(f"half/{node}").sample(range(population), population // 2))
        return strike.simulation.add_twin(node, half.__contains__)

    def mend(self, strike: Strike, node: int) -> bool:
        """End the twin of one node."""
        twins = strike.simulation.twins.get(node)
        if twins is not None:
            strike.touched += twins.heard_by_second
        return strike.simulation.end_twin(node)

    def count(self, strike: Strike) -> None:
        """Take in what the twins that still run have heard."""
        twins = strike.simulation.twins
        strike.touched += sum(twins[node].heard_by_second for node in sorted(strike.nodes) if node in twins)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """One or a few nodes for a while."""
        hear = drawing.stream.choice(("both", "divided"))
        return {"target": drawing.nodes(), "hear": hear, "heal_after": drawing.lasting()}
