"""What every workload is: a frozen description of what is asked of the nodes from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from sim.simulation import Simulation
    from sim.workloads.update import Update


class Workload(BaseModel):
    """Base of workloads. All of their chance comes from the stream `workload`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    records: ClassVar[tuple[str, ...]] = ("refused",)
    """The kinds of the records that it makes."""

    kind: str

    def arm(self, simulation: Simulation) -> None:
        """Schedule what is asked; raises InputError where the simulation has not what it speaks of."""
        raise NotImplementedError


def submit(simulation: Simulation, node: int, update: Update) -> None:
    """Hand an update to a node; a node that is not up refuses it, which the run records."""
    if not simulation.request(node, update):
        simulation.record("refused", target=node, key=update.key)
