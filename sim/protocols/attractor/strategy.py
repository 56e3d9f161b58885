"""What a strategy is: one method that says how an agent answers what it has heard.

A strategy of one's own is a class derived from `Strategy`, named `package.module:Class` in a scenario, whose module is
allowed by `--plugin package.module`; in Python an object of it can be given itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from sim.protocols.attractor.phase import RADIANS, frequency_of
from sim.protocols.attractor.sine import cosine, sine, sum_of_sines

if TYPE_CHECKING:
    from sim.protocols.attractor.population import Goal


class Own:
    """An agent's own state when it decides.

    `phase` in radians from 0 to 2 pi; `frequency`, its present angular frequency, and `natural`, the one that it was
    made with, in radians per second; `period`, of its swarm, in seconds; `since`, seconds since it decided last, at
    most two intervals of reports; for strategies that go by pulses `since_tick`, seconds since it passed phase zero
    itself (None: never yet). `agent` is its number.
    """

    __slots__ = ("agent", "frequency", "natural", "period", "phase", "since", "since_tick")

    def __init__(
        self,
        phase: float,
        frequency: float,
        natural: float,
        period: float,
        since: float,
        since_tick: float | None = None,
        agent: int = 0,
    ) -> None:
        self.phase = phase
        self.frequency = frequency
        self.natural = natural
        self.period = period
        self.since = since
        self.since_tick = since_tick
        self.agent = agent


class Neighborhood:
    """What an agent has heard, brought up to now: each neighbour's phase where it would be if it had gone on.

    `sources`, the neighbours heard of lately; `turns`, by how much each is ahead of the agent, in turns from minus a
    half to a half, in the same order. For strategies that go by pulses: `pulse` is the neighbour
    whose pulse has just been heard, None otherwise; `pulses`, how many were sent since the agent's own, this one
    included, 0 where this one was sent before; `before`, seconds from the last pulse before the agent's own to its own,
    and `after`, from its own to this one, None where there was none. When a pulse was sent is reckoned as `compensate`
    says.
    """

    __slots__ = ("_cosines", "_sines", "after", "before", "heard", "pulse", "pulses", "turns")

    def __init__(
        self,
        heard: Mapping[int, tuple[int, int, int]],
        turns: Sequence[float],
        pulse: int | None = None,
        pulses: int = 0,
        before: float | None = None,
        after: float | None = None,
    ) -> None:
        self.heard = heard
        self.turns = turns
        self.pulse = pulse
        self.pulses = pulses
        self.before = before
        self.after = after
        self._sines: float | None = None
        self._cosines: float | None = None

    def __len__(self) -> int:
        return len(self.turns)

    @property
    def sources(self) -> list[int]:
        """The neighbours that were heard of lately, by number."""
        return list(self.heard)

    @property
    def differences(self) -> list[float]:
        """By how much each neighbour is ahead of the agent, in radians from minus pi to pi."""
        return [RADIANS * turns for turns in self.turns]

    @property
    def frequencies(self) -> list[float]:
        """The neighbours' frequencies in radians per second."""
        return [frequency_of(speed) for _, speed, _ in self.heard.values()]

    @property
    def mean_sine(self) -> float:
        """The mean sine of the differences; 0 where nobody was heard."""
        if self._sines is None:
            self._sines = sum_of_sines(self.turns) / len(self.turns) if self.turns else 0.0
        return self._sines

    @property
    def mean_cosine(self) -> float:
        """The mean cosine of the differences; 0 where nobody was heard."""
        if self._cosines is None:
            self._cosines = sum([cosine(turns) for turns in self.turns]) / len(self.turns) if self.turns else 0.0
        return self._cosines

    def lagging(self, lag: float) -> float:
        """The mean sine of the differences, each less a lag in radians, by the theorem of addition."""
        turns = (lag / RADIANS + 0.5) % 1.0 - 0.5
        return self.mean_sine * cosine(turns) - self.mean_cosine * sine(turns)

    @property
    def coherence(self) -> float:
        """The order parameter of the agent and those that it heard."""
        number = len(self.turns)
        if not number:
            return 1.0
        real, imaginary = 1.0 + number * self.mean_cosine, number * self.mean_sine
        return sqrt(real * real + imaginary * imaginary) / (number + 1)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a strategy has the agent do: move its phase by `phase` radians, change its frequency by so many rad/s.

    `cost`: the energy that it takes; None: what the options say an adjustment costs.
    """

    phase: float = 0.0
    frequency: float = 0.0
    cost: float | None = None


NOTHING = Adjustment()
"""The agent stays as it is; costs nothing."""


class Strategy(BaseModel):
    """Base of strategies: frozen options with a `kind`, and one method.

    `listens`: whether agents tell each other their phases by reports, or only send a pulse when they pass phase zero.
    `decide` is then called at every report of the agent's own, or at every pulse that it hears.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    listens: ClassVar[Literal["reports", "pulses"]] = "reports"
    kind: str

    def decide(self, own: Own, heard: Neighborhood, goal: Goal, energy: float | None) -> Adjustment:
        """Return what the agent does; `energy` is what it has, None where energy is not modelled."""
        raise NotImplementedError
