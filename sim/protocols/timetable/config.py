"""The options of timetables."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from sim.protocol import ProtocolConfig
from sim.protocols.attractor.duties.duty import NodeNumber
from sim.protocols.attractor.duties.registry import AnyDuty
from sim.units import SECOND, PositiveDuration, format_duration
from topologies.errors import InputError


class TimetableConfig(ProtocolConfig):
    """Options of a timetable; times are nanoseconds."""

    kind: Literal["timetable"] = "timetable"
    period: PositiveDuration = Field(default=SECOND, description="length of a cycle, with one tick of each agent")
    schedule: Literal["immediate", "aligned", "offset", "jitter", "central"] = Field(
        default="aligned",
        description="when agents tick: at each request; all at whole periods of their clocks; at an offset drawn once; "
        "at one drawn for each cycle; in the slot that a scheduler gives",
    )
    duty: AnyDuty = Field(description="what agents do at their ticks")
    scheduler: NodeNumber = Field(
        default=0, description="node that gives out slots where the schedule is central; it has no slot itself"
    )
    heartbeat: PositiveDuration = Field(
        default=SECOND, description="time between what agents tell the scheduler, and between its looks at who is there"
    )
    timeout: PositiveDuration = Field(
        default=3 * SECOND, description="silence after which the scheduler gives an agent's slot away"
    )

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.schedule == "immediate" and not self.duty.takes_requests:
            expected = "which a duty of another kind than batch has not; say aligned, offset, jitter or central"
            raise InputError(f"found 'immediate', a tick at each request, {expected}", ("schedule",))
        if self.timeout <= self.heartbeat:
            found = f"found {format_duration(self.timeout)}, not above heartbeat, {format_duration(self.heartbeat)}"
            raise InputError(f"{found}; make it a few times that", ("timeout",))
        return self

    @property
    def servers(self) -> tuple[int, ...]:
        """The nodes that have no ticks."""
        scheduler = (self.scheduler,) if self.schedule == "central" else ()
        return tuple(sorted({*self.duty.servers.values(), *scheduler}))

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where a server or the scheduler is none of the nodes."""
        self.duty.demand_nodes(population, ("duty",))
        if self.schedule == "central" and self.scheduler >= population:
            found = f"found node {self.scheduler} in a topology of {population} nodes"
            raise InputError(f"{found}; expected a number from 0 to {population - 1}", ("scheduler",))
        if len(self.servers) >= population:
            raise InputError(f"found {population} nodes, none of them an agent; give the topology more", ("schedule",))
