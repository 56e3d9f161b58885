"""How evenly the agents of a swarm are spread out over the cycle, and how fast they come to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.node_life import AFTER, DOWN, LIFE
from analysis.swarm.phases import Phases

if TYPE_CHECKING:
    from sim.convergence import Coherence
    from sim.records import Record

SPREAD_OUT: Final = 0.5
"""Coherence below which a swarm's target is one of agents that are spread out over the cycle."""
EVEN: Final = 0.01
"""Distance of every gap from an even one, as a share of it, from which on agents are evenly spaced."""
NEAR: Final = 0.05
"""The distance below which what is left of it shrinks at a steady rate: higher orders are gone."""
FAR_ENOUGH: Final = 1e-6
"""The distance down to which the rate is measured."""


class Spacing:
    """Collects, at the end of each period, by how much the gaps between neighbours in phase differ from even ones.

    `errors[k]` is the largest difference at time (k + 1) periods, as a share of an even gap; NaN where fewer than two
    agents that are up have a phase. What happens at the very end of a period still belongs to it.
    """

    def __init__(self, declared: Coherence, population: int) -> None:
        self.declared = declared
        self.kinds = (declared.kind, declared.snapshot, *LIFE)
        self.errors: list[float] = []
        self._life = bytearray(population)
        self._phases = Phases(population, self._life)

    def observe(self, record: Record) -> None:
        """Take the next state record of one of the kinds."""
        self._pass_to(record.time)
        if record.kind == self.declared.snapshot:
            self._phases.replace(record, self.declared.snapshot)
        elif record.node is None:
            return
        elif record.kind == self.declared.kind:
            self._phases.wait(record)
        else:
            self._phases.take()
            self._life[record.node] = AFTER[record.kind]
            if AFTER[record.kind] == DOWN:
                self._phases.forget(record.node)

    def finish(self, end: int) -> None:
        """Take the periods up to the end of the run, in nanoseconds, that one included which ends there."""
        self._pass_to(end + 1)

    def _pass_to(self, time: int) -> None:
        while (at := (len(self.errors) + 1) * self.declared.period) < time:
            self.errors.append(self._error(at))

    def _error(self, time: int) -> float:
        import numpy as np

        turns = np.sort(self._phases.at(time)) / (2 * np.pi)
        if len(turns) < 2:
            return float("nan")
        gaps = np.diff(turns, append=turns[0] + 1)
        return float(np.abs(gaps * len(turns) - 1).max())

    @property
    def even_since(self) -> int | None:
        """Time (ns) of the end of the period since which gaps were within a hundredth of even; None where not so."""
        within = [error < EVEN for error in self.errors]
        if not within or not within[-1]:
            return None
        first = len(within) - within[::-1].index(False) if False in within else 0
        return (first + 1) * self.declared.period

    @property
    def factor(self) -> float | None:
        """Geometric mean of the factor by which the distance changes in a period, from 5 % of a gap to a millionth.

        None where it never came so far that two periods show it.
        """
        small = [place for place, error in enumerate(self.errors) if error < NEAR]
        if not small:
            return None
        first = last = small[0]
        while last + 1 < len(self.errors) and self.errors[last + 1] > FAR_ENOUGH:
            last += 1
        return float((self.errors[last] / self.errors[first]) ** (1 / (last - first))) if last > first else None
