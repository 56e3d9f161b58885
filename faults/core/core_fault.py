"""What faults of cores share: they slow or stop the cores of nodes while they last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from faults.fault import LastingFault
from faults.node.node_fault import NodeFault
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.strike import Strike
    from sim.hardware.processor import Processor, SomeCores
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
        if self.needs_cores and not simulation.has_cores:
            raise InputError(
                f"found a {self.kind.replace('-', ' ')} in a system without cores, where handling takes no time; "
                "give the scenario `hardware`, or a `handling` such as 100us, or use slow-node",
                ("kind",),
            )

    def begin(self, strike: Strike) -> None:
        """Strike the cores."""
        strike.state = {}
        super().begin(strike)

    def hit(self, strike: Strike, node: int) -> bool:
        """Strike the cores of one node."""
        cores = self.struck(strike, node)
        strike.state[node] = (cores.served, self.disturb(strike, node, cores))
        return True

    def struck(self, strike: Strike, node: int) -> Processor | SomeCores:
        """What of a node is struck: all of its cores, or those that the fault names."""
        return strike.simulation.nodes[node].own_processor()

    def mend(self, strike: Strike, node: int) -> bool:
        """Undo it on one node."""
        if node not in strike.state:
            return False
        target = strike.simulation.nodes[node]
        cores = self.struck(strike, node)
        served, added = strike.state.pop(node)
        strike.touched += self.touches(cores, served, added)
        self.settle(strike, cores, added)
        target.release_processor()
        return True

    def count(self, strike: Strike) -> None:
        """Take in what was touched on the nodes that are still struck."""
        for node, (served, added) in strike.state.items():
            strike.touched += self.touches(self.struck(strike, node), served, added)

    def touches(self, cores: Processor | SomeCores, served: int, added: Any) -> int:
        """How many pieces of work the fault has touched since the cores had served so many."""
        return cores.served - served

    def disturb(self, strike: Strike, node: int, cores: Processor | SomeCores) -> Any:
        """Strike the cores, and give what `settle` needs to undo it."""
        raise NotImplementedError

    def settle(self, strike: Strike, cores: Processor | SomeCores, added: Any) -> None:
        """Undo it."""
        raise NotImplementedError


class ChosenCoresFault(CoreFault):
    """Base of faults that may strike some cores of a node alone."""

    cores: tuple[Annotated[int, Field(ge=0)], ...] | None = Field(
        default=None,
        strict=False,
        min_length=1,
        description="the cores of each node that it strikes; all when left out",
    )

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node or core does not exist, or has nothing to do slowly."""
        super().check(simulation)
        if self.cores is not None:
            fewest = min((hardware.cores for hardware in simulation.hardware.values()), default=1)
            if max(self.cores) >= fewest:
                raise InputError(f"found core {max(self.cores)}; expected a core from 0 to {fewest - 1}", ("cores",))
            if len(set(self.cores)) < len(self.cores):
                raise InputError("found a core twice; expected each once", ("cores",))

    def struck(self, strike: Strike, node: int) -> Processor | SomeCores:
        """The cores that it names, or all."""
        processor = strike.simulation.nodes[node].own_processor()
        return processor if self.cores is None else processor.some(self.cores)

    @property
    def of_cores(self) -> str:
        """Which cores, for people."""
        if self.cores is None:
            return "cores"
        return f"core{'s' if len(self.cores) > 1 else ''} {', '.join(map(str, self.cores))}"
