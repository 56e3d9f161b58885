"""The phases of a swarm over time, told from the records of a run.

From one `phase` record to the next the phase of an agent moves linearly; of `phases` records the last one holds. An
agent that is crashed, paused or absent has no phase.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import tau
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from analysis.node_life import AFTER, LIFE, UP
from analysis.plots.run_view import RunView
from topologies.errors import InputError

if TYPE_CHECKING:
    from sim.records import Record

Array = NDArray[np.float64]
Times = NDArray[np.int64]

PHASE: Final = "phase"
PHASES: Final = "phases"
TICK: Final = "tick"
MOST_INSTANTS: Final = 600
"""Instants at which a course is looked at, where nothing else says at which."""


@dataclass(frozen=True)
class _Changes:
    """From `times[i]` (ns, ascending) on, `agents[i]` has a row of `values[i]`; row 0 is what all have before."""

    times: Times
    agents: NDArray[np.int64]
    values: Array

    def walk(self, nodes: int, instants: Times) -> Iterator[NDArray[np.int64]]:
        """Yield, for each of the instants in order, the row that each agent has then."""
        last, begin = np.zeros(nodes, np.int64), 0
        for stop in np.searchsorted(self.times, instants, side="right"):
            last[self.agents[begin:stop]] = np.arange(begin, stop) + 1  # of equal agents the latest counts
            begin = int(stop)
            yield last


@dataclass(frozen=True)
class SwarmCourse:
    """The phases of `nodes` agents up to `end` (ns). `recorded` are the times of snapshots, where that is all."""

    nodes: int
    end: int
    changes: _Changes
    lives: _Changes
    recorded: Times
    snapshots: tuple[Array, ...]

    @property
    def has_energy(self) -> bool:
        """Whether the agents have energy that is recorded."""
        return bool(np.isfinite(self.changes.values[:, 3]).any())

    @property
    def instants(self) -> Times:
        """Return when to look at it: at all snapshots, or at 600 instants evenly, the end included."""
        if len(self.recorded):
            return np.unique(np.concatenate((self.recorded, [self.end])))
        return np.unique(np.linspace(0, self.end, MOST_INSTANTS).astype(np.int64))

    @property
    def cycles(self) -> float | None:
        """How many cycles the agents passed, in the median; None where no frequencies are recorded."""
        frequencies = self.changes.values[:, 2]
        known = np.abs(frequencies[np.isfinite(frequencies)])
        return float(np.median(known)) * self.end / tau if len(known) else None

    def phases(self, instants: Times) -> Iterator[Array]:
        """Yield, for each of the instants (ns) in order, the phase of each agent in radians; NaN for those not up."""
        lives = self.lives.walk(self.nodes, instants)
        for phases, life in zip(self._unmasked(instants), lives, strict=True):
            yield np.where(self.lives.values[life, 0] == UP, phases, np.nan)

    def phases_at(self, instant: int) -> Array:
        """Return the phase of each agent at one instant (ns)."""
        return next(self.phases(np.array([instant])))

    def energies(self, instants: Times) -> Iterator[Array]:
        """Yield, for each of the instants in order, the energy that each agent last recorded; NaN for those not up."""
        walks = (self.changes.walk(self.nodes, instants), self.lives.walk(self.nodes, instants))
        for rows, life in zip(*walks, strict=True):
            yield np.where(self.lives.values[life, 0] == UP, self.changes.values[rows, 3], np.nan)

    def _unmasked(self, instants: Times) -> Iterator[Array]:
        if self.snapshots:
            nothing = np.full(self.nodes, np.nan)
            for place in np.searchsorted(self.recorded, instants, side="right"):
                yield self.snapshots[place - 1] if place else nothing
            return
        begun, phase, speed, _ = self.changes.values.T
        for instant, rows in zip(instants, self.changes.walk(self.nodes, instants), strict=True):
            yield (phase[rows] + speed[rows] * (instant - begun[rows])) % tau


def swarm_course(run: RunView, plot: str) -> SwarmCourse:
    """Return the phases of a run over time; raises InputError, which names the plot, where it recorded none."""
    rows: list[tuple[int, int, float, float, float]] = []
    lives: list[tuple[int, int, float]] = []
    recorded, snapshots = [], []
    for record in run.states((PHASE, PHASES, *LIFE)):
        if record.kind == PHASE and record.node is not None and "frequency" in record.fields:
            of = record.fields
            energy = of.get("energy")
            rows.append((record.time, record.node, of["phase"], of["frequency"], np.nan if energy is None else energy))
        elif record.kind == PHASES:
            recorded.append(record.time)
            snapshots.append(np.array(record.fields["phases"], dtype=np.float64))
        elif record.kind in AFTER and record.node is not None:
            lives.append((record.time, record.node, AFTER[record.kind]))
    if not rows and not snapshots:
        raise no_phases(run, plot)
    times = np.array(recorded, np.int64)
    return SwarmCourse(run.nodes, run.end, _phase_changes(rows), _life_changes(lives), times, tuple(snapshots))


def no_phases(run: RunView, plot: str) -> InputError:
    """Return what is wrong with a run without phases."""
    return InputError(
        f"{run.name}: found no records of phases, which the plot {plot} needs; "
        "draw a run of a swarm of oscillators, such as one of the protocol attractor"
    )


def _phase_changes(rows: list[tuple[int, int, float, float, float]]) -> _Changes:
    table = np.array(rows, np.float64).reshape(-1, 5)
    times = np.array([row[0] for row in rows], np.int64)
    values = np.column_stack((times, table[:, 2], table[:, 3] / 1e9, table[:, 4]))
    before = np.array([[0.0, np.nan, np.nan, np.nan]])
    return _Changes(times, table[:, 1].astype(np.int64), np.concatenate((before, values)))


def _life_changes(rows: list[tuple[int, int, float]]) -> _Changes:
    table = np.array(rows, np.float64).reshape(-1, 3)
    times = np.array([row[0] for row in rows], np.int64)
    return _Changes(times, table[:, 1].astype(np.int64), np.concatenate((np.array([[UP]]), table[:, 2:])))


def ticks_of(run: RunView) -> tuple[Times, NDArray[np.int64]]:
    """Return when (ns) which agent passed phase 0, in order; empty where the run did not record it."""
    ticks: Iterable[Record] = run.states((TICK,))
    rows = [(record.time, record.node) for record in ticks if record.node is not None]
    table = np.array(rows, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def mean_field(phases: Array) -> complex:
    """Return the mean of exp(iθ) over the agents that have a phase (Kuramoto 1984); NaN where none has."""
    known = phases[np.isfinite(phases)]
    return complex(np.exp(1j * known).mean()) if len(known) else complex(np.nan, np.nan)
