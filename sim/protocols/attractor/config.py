"""Options of attractor swarms that talk by messages; times are nanoseconds."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from sim.energy import Energy
from sim.protocol import ProtocolConfig
from sim.protocols.attractor.duties.registry import AnyDuty
from sim.protocols.attractor.population import Detector, Frequencies, Goal, InitialPhases, Preferences
from sim.protocols.attractor.strategies.attract import Attract
from sim.protocols.attractor.strategies.registry import AnyStrategy
from sim.units import Duration, PositiveDuration, format_duration
from topologies.errors import InputError

REPORTS_A_PERIOD = 10
REPORTS_REMEMBERED = 5


class AttractorConfig(ProtocolConfig):
    """Options of an attractor swarm."""

    kind: Literal["attractor"] = "attractor"
    period: PositiveDuration = Field(default=1_000_000_000, description="natural period, in the middle of them all")
    frequencies: Frequencies = Field(default=Frequencies(), description="how natural frequencies are spread")
    phases: InitialPhases = Field(default=InitialPhases(), description="where agents begin")
    goal: Goal = Field(default=Goal(), description="what the swarm is to come to")
    strategy: AnyStrategy = Field(default=Attract(), description="how agents answer what they hear")
    report: PositiveDuration | None = Field(
        default=None, description="time between an agent's reports; a tenth of the period by default"
    )
    updates: Literal["asynchronous", "synchronous"] = Field(
        default="asynchronous",
        description="each agent decides and reports at moments of its own, or all at common multiples of the interval: "
        "all decide by the reports of the last one, then all have moved",
    )
    compensate: Literal["nothing", "stamps", "expected"] = Field(
        default="nothing",
        description="how the age of a report is reckoned: as none, by its stamp against the own clock, or as `delay`",
    )
    delay: Duration = Field(default=0, description="age of a report on arrival that `compensate: expected` assumes")
    forget: PositiveDuration | None = Field(
        default=None, description="age from which a report no longer counts; five intervals of reports by default"
    )
    energy: Energy | None = Field(default=None, description="what adjustments cost; free by default")
    preferences: Preferences | None = Field(default=None, description="local goals of the agents; none by default")
    detector: Detector | None = Field(default=None, description="agents' own judgement of convergence; none by default")
    ticks: bool = Field(default=False, description="whether agents record each time that they pass phase zero")
    duty: AnyDuty | None = Field(default=None, description="what an agent does at each tick")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.compensate == "expected" and self.delay > self.remembered:
            limit = format_duration(self.remembered)
            found = f"found {format_duration(self.delay)}, longer than reports are remembered, {limit}"
            raise InputError(f"{found}: no report would ever count; make it shorter, or forget longer", ("delay",))
        if self.preferences is not None and self.by_pulses:
            found = f"found local goals with the strategy {self.strategy.kind}, which goes by pulses"
            raise InputError(f"{found}: agents do not tell their phases; leave them out", ("preferences",))
        return self

    @property
    def servers(self) -> tuple[int, ...]:
        """The nodes that do not oscillate, but serve the duty."""
        return () if self.duty is None else tuple(self.duty.servers.values())

    @property
    def interval(self) -> int:
        """Nanoseconds between an agent's reports."""
        return self.report or max(1, self.period // REPORTS_A_PERIOD)

    @property
    def remembered(self) -> int:
        """Nanoseconds for which a report counts."""
        return self.forget or max(REPORTS_REMEMBERED * self.interval, self.period * 2 * self.by_pulses)

    @property
    def by_pulses(self) -> bool:
        """Whether agents tell each other only when they pass phase zero."""
        return self.strategy.listens == "pulses"

    @property
    def ticking(self) -> bool:
        """Whether it matters when an agent passes phase zero."""
        return self.ticks or self.by_pulses or self.duty is not None

    def demand_nodes(self, population: int) -> None:
        """Raise InputError where a server of the duty is no node."""
        if self.duty is not None:
            self.duty.demand_nodes(population, ("duty",))
