"""Tracks the coherence of a swarm of phase oscillators, and how long it has been what the swarm aims at."""

from __future__ import annotations

from array import array
from math import isnan
from typing import TYPE_CHECKING, Final

from analysis.node_life import LIFE
from analysis.swarm.phases import DECIMALS, Phases
from analysis.tracker import Tracker
from sim.convergence import Coherence
from sim.records import Record
from sim.units import format_duration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOKS: Final = 20
"""Looks at the coherence in each period."""
DENSE: Final = 1024
"""Looks without a record in between after which they become half as frequent, and again after as many more."""


class CoherenceTracker(Tracker):
    """The coherence of the agents that are up has been within tolerance of its target during a whole dwell.

    It is looked at 20 times a period: at the time 0 + k/20 of a period, with what is known before the records of that
    very time, from when on their phases count. Looks are taken when a later record comes or time is told to pass, so
    that what they find does not depend on who asks and when. In a stretch of time without records they become rarer:
    the work that one record can cause grows only with the logarithm of the time before it.
    The condition holds from the first look of the dwell, once that is over, to the first look that finds it outside.
    `times` (ns), `coherences`, `mean_phases` (radians) and `spreads` (radians) are what all looks found, as in
    analysis.swarm.phases; NaN where no agent that is up had a phase.
    """

    def __init__(self, declared: Coherence, population: int) -> None:
        super().__init__(population, (declared.kind, declared.snapshot))
        self.declared = declared
        self.step = self.look_every = max(1, declared.period // LOOKS)
        self.phases = Phases(population, self._life)
        self.times = array("q")
        self.coherences = array("d")
        self.mean_phases = array("d")
        self.spreads = array("d")
        self._next = self.step
        self._quiet = 0
        self._entered: int | None = None
        self._widest = max(declared.target, 1 - declared.target) - declared.tolerance

    def observe(self, record: Record) -> None:
        """Take the next record of the run."""
        if record.time >= self._next:
            self.advance(record.time)
        if self._quiet:
            self._quiet = 0
            self._next = (record.time // self.step + 1) * self.step
        if record.kind == self.declared.kind:
            if record.node is not None:
                self.phases.wait(record)
        elif record.kind in LIFE:
            self.phases.take()
            self._live(record)
        else:
            self.phases.replace(record, self.declared.snapshot)

    def advance(self, time: int) -> None:
        """Let time pass to here, in nanoseconds, without a record."""
        import numpy as np

        while self._next <= time:
            step = self.step << self._quiet // DENSE
            number = min(DENSE - self._quiet % DENSE, (time - self._next) // step + 1)
            times = self._next + step * np.arange(number)
            self._next += step * number
            self._quiet += number
            self._look(times)

    def coherence_at(self, time: int) -> float | None:
        """Return the coherence at a time (ns) not before the last record; None where nobody who is up has a phase."""
        import numpy as np

        found = float(self.phases.order(np.array([time])).coherence[0])
        return None if isnan(found) else found

    def _look(self, times: NDArray[np.int64]) -> None:
        order = self.phases.order(times)
        gaps = self._gaps(order.coherence)
        self.times.extend(times.tolist())
        for kept, found in zip((self.coherences, self.mean_phases, self.spreads), order, strict=True):
            kept.extend(found.tolist())
        for time, gap in zip(times.tolist(), gaps.tolist(), strict=True):
            self._judge(time, gap)

    def _gaps(self, coherences: NDArray[np.float64]) -> NDArray[np.float64]:
        """The distance of each coherence from its target."""
        import numpy as np

        return np.round(np.abs(coherences - self.declared.target), DECIMALS).astype(np.float64)

    def within(self) -> NDArray[np.bool_]:
        """Return, for each look, whether it found the coherence within tolerance."""
        import numpy as np

        within: NDArray[np.bool_] = self._gaps(np.array(self.coherences)) <= self.declared.tolerance
        return within

    def _judge(self, time: int, gap: float) -> None:
        """Take the distance from the target at one look."""
        self._progress.note(time, self._closeness(gap))
        if not gap <= self.declared.tolerance:
            self._entered = None
            if self.converged:
                self.converged = False
                self._spans.note(time, False)
            return
        if self._entered is None:
            self._entered = time
        if not self.converged and time - self._entered >= self.declared.dwell:
            self.converged = True
            self._spans.note(self._entered, True)
            if self.on_converged is not None:
                self.on_converged()

    def _closeness(self, gap: float) -> float:
        """1 within tolerance, 0 as far from the target as can be, in a straight line in between."""
        if isnan(gap):
            return 0.0
        if gap <= self.declared.tolerance:
            return 1.0
        return max(0.0, 1 - (gap - self.declared.tolerance) / self._widest)

    def _fraction(self) -> float:
        if not self.coherences:
            return 0.0
        return self._closeness(round(abs(self.coherences[-1] - self.declared.target), DECIMALS))

    def _forget(self, node: int) -> None:
        self.phases.forget(node)

    def waiting_for(self, most: int) -> list[str]:
        """Say how far the coherence is from its target, or since when it is not."""
        if self.converged or most < 1:
            return []
        declared = self.declared
        if not self.coherences or isnan(self.coherences[-1]):
            return ["an agent that is up to have a phase"]
        band = f"within {declared.tolerance:g} of {declared.target:g}"
        if self._entered is None:
            return [f"the coherence, {self.coherences[-1]:.4f}, to come {band}"]
        since = format_duration(self._entered)
        return [f"the coherence to stay {band} for {format_duration(declared.dwell)}, where it has been since {since}"]
