"""Progress of a run on standard error: simulated time, events a second, and the time that is left."""

from __future__ import annotations

import sys
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress

    from sim.simulation import Simulation

PATIENCE: Final = 2.0
"""Seconds of wall time after which progress is shown."""
REFRESH: Final = 0.25
"""Seconds between two looks at the simulation."""
MOST_PAUSE: Final = 30.0
"""Seconds between two lines of progress, at most, where standard error is no terminal."""


class RunProgress:
    """Looks at a simulation from a thread of its own, and draws what it sees; the run itself knows nothing of it.

    Parameters: `duration` of the run in nanoseconds; `wanted`: True always, None only where standard error is a
    terminal, and then only for a run that takes long.
    """

    def __init__(self, duration: int, wanted: bool | None) -> None:
        self.duration = duration
        self.patience = 0.0 if wanted else PATIENCE
        self.shown = sys.stderr.isatty() if wanted is None else wanted
        self._ended = Event()
        self._thread: Thread | None = None

    def watch(self, simulation: Simulation) -> None:
        """Begin to look at a simulation that is about to run."""
        if self.shown:
            self._thread = Thread(target=self._look, args=(simulation,), daemon=True)
            self._thread.start()

    def __enter__(self) -> RunProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self, simulation: Simulation) -> None:
        if self._ended.wait(self.patience):
            return
        if sys.stderr.isatty():
            self._draw(simulation)
        else:
            self._tell(simulation)

    def _draw(self, simulation: Simulation) -> None:
        """Draw a bar until the run has ended, then take it away."""
        kernel, speed = simulation.kernel, _Speed(simulation)
        with _bar() as bar:
            task = bar.add_task("", total=self.duration, simulated="", rate="")
            while not self._ended.wait(REFRESH):
                bar.update(task, completed=kernel.now, simulated=self._simulated(kernel.now), rate=speed.text())

    def _tell(self, simulation: Simulation) -> None:
        """Write a line from time to time, and one at the end, for logs."""
        speed, pause = _Speed(simulation), REFRESH
        while not self._ended.wait(pause):
            sys.stderr.write(f"{self._simulated(simulation.now)}, {speed.text()}\n")
            pause = min(2 * pause, MOST_PAUSE)
        sys.stderr.write(f"{self._simulated(simulation.now)}, {speed.text()}\n")

    def _simulated(self, now: int) -> str:
        return f"{now / 1e9:,.2f} of {self.duration / 1e9:,.2f} s simulated"


class _Speed:
    """Events a second of wall time, from now on."""

    def __init__(self, simulation: Simulation) -> None:
        self.kernel = simulation.kernel
        self.began = perf_counter()
        self.before = self.kernel.events_processed

    def text(self) -> str:
        """Return the speed in words."""
        rate = (self.kernel.events_processed - self.before) / max(perf_counter() - self.began, 1e-9)
        return f"{rate:,.0f} events/s"


def _bar() -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from scenarios.command_line.tables import output

    return Progress(
        BarColumn(),
        TextColumn("{task.fields[simulated]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=output(error=True),
        transient=True,
    )
