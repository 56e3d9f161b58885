"""Amnesia: nodes that forget what was on their disk, come back, and go on as if nothing had happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.node.node_fault import NodeFault
from sim.units import PositiveDuration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Armed, Strike
    from sim.node import Node
    from sim.simulation import Simulation


class Amnesia(NodeFault):
    """Each node restarts at once with its disk as it was some time ago, or empty, under its old name."""

    layer: ClassVar[str] = "byzantine"
    lies: ClassVar[bool] = True

    kind: Literal["amnesia"] = "amnesia"
    span: PositiveDuration | None = Field(
        default=None, description="what was written within so much time is forgotten; everything when left out"
    )

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or it is not known beforehand when to copy the disks."""
        super().check(simulation)
        if self.span is not None and self.at is None:
            raise InputError("found a span with a schedule; give a time, at, or leave span out", ("span",))

    def prepare(self, armed: Armed) -> None:
        """Have the disks copied as they are at the begin of the span."""
        if self.span is not None and self.at is not None and self.at > self.span:
            armed.kernel.observe_at(self.at - self.span, _copy_disks, armed)

    def changeable(self, node: Node) -> bool:
        """Whether the node is up."""
        return node.life == "up"

    def begin(self, strike: Strike) -> None:
        """Restart the nodes; as long as that takes they count as lying."""
        super().begin(strike)
        strike.injector.forget(strike)

    def hit(self, strike: Strike, node: int) -> bool:
        """Crash and restart one node with an older disk."""
        target = strike.simulation.nodes[node]
        if target.life != "up":
            return False
        kept: dict[str, Any] = (strike.armed.state or {}).get(node, {})
        medium = target.storage.medium
        strike.touched += sum(name not in kept or kept[name] is not value for name, value in medium.items())
        target.crash()
        target.lose_disk()
        target.find_disk(kept)
        return target.restart()

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """One or a few nodes that forget the last of their writes, or all."""
        span = {"span": drawing.lasting()} if drawing.stream.random() < 0.7 else {}
        return {"target": drawing.nodes(), **span}


def _copy_disks(armed: Armed) -> None:
    armed.state = {node.id: dict(node.storage.medium) for node in armed.simulation.nodes if node.has_written}
