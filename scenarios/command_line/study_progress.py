"""Progress of a study on standard error: runs done, their rate, the time that is left, and the widest interval now."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, sqrt
from typing import TYPE_CHECKING, Final

from scenarios.command_line.hunt_progress import HuntProgress
from scenarios.execution.row import number_of
from scenarios.study.design import STRIDE

if TYPE_CHECKING:
    from scenarios.execution.row import Row
    from scenarios.study.design import Design

LONGEST: Final = 30
"""Characters of the labels of a cell beside a bar."""
NORMAL: Final = 1.96
"""Standard errors on each side of a mean that hold 95 %, of many values."""


class StudyProgress(HuntProgress):
    """Is handed rows as they come in, and looks of a rule for stopping, and shows how far the study has come.

    Parameters: `design`, what runs; `wanted`: True always, None only where standard error is a terminal, and then only
    for a study that takes long.
    """

    def __init__(self, design: Design, wanted: bool | None) -> None:
        super().__init__(design.runs, wanted)
        stop, metrics = design.file.stop, design.file.metrics
        self._design = design
        self._metric = stop.metric if stop is not None else metrics[0] if metrics else "converged_at"
        self._spreads: dict[int, Spread] = {}
        self._looks: dict[int, float] = {}

    def look(self, cell: int, _: int, width: float) -> None:
        """Take in a look of a rule for stopping: the relative half-width of the interval of a cell."""
        self._looks[cell] = width

    def _take(self, rows: Sequence[Row]) -> None:
        for row in rows:
            value = row.get(f"metric.{self._metric}")
            if isinstance(value, int | float):
                self._spreads.setdefault(number_of(row) // STRIDE, Spread()).take(value)
        super()._take(rows)

    def beside_the_bar(self) -> str:
        """Return in few words how many runs are done, and the widest interval."""
        bad = [f"{self.found:,} violations"] * (self.found > 0)
        rate = f"{self.rate():,.0f} runs/s"
        return ", ".join([f"{self.done:,} of {self.runs:,} runs", rate, *bad, *self._narrow(), *self._widest()])

    def text(self) -> str:
        """Return how far it has come, in words."""
        return ", ".join([super().text(), *self._left(), *self._narrow(), *self._widest()])

    def _left(self) -> list[str]:
        """Return how long it takes still, where the number of runs is known."""
        rate = self.rate()
        if self._design.file.stop is not None or not rate or self.done >= self.runs:
            return []
        return [f"{spelled((self.runs - self.done) / rate)} left"]

    def _narrow(self) -> list[str]:
        stop = self._design.file.stop
        if stop is None or not self._looks:
            return []
        narrow = sum(width <= stop.half_width for width in self._looks.values())
        return [f"{narrow:,} of {len(self._design.cells):,} cells narrow enough"]

    def _widest(self) -> list[str]:
        """Return the widest interval: of the last looks, or about the means so far."""
        widths = self._looks or {cell: spread.half_width() for cell, spread in self._spreads.items()}
        widths = {cell: width for cell, width in widths.items() if width < inf}
        if not widths:
            return []
        cell = max(widths, key=lambda each: widths[each])
        labels = ", ".join(map(str, self._design.cells[cell].labels.values()))
        where = labels if len(labels) <= LONGEST else f"{labels[: LONGEST - 3]}..."
        return [f"{self._metric} ± {100 * widths[cell]:.2g} %{f' at {where}' if where else ''}"]


class Spread:
    """Mean and variance of values as they come in (Welford, Technometrics 4(3), 1962), in no memory to speak of."""

    __slots__ = ("count", "mean", "squares")

    def __init__(self) -> None:
        self.count = 0
        self.mean = 0.0
        self.squares = 0.0

    def take(self, value: float) -> None:
        """Take in a value."""
        self.count += 1
        before = value - self.mean
        self.mean += before / self.count
        self.squares += before * (value - self.mean)

    def half_width(self) -> float:
        """Return about half the interval of the mean as a share of it; infinite where that is not known."""
        if self.count < 2 or not self.mean:
            return inf
        error = sqrt(self.squares / (self.count - 1) / self.count)
        return NORMAL * error / abs(self.mean)


def spelled(seconds: float) -> str:
    """Return about how long something takes, in words."""
    if seconds < 1:
        return "less than a second"
    for unit, size, until in (("s", 1.0, 120.0), ("min", 60.0, 7200.0), ("h", 3600.0, 172_800.0)):
        if seconds < until:
            return f"about {seconds / size:.2g} {unit}" if seconds < 10 * size else f"about {seconds / size:.0f} {unit}"
    return f"about {seconds / 86_400:,.0f} days"
