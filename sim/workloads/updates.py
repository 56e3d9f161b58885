"""Updates without end: writes and deletes of random keys at random nodes, as a Poisson process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.units import SECOND, Duration, Probability, Rate, format_duration
from sim.workloads.update import Update
from sim.workloads.workload import Workload, submit
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.simulation import Simulation


class Updates(Workload):
    """Write to random keys from `at` until `until`, both in nanoseconds of simulated time, None: until the end."""

    kind: Literal["updates"] = "updates"
    rate: Annotated[Rate, Field(gt=0)] = Field(description="updates per second in the whole system, such as 10/s")
    at: Duration = Field(default=0, description="simulated time from which on updates come")
    until: Duration | None = Field(default=None, description="simulated time from which on none come")
    keys: int = Field(default=100, ge=1, le=1_000_000, description="number of keys, each as likely")
    deletes: Probability = Field(default=0.0, description="share of the updates that delete their key")
    important: Probability = Field(default=0.0, description="share of the updates that should be pushed at once")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.at:
            found = f"found {format_duration(self.until)}, not after at, {format_duration(self.at)}"
            raise InputError(f"{found}; make it later", ("until",))
        return self

    def arm(self, simulation: Simulation) -> None:
        """Schedule the first update; each schedules the next."""
        self._schedule(simulation, self.at, 1)

    def _schedule(self, simulation: Simulation, after: int, number: int) -> None:
        stream = simulation.streams.stream("workload")
        time = after + round(stream.exponential(SECOND / self.rate))
        if self.until is None or time < self.until:
            simulation.kernel.call_at(time, self._update, simulation, number)

    def _update(self, simulation: Simulation, number: int) -> None:
        stream = simulation.streams.stream("workload")
        node, key = stream.below(simulation.topology.nodes), f"key-{stream.below(self.keys)}"
        delete, important = stream.bernoulli(self.deletes), stream.bernoulli(self.important)
        value = None if delete else number
        submit(simulation, node, Update(key, value, delete=delete, important=important))
        self._schedule(simulation, simulation.kernel.now, number + 1)
