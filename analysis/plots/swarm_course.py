"""The phases of a swarm over time, told from the records of a run as `analysis.swarm` reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from math import tau
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from analysis.node_life import AFTER, DOWN, LIFE, UP
from analysis.plots.run_view import RunView
from analysis.swarm.order import mean_vector
from analysis.swarm.phases import Phases
from sim.convergence import Coherence
from sim.units import SECOND
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
_FIRST_RECORDS: Final = 4
"""Records for each agent in which its first frequency is looked for."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is known at a time (ns): phase (radians) and energy of each agent, NaN for one not up or not known."""

    time: int
    phases: Array
    energies: Array


@dataclass(frozen=True)
class SwarmCourse:
    """The phases of the agents of a run over time. `frequencies` (rad/s) are the first of each agent, NaN if none.

    `snapshots`: the run recorded all phases together from time to time, and nothing is known in between.
    """

    run: RunView
    frequencies: Array
    snapshots: bool

    @property
    def agents(self) -> int:
        """How many nodes oscillate; servers do not."""
        return self.run.nodes if self.snapshots else int(np.isfinite(self.frequencies).sum())

    @property
    def instants(self) -> Times:
        """When to look (ns): at the snapshots, up to so many; otherwise at 600 instants evenly. The end is the last."""
        if not self.snapshots:
            return np.unique(np.linspace(0, self.run.end, MOST_INSTANTS).astype(np.int64))
        times = np.array([record.time for record in self.run.states((PHASES,))], np.int64)
        step = -(-len(times) // MOST_INSTANTS)
        return np.unique(np.append(times[::step], self.run.end))

    @property
    def cycles(self) -> float:
        """How many cycles the agents pass: by the period of their goal, or the median of their frequencies."""
        declared = self.run.convergence
        if isinstance(declared, Coherence):
            return self.run.end / declared.period
        known = np.abs(self.frequencies[np.isfinite(self.frequencies)])
        return float(np.median(known)) * self.run.end / SECOND / tau if len(known) else np.inf

    def known_after(self, time: int) -> int:
        """Return the first time (ns) at which what happened at another is known: of snapshots, that of the next."""
        if not self.snapshots:
            return time
        later = (record.time for record in self.run.states((PHASES,)) if record.time > time)
        return next(later, self.run.end)

    def looks(self, instants: Times) -> Iterator[Look]:
        """Yield what is known at each of the instants (ns), in order."""
        life = bytearray(self.run.nodes)
        phases, energies = Phases(self.run.nodes, life), np.full(self.run.nodes, np.nan)

        def look(time: int) -> Look:
            up = np.frombuffer(life, np.uint8) == UP
            return Look(time, phases.of_nodes(time), np.where(up, energies, np.nan))

        place = 0
        for record in self.run.states((PHASE, PHASES, *LIFE)):
            while place < len(instants) and instants[place] < record.time:
                yield look(int(instants[place]))
                place += 1
            _take(record, phases, energies, life)
        for instant in instants[place:]:
            yield look(int(instant))

    def phases_at(self, instant: int) -> Array:
        """Return the phase of each agent at one instant (ns)."""
        return next(self.looks(np.array([instant]))).phases


def _take(record: Record, phases: Phases, energies: Array, life: bytearray) -> None:
    node = record.node
    if record.kind == PHASES:
        phases.replace(record, PHASES)
    elif node is None:
        return
    elif record.kind == PHASE:
        phases.wait(record)
        if "energy" in record.fields:
            energies[node] = record.fields["energy"]
    else:
        phases.take()
        life[node] = AFTER[record.kind]
        if life[node] == DOWN:
            phases.forget(node)


def swarm_course(run: RunView, plot: str) -> SwarmCourse:
    """Return the phases of a run over time; raises InputError, which names the plot, where it recorded none."""
    frequencies = np.full(run.nodes, np.nan)
    first = list(islice(run.states((PHASE, PHASES)), _FIRST_RECORDS * run.nodes))
    for record in reversed(first):
        if record.kind == PHASE and record.node is not None:
            frequencies[record.node] = record.fields["frequency"]
    if not first:
        raise no_phases(run, plot)
    return SwarmCourse(run, frequencies, first[0].kind == PHASES)


def no_phases(run: RunView, plot: str) -> InputError:
    """Return what is wrong with a run without phases."""
    return InputError(
        f"{run.name}: found no records of phases, which the plot {plot} needs; "
        "draw a run of a swarm of oscillators, such as one of the protocol attractor"
    )


def ticks_of(run: RunView) -> tuple[Times, NDArray[np.int64]]:
    """Return when (ns) which agent passed phase 0, in order; empty where the run did not record it."""
    rows = [(record.time, record.node) for record in run.states((TICK,)) if record.node is not None]
    table = np.array(rows, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def mean_field(phases: Array) -> complex:
    """Return the mean of exp(iθ) over the agents that have a phase (Kuramoto 1984); NaN where none has."""
    known = phases[np.isfinite(phases)]
    return mean_vector(known) if len(known) else complex(np.nan, np.nan)
