"""Requests to services: each is asked for something again and again, as a Poisson process of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from sim.units import SECOND, Duration, Rate, format_duration
from sim.workloads.workload import Workload
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.randomness import Stream
    from sim.simulation import Simulation


class Requests(Workload):
    """Ask every agent, at times from `at` until `until`, both in nanoseconds of simulated time, None: until the end.

    The times of each agent come from a stream of its own, so that they are the same whatever the agents do. An agent
    that is not up refuses.
    """

    kind: Literal["requests"] = "requests"
    rate: Annotated[Rate, Field(gt=0, le=1e9)] = Field(description="requests per second to each agent, such as 10/s")
    at: Duration = Field(default=0, description="simulated time from which on requests come")
    until: Duration | None = Field(default=None, description="simulated time from which on none come")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.at:
            found = f"found {format_duration(self.until)}, not after at, {format_duration(self.at)}"
            raise InputError(f"{found}; make it later", ("until",))
        return self

    def arm(self, simulation: Simulation) -> None:
        """Schedule the first request to each agent; raises InputError where agents have no duty that takes any."""
        duty = getattr(simulation.config, "duty", None)
        if duty is None or not duty.takes_requests:
            expected = "expected a protocol with a duty that takes some, such as {kind: batch}"
            raise InputError(f"found 'requests', and {simulation.protocol.name()} takes none; {expected}", ("kind",))
        servers: tuple[int, ...] = getattr(simulation.config, "servers", ())
        for node in range(simulation.topology.nodes):
            if node not in servers:
                self._schedule(simulation, node, simulation.streams.stream(f"workload/{node}"), self.at)

    def _schedule(self, simulation: Simulation, node: int, stream: Stream, after: int) -> None:
        time = after + round(stream.exponential(SECOND / self.rate))
        if self.until is None or time < self.until:
            simulation.kernel.call_at(time, partial(self._ask, simulation, node, stream))

    def _ask(self, simulation: Simulation, node: int, stream: Stream) -> None:
        if not simulation.request(node, None):
            simulation.record("refused", target=node)
        self._schedule(simulation, node, stream, simulation.kernel.now)
