"""Progress of shrinking on standard error: runs made, what is tried, and how much is left of the scenario."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from scenarios.command_line.progress import MOST_PAUSE, REFRESH

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress

    from scenarios.shrink.search import Search


class ShrinkProgress:
    """Is told of each run, and shows how far the search has come.

    Parameters: `runs`, how many there may be; `wanted`: True always, None only where standard error is a terminal.
    """

    def __init__(self, runs: int, wanted: bool | None) -> None:
        self.runs = runs
        self.shown = sys.stderr.isatty() if wanted is None else wanted
        self._pause = REFRESH
        self._next = 0.0
        self._bar: Progress | None = None
        self._task: Any = None

    def take(self, search: Search) -> None:
        """Show how far a search has come."""
        if not self.shown:
            return
        if sys.stderr.isatty():
            if self._bar is None:
                self._bar = _bar()
                self._bar.start()
                self._task = self._bar.add_task("", total=self.runs, told="")
            self._bar.update(self._task, completed=search.ran, told=text(search))
        else:
            self._write(search)

    def _write(self, search: Search) -> None:
        """Write a line from time to time, for logs."""
        from time import perf_counter

        if perf_counter() >= self._next:
            sys.stderr.write(f"{text(search)}\n")
            self._next = perf_counter() + self._pause
            self._pause = min(2 * self._pause, MOST_PAUSE)

    def __enter__(self) -> ShrinkProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def text(search: Search) -> str:
    """Return how far a search has come, in words."""
    left = len(search.best["faults"])
    return (
        f"{search.ran} of at most {search.limit + 1} runs, {left} fault{'s' if left != 1 else ''} left: {search.step}"
    )


def _bar() -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn

    from scenarios.command_line.tables import output

    return Progress(BarColumn(), TextColumn("{task.fields[told]}"), console=output(error=True), transient=True)
