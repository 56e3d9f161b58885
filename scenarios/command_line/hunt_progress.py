"""Progress of a hunt on standard error: runs done, their rate, the time that is left, and what was found so far."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, Self

from scenarios.command_line.progress import MOST_PAUSE, PATIENCE, REFRESH

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress

    from scenarios.execution.row import Row


class HuntProgress:
    """Is handed rows as they come in, and shows how far the hunt has come.

    Parameters: `runs`, how many there will be; `wanted`: True always, None only where standard error is a terminal,
    and then only for a hunt that takes long.
    """

    def __init__(self, runs: int, wanted: bool | None) -> None:
        self.runs = runs
        self.done = 0
        self.found = 0
        self.shown = sys.stderr.isatty() if wanted is None else wanted
        self._next = 0.0 if wanted else PATIENCE
        self._pause = REFRESH
        self._before = 0
        self._began = perf_counter()
        self._bar: Progress | None = None
        self._task: Any = None

    def begin(self) -> Callable[[Sequence[Row]], None]:
        """Return what takes the rows of one hunt; the first are those of an earlier one that goes on."""
        fresh = False

        def take(rows: Sequence[Row]) -> None:
            nonlocal fresh
            self._before += 0 if fresh else len(rows)
            fresh = True
            self._take(rows)

        return take

    def _take(self, rows: Sequence[Row]) -> None:
        self.done += len(rows)
        self.found += sum("violated" in row.values() or row["error"] is not None for row in rows)
        if self.shown and perf_counter() - self._began >= self._next:
            self._show()

    def _show(self) -> None:
        if sys.stderr.isatty():
            if self._bar is None:
                self._bar = _bar()
                self._bar.start()
                self._task = self._bar.add_task("", total=self.runs, told="")
            self._bar.update(self._task, completed=self.done, told=self.beside_the_bar())
        else:
            sys.stderr.write(f"{self.text()}\n")
            self._next = perf_counter() - self._began + self._pause
            self._pause = min(2 * self._pause, MOST_PAUSE)

    def rate(self) -> float:
        """Return how many runs a second were made since it began."""
        return (self.done - self._before) / max(perf_counter() - self._began, 1e-9)

    def beside_the_bar(self) -> str:
        """Return what stands beside a bar, which shows the time that is left."""
        return self.text()

    def text(self) -> str:
        """Return how far it has come, in words."""
        return f"{self.done:,} of {self.runs:,} runs, {self.rate():,.0f} runs/s, {self.found:,} violations"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        elif self.shown and self._pause > REFRESH:
            sys.stderr.write(f"{self.text()}\n")


def _bar() -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from scenarios.command_line.tables import output

    return Progress(
        BarColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
        console=output(error=True),
        transient=True,
    )
