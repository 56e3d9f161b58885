"""The liveness phase: from a time on nothing breaks any more, a core of nodes is healed for good, and must progress.

Safety first, then liveness, as TigerBeetle's simulator and Jepsen's final generators have it: what is left broken
outside the core stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from faults.schedule import OPTIONS
from faults.strike import Armed, Strike
from faults.target import Target, check_target, choose
from sim.units import Duration, PositiveDuration

if TYPE_CHECKING:
    from sim.simulation import Simulation

NOBODY: Any = None
"""Stands for the fault where nodes are chosen for none."""


class Liveness(BaseModel):
    """When the phase begins, who is healed, and within what time there must be progress; times in nanoseconds."""

    model_config = OPTIONS
    at: Duration = Field(description="simulated time from which nothing strikes any more")
    core: Target = Field(
        default="all", description="the nodes that are healed for good, as a fault's target names them"
    )
    within: PositiveDuration = Field(description="time from then within which the run must have converged")

    def arm(self, simulation: Simulation) -> None:
        """Schedule the phase; raises InputError where a node of the core does not exist."""
        check_target(self.core, simulation, "core")
        simulation.kernel.call_at(self.at, self._begin, simulation)

    def _begin(self, simulation: Simulation) -> None:
        from faults.injector import Injector

        injector = Injector.of(simulation)
        chooser = Strike(Armed(NOBODY, injector, "liveness", "liveness"), 1, simulation.now)
        core = frozenset(choose(self.core, chooser, lambda node: True))
        simulation.record("liveness", core=tuple(sorted(core)), within=self.within)
        injector.spare(core)
