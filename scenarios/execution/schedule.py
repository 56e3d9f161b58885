"""Which runs a worker is handed at a time: so many of one part that they last about half a second."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from scenarios.execution.task import Task

BATCH_SECONDS: Final = 0.5
"""Seconds of wall time that a batch should last: long beside the cost of handing it over, short beside patience."""
MEMORY: Final = 0.7
"""Share of what was known of the duration of a run that the next batch leaves."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tasks of one part that a worker is handed together; `deaths`, how often their worker died over them."""

    tasks: tuple[Task, ...]
    deaths: int = 0

    def died(self) -> Batch:
        """Return the same after another death."""
        return replace(self, deaths=self.deaths + 1)


class Schedule:
    """Cuts the tasks of parts into batches, by how long runs took so far.

    What comes out of a run does not depend on its batch; `left` is the number of runs that are still to be handed out.
    """

    def __init__(self, parts: Iterator[tuple[int, list[Task]]], left: int, workers: int) -> None:
        self._parts = parts
        self._open: deque[Task] = deque()
        self._again: deque[Batch] = deque()
        self._left = left
        self._workers = workers
        self._seconds: float | None = None

    def next(self) -> Batch | None:
        """Return the next batch, None where nothing is left."""
        if self._again:
            return self._again.popleft()
        if not self._open:
            _, tasks = next(self._parts, (0, []))
            self._open.extend(tasks)
        if not self._open:
            return None
        size = min(self._size(), len(self._open))
        self._left -= size
        return Batch(tuple(self._open.popleft() for _ in range(size)))

    def _size(self) -> int:
        """Return how many runs make a batch now; fewer towards the end, so that the workers end together."""
        if self._seconds is None:
            return 1
        fair = self._left // (4 * self._workers)
        return max(1, min(int(BATCH_SECONDS / max(self._seconds, 1e-6)), fair))

    def took(self, runs: int, seconds: float) -> None:
        """Take in how long a batch lasted."""
        mean = seconds / runs
        self._seconds = mean if self._seconds is None else MEMORY * self._seconds + (1 - MEMORY) * mean

    def put_back(self, batch: Batch) -> None:
        """Have a batch handed out again, before all others."""
        self._again.append(batch)
