"""An oscillator that does as it is told, and the options of those that have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from sim.convergence import Coherence
from sim.protocol import ProtocolConfig
from sim.protocols.attractor.phase import (
    DECIMALS,
    MASK,
    TURN,
    frequency_of,
    radians_of,
    speed_of_frequency,
    speed_of_period,
)
from sim.protocols.attractor.population import Frequencies, Goal, InitialPhases
from sim.units import PositiveDuration

if TYPE_CHECKING:
    from sim.node import Node
    from sim.randomness import Stream


class OscillatorConfig(ProtocolConfig):
    """Options of a population of oscillators, as an attractor swarm has them; times are nanoseconds."""

    period: PositiveDuration = Field(default=1_000_000_000, description="natural period, in the middle of them all")
    frequencies: Frequencies = Field(default=Frequencies(), description="how natural frequencies are spread")
    phases: InitialPhases = Field(default=InitialPhases(), description="where agents begin")
    goal: Goal = Field(default=Goal(), description="what counts as agreed; a phase or period of it is left aside")

    @property
    def agreed(self) -> Coherence:
        """The coherence of the goal, held for its dwell."""
        return Coherence(self.goal.coherence, self.goal.tolerance, self.goal.dwell or self.period, self.period)


class Oscillator:
    """A phase in units of `sim.protocols.attractor.phase`, linear in the time of the node's clock that is not set.

    Record: `phase` (phase, frequency), at the beginning and whenever it is moved.
    """

    __slots__ = ("_anchor", "_node", "_since", "speed")

    def __init__(self, node: Node, config: OscillatorConfig) -> None:
        offset = config.frequencies.offset(node.id, node.population, node.random)
        turns = config.phases.turns(node.id, node.population, node.random)
        self._node = node
        self._anchor, self._since = 0, 0
        self.speed = 0
        self.move(int(turns % 1.0 * 2.0**53) << 43, speed_of_period(config.period) + speed_of_frequency(offset))

    @property
    def phase(self) -> int:
        """Where it is now, in units of which a turn has TURN."""
        return self._anchor + self.speed * (self._node.elapsed - self._since) & MASK

    def move(self, phase: int, speed: int) -> None:
        """Be at a phase from now on, and go on at a speed."""
        self._anchor, self._since, self.speed = phase & MASK, self._node.elapsed, speed
        radians, frequency = radians_of(self._anchor), frequency_of(speed)
        self._node.record("phase", phase=round(radians, DECIMALS), frequency=round(frequency, DECIMALS))

    def scramble(self, stream: Stream) -> None:
        """Be at any phase."""
        self.move(int(stream.random() * TURN), self.speed)
