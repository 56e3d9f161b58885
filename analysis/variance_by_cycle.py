"""The variance of the nodes' values at the end of each cycle: how fast averaging converges."""

from __future__ import annotations

from analysis.node_life import AFTER, DOWN, LIFE
from analysis.variance import RunningVariance
from sim.convergence import Spread
from sim.records import Record


class VarianceByCycle:
    """Collects the variance over nodes that are not crashed at the end of each cycle of `period` nanoseconds.

    `variances[c]` is that after cycle c; `variances[0]` is that of the values at time 0. What happens at the instant
    in which a cycle ends still belongs to it.
    """

    def __init__(self, declared: Spread, population: int, period: int) -> None:
        assert period > 0
        self.declared = declared
        self.period = period
        self.kinds = (declared.kind, *LIFE)
        self.variances: list[float] = []
        self._values: list[float | None] = [None] * population
        self._running = RunningVariance()

    def observe(self, record: Record) -> None:
        """Take the next state record of one of the kinds."""
        node = record.node
        if node is None:
            return
        self._pass_to(record.time)
        before = self._values[node]
        if record.kind == self.declared.kind:
            self._values[node] = float(record.fields[self.declared.field])
        elif AFTER[record.kind] == DOWN:
            self._values[node] = None
        self._running.replace(before, self._values[node])

    def _pass_to(self, time: int) -> None:
        """Note the variance at the end of each cycle that was over before `time`."""
        while len(self.variances) * self.period < time:
            self.variances.append(self._running.deviation**2)

    def finish(self, end: int) -> None:
        """Note the cycles up to the end of the run, in nanoseconds, that one included which ends there."""
        self._pass_to(end + 1)

    @property
    def ratio(self) -> float | None:
        """Geometric mean of the ratios of successive variances while they are above rounding; None without two cycles.

        It leaves the first cycle out, some of whose exchanges end in the second where messages take time.
        """
        end = self.variances.index(0.0) if 0.0 in self.variances else len(self.variances)
        kept = self.variances[1:end]
        return float((kept[-1] / kept[0]) ** (1 / (len(kept) - 1))) if len(kept) > 1 else None
