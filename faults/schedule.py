"""What all schedules of faults have: what they answer, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from sim.units import Duration, PositiveDuration, format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.fault import Fault
    from faults.strike import Armed
    from sim.simulation import Simulation

OPTIONS = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


class Schedule(BaseModel):
    """Base of schedules. `arm` has the fault strike when it should."""

    model_config = OPTIONS

    def check(self, fault: Fault, simulation: Simulation) -> None:
        """Raise InputError, with its path from the schedule on, where it names what is not there."""

    def arm(self, armed: Armed) -> None:
        """Schedule the strikes of a fault."""
        raise NotImplementedError

    @property
    def earliest(self) -> int:
        """Before which it strikes for sure not, in nanoseconds."""
        return 0

    @property
    def sure(self) -> Outage | None:
        """The first strike, where it is known beforehand."""
        return None

    @property
    def words(self) -> str:
        """When, in a few words, for people."""
        raise NotImplementedError


class Outage(BaseModel):
    """One strike of a list."""

    model_config = OPTIONS
    at: Duration = Field(description="when it strikes")
    lasting: PositiveDuration | None = Field(
        default=None, description="how long it lasts; as the fault says when left out"
    )
    node: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="whom it strikes; the fault's target when left out"
    )


def check_until(earliest: int, until: int | None) -> None:
    """Raise InputError where a schedule is over before it can strike."""
    if until is not None and until <= earliest:
        found = f"found {format_duration(until)}, before it can strike, at {format_duration(earliest)}"
        raise InputError(f"{found}; make it later", ("until",))


def check_node(node: int | None, simulation: Simulation, path: tuple[str | int, ...]) -> None:
    """Raise InputError where a node that is named does not exist."""
    population = simulation.topology.nodes
    if node is not None and node >= population:
        found = f"found node {node} in a topology of {population} nodes"
        raise InputError(f"{found}; expected a number from 0 to {population - 1}", path)
