"""Progress of a report on standard error: what is drawn."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import TYPE_CHECKING

from scenarios.command_line.progress import PATIENCE

if TYPE_CHECKING:
    from types import TracebackType

    from rich.status import Status


class ReportProgress:
    """Is told of each figure, and names it where standard error is a terminal and the report takes long."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self._began = perf_counter()
        self._drawn = 0
        self._status: Status | None = None

    def take(self, name: str) -> None:
        """Show which figure is drawn, and how many are."""
        self._drawn += 1
        if not self.shown or perf_counter() - self._began < PATIENCE:
            return
        if self._status is None:
            from scenarios.command_line.tables import output

            self._status = output(error=True).status("")
            self._status.start()
        self._status.update(f"figure {self._drawn}: {name}")

    def __enter__(self) -> ReportProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._status is not None:
            self._status.stop()
