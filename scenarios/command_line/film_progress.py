"""Progress of writing an animation on standard error: how many of its frames are done, and the time that is left."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

from scenarios.command_line.progress import PATIENCE

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress


class FilmProgress:
    """Is told of each frame, and draws a bar where standard error is a terminal and writing takes long."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self._began = perf_counter()
        self._bar: Progress | None = None
        self._task: Any = None

    def take(self, done: int, frames: int) -> None:
        """Show how many frames are done."""
        if not self.shown or perf_counter() - self._began < PATIENCE:
            return
        if self._bar is None:
            self._bar = _bar()
            self._bar.start()
            self._task = self._bar.add_task("", total=frames)
        self._bar.update(self._task, completed=done)

    def __enter__(self) -> FilmProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()


def _bar() -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from scenarios.command_line.tables import output

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("frames"),
        TimeRemainingColumn(),
        console=output(error=True),
        transient=True,
    )
