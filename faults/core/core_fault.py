"""What faults of cores share: they slow or stop the cores of nodes while they last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from faults.fault import LastingFault
from faults.node.node_fault import NodeFault
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.strike import Strike
    from sim.hardware.core import Core
    from sim.simulation import Simulation


class CoreFault(LastingFault, NodeFault):
    """Base of faults of cores. `state` of a strike maps nodes to what each needs to be undone.

    `touched` counts the messages, timers and requests that cores served while they were struck.
    """

    layer: ClassVar[str] = "core"
    needs_cores: ClassVar[bool] = True
    """Whether the fault means nothing where handling takes no time."""

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node does not exist, or where a core would have nothing to do slowly."""
        super().check(simulation)
        if self.needs_cores and simulation.handling is None:
            raise InputError(
                f"found a {self.kind.replace('-', ' ')} in a system without cores, where handling takes no time; "
                "give the scenario a `handling`, such as 100us, or use slow-node",
                ("kind",),
            )

    def begin(self, strike: Strike) -> None:
        """Strike the cores."""
        strike.state = {}
        super().begin(strike)

    def hit(self, strike: Strike, node: int) -> bool:
        """Strike the cores of one node."""
        core = strike.simulation.nodes[node].own_core()
        strike.state[node] = (core.served, self.disturb(strike, node, core))
        return True

    def mend(self, strike: Strike, node: int) -> bool:
        """Undo it on one node."""
        if node not in strike.state:
            return False
        target = strike.simulation.nodes[node]
        core = target.own_core()
        served, added = strike.state.pop(node)
        strike.touched += self.touches(core, served, added)
        self.settle(strike, core, added)
        target.release_core()
        return True

    def count(self, strike: Strike) -> None:
        """Take in what was touched on the nodes that are still struck."""
        for node, (served, added) in strike.state.items():
            strike.touched += self.touches(strike.simulation.nodes[node].own_core(), served, added)

    def touches(self, core: Core, served: int, added: Any) -> int:
        """How many pieces of work the fault has touched since the core had served so many."""
        return core.served - served

    def disturb(self, strike: Strike, node: int, core: Core) -> Any:
        """Strike a core, and give what `settle` needs to undo it."""
        raise NotImplementedError

    def settle(self, strike: Strike, core: Core, added: Any) -> None:
        """Undo it."""
        raise NotImplementedError
