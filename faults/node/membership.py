"""Membership: nodes that join a system that runs already, and nodes that leave it with all that they held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from faults.fault import Downtime
from faults.node.downtime_fault import ABSENT, DowntimeFault, count_holders
from faults.node.node_fault import NodeFault
from sim.kernel import PRIORITY_STRIDE
from sim.units import PositiveDuration
from topologies.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node
    from sim.simulation import Simulation


class Leave(DowntimeFault):
    """Have nodes leave: memory and disk are lost, and what is sent to them is dropped; `rejoin_after` in nanoseconds.

    The links and the number of nodes stay those of the topology: that a node is gone, its peers have to find out.
    """

    over_with_its_nodes: ClassVar[bool] = True
    healer: ClassVar[str | None] = "rejoin_after"
    held: ClassVar[str] = ABSENT

    kind: Literal["leave"] = "leave"
    rejoin_after: PositiveDuration | None = Field(
        default=None, description="time after which those that left join as new nodes; only by a join when left out"
    )

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """One or a few nodes, for a while."""
        return {"target": drawing.nodes(), "rejoin_after": drawing.lasting()}


class Join(NodeFault):
    """Have nodes join that are absent: they start with nothing in memory or on disk.

    Its nodes are absent from the start of the run on, except those that a `leave` takes out before it strikes.
    """

    phase: ClassVar[str] = "end"
    ends: ClassVar[tuple[str, ...]] = ("leave", "churn", "join")

    kind: Literal["join"] = "join"

    @model_validator(mode="after")
    def _names_nodes(self) -> Self:
        if not isinstance(self.target, int | tuple):
            expected = "a node's number or a list of them, since who joins is absent from the start"
            raise InputError(f"found a choice of nodes; expected {expected}", ("target",))
        return self

    @property
    def nodes(self) -> tuple[int, ...]:
        """The nodes that it names."""
        assert isinstance(self.target, int | tuple), "checked when it was made"
        return self.target if isinstance(self.target, tuple) else (self.target,)

    def arm(self, simulation: Simulation) -> None:
        """Schedule it, and keep its nodes out until then."""
        super().arm(simulation)
        if not self.is_off:
            have_absent_from_the_start(simulation, self._keep_out)

    def _keep_out(self, simulation: Simulation) -> Iterable[int]:
        from faults.injector import Injector

        for node in self.nodes:
            others = (armed.fault for armed in Injector.of(simulation).armed)
            if not any(isinstance(other, Leave) and _names(other, node) and self._is_after(other) for other in others):
                yield node

    def _is_after(self, other: Leave) -> bool:
        return other.at is None or self.at is None or other.at < self.at

    def changeable(self, node: Node) -> bool:
        """Whether the node is absent."""
        return node.life == "absent"

    def hit(self, strike: Strike, node: int) -> bool:
        """Have a node join that is absent, whatever keeps it out."""
        count_holders(strike, ABSENT, node)
        strike.injector.let_all_go(ABSENT, node)
        if strike.injector.count_joined(node):
            strike.touched += strike.simulation.nodes[node].dropped
        return strike.simulation.join(node)

    def downtime(self, population: int) -> Downtime | None:
        """Its nodes are down from the start until they join."""
        if not self.at or self.is_off or self.chance < 1.0:
            return None
        return Downtime(0, self.at - 1, frozenset(self.nodes), len(self.nodes))


def have_absent_from_the_start(simulation: Simulation, who: Any) -> None:
    """Keep out the nodes that `who(simulation)` gives; it is asked when all faults are armed, before any node runs."""

    def keep_out(_: None) -> None:
        from faults.injector import Injector

        for node in who(simulation):
            simulation.nodes[node].stay_out()
            Injector.of(simulation).count_absent(node)

    simulation.kernel.push((0, next(simulation.kernel.keys) - 2 * PRIORITY_STRIDE, keep_out, None))


def _names(leave: Leave, node: int) -> bool:
    return leave.target == node or (isinstance(leave.target, tuple) and node in leave.target)
