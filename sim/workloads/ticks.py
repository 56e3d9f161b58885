"""Market data: prices of instruments that tick at a quiet rate, and in bursts at another."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.units import SECOND, Duration, PositiveDuration, Rate, format_duration
from sim.workloads.workload import Workload
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Tick:
    """A price of an instrument at a time of the simulation, in ns; `number` counts the ticks of a run from 1 on."""

    number: int
    instrument: int
    price: float
    at: int


class Ticks(Workload):
    """Ticks as a Poisson process that a burst quickens (a Markov-modulated one: Fischer and Meier-Hellstern, 1993).

    A quiet time and a burst follow each other, both of exponential length. Each tick is of a random instrument, whose
    price does a geometric random walk; in a burst all prices drift the same way, up or down. Times are nanoseconds.
    """

    kind: Literal["ticks"] = "ticks"
    records: ClassVar[tuple[str, ...]] = ("refused",)
    instruments: int = Field(default=4, ge=1, le=10_000, description="number of instruments")
    rate: Annotated[Rate, Field(gt=0, le=1e9)] = Field(description="ticks per second of all instruments, when quiet")
    burst_rate: Annotated[Rate, Field(gt=0, le=1e9)] | None = Field(
        default=None, description="the same in a burst; without it there are no bursts"
    )
    quiet: PositiveDuration = Field(default=900_000_000, description="mean time between bursts")
    burst: PositiveDuration = Field(default=100_000_000, description="mean length of a burst")
    volatility: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.001, description="standard deviation of the logarithm of a price from one tick to its next"
    )
    drift: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.001, description="by how much the logarithm of a price moves with each tick of a burst"
    )
    at: Duration = Field(default=0, description="simulated time from which on prices tick")
    until: Duration | None = Field(default=None, description="simulated time from which on none do")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.at:
            found = f"found {format_duration(self.until)}, not after at, {format_duration(self.at)}"
            raise InputError(f"{found}; make it later", ("until",))
        return self

    def arm(self, simulation: Simulation) -> None:
        """Schedule the first tick; raises InputError where the protocol takes none."""
        if not callable(getattr(simulation.config, "takers", None)):
            found = f"found 'ticks', and {simulation.protocol.name()} takes none"
            raise InputError(f"{found}; expected a protocol that does, such as trading", ("kind",))
        _Market(self, simulation).begin()


class _Market:
    """The prices of a run, and whom they are told to: instrument i to the taker i modulo their number."""

    def __init__(self, workload: Ticks, simulation: Simulation) -> None:
        config: Any = simulation.config
        self.workload = workload
        self.simulation = simulation
        self.takers = config.takers(simulation.topology.nodes)
        self.stream = simulation.streams.stream("workload")
        self.phases = simulation.streams.stream("workload/bursts")
        self.prices = [100.0] * workload.instruments
        self.number = 0
        self.drift = 0.0
        self.rate = workload.rate
        self.phase = 0

    def begin(self) -> None:
        """Have prices tick from their time on."""
        self.simulation.kernel.call_at(self.workload.at, self._quiet_down)

    def _over(self, time: int) -> bool:
        return self.workload.until is not None and time >= self.workload.until

    def _turn(self, rate: float, drift: float, length: int, then: Any) -> None:
        """Go on at another rate: what is left of an exponential time is as if it began now."""
        self.rate, self.drift = rate, drift
        self.phase += 1
        now = self.simulation.kernel.now
        if self.workload.burst_rate is not None and not self._over(now):
            self.simulation.kernel.call_at(now + round(self.phases.exponential(length)), then)
        self._await_tick()

    def _quiet_down(self) -> None:
        self._turn(self.workload.rate, 0.0, self.workload.quiet, self._burst)

    def _burst(self) -> None:
        workload = self.workload
        assert workload.burst_rate is not None
        way = 1 if self.phases.bernoulli(0.5) else -1
        self._turn(workload.burst_rate, way * workload.drift, workload.burst, self._quiet_down)

    def _await_tick(self) -> None:
        time = self.simulation.kernel.now + round(self.stream.exponential(SECOND / self.rate))
        if not self._over(time):
            self.simulation.kernel.call_at(time, self._tick, self.phase)

    def _tick(self, phase: int) -> None:
        if phase != self.phase:
            return
        workload, stream = self.workload, self.stream
        instrument = stream.below(workload.instruments)
        self.prices[instrument] *= exp(self.drift + workload.volatility * stream.normal())
        self.number += 1
        tick = Tick(self.number, instrument, self.prices[instrument], self.simulation.kernel.now)
        taker = self.takers[instrument % len(self.takers)]
        if not self.simulation.request(taker, tick):
            self.simulation.record("refused", target=taker, key=f"instrument-{instrument}")
        self._await_tick()
