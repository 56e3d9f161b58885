"""What every fault is: a frozen description of what breaks and when, that arms itself on a simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from sim.units import Duration, format_duration

if TYPE_CHECKING:
    from sim.randomness import Stream
    from sim.simulation import Simulation

OPTIONS = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)


class Fault(BaseModel):
    """Base of faults. `at` is when it strikes, in nanoseconds of simulated time.

    A fault acts only through the operations of the simulation, and says what it did in `fault` records of the whole
    system: `fault`, its kind; `phase`, `begin` or `end`; `targets`, the nodes it chose; `effect`, how many of them it
    changed.
    """

    model_config = OPTIONS
    kind: str
    at: Duration = Field(description="simulated time at which it strikes")

    def arm(self, simulation: Simulation) -> None:
        """Schedule the fault; raises InputError where the simulation has not what it speaks of."""
        simulation.kernel.call_at(self.at, self.strike, simulation)

    def strike(self, simulation: Simulation) -> None:
        """Break what the fault breaks, now."""
        raise NotImplementedError

    @property
    def description(self) -> str:
        """The fault in a few words, for people."""
        return f"{self.kind} at {format_duration(self.at)}"

    def stream(self, simulation: Simulation) -> Stream:
        """The random stream of this fault: named for all that it is, so that no other fault changes its draws.

        Faults that are the same in every field share it, and draw in turn.
        """
        return simulation.streams.stream(f"faults/{self.kind}@{format_duration(self.at)}/{self.model_dump_json()}")

    def report(self, simulation: Simulation, phase: str, targets: Any, effect: int, **further: Any) -> None:
        """Put what the fault did into the run."""
        simulation.record("fault", fault=self.kind, phase=phase, targets=targets, effect=effect, **further)
