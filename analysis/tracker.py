"""What all trackers of convergence share: the lives of the nodes, the curve of progress, and when it held."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from analysis.node_life import AFTER, DOWN, LIFE, LOSING_DISK, UP
from analysis.progress import ConvergenceResult, Progress, Spans, result_of
from sim.records import Record


class Tracker:
    """Base of trackers. `kinds` are the records it wants; `converged` tells whether its condition holds now.

    `on_converged`, where set, is called each time the condition begins to hold. `look_every`: a tracker of what changes
    without records lets time pass, and looks as often as that, in nanoseconds; None where records alone change it.
    """

    look_every: int | None = None

    def __init__(self, population: int, kinds: Iterable[str], durable: bool = False) -> None:
        self.population = population
        self.durable = durable
        self.kinds = frozenset((*kinds, *LIFE))
        self.up = population
        self.converged = False
        self.on_converged: Callable[[], None] | None = None
        self._life = bytearray(population)
        self._progress = Progress()
        self._spans = Spans()

    def observe(self, record: Record) -> None:
        """Take the next record of the run."""
        if record.kind in LIFE:
            self._live(record)
        else:
            self._take(record)
        holds = self._holds()
        self._progress.note(record.time, self._fraction())
        if holds != self.converged:
            self.converged = holds
            self._spans.note(record.time, holds)
            if holds and self.on_converged is not None:
                self.on_converged()

    def advance(self, time: int) -> None:
        """Let time pass to here, in nanoseconds, without a record; all up to it must have been told."""

    @property
    def since(self) -> int | None:
        """Since when the condition has held, in nanoseconds; None where it does not hold."""
        return self._spans.since

    @property
    def held(self) -> list[tuple[int, int | None]]:
        """The spans of time, in nanoseconds, in which the condition held, the last one open where it holds now."""
        return [*self._spans.closed, *([] if self._spans.since is None else [(self._spans.since, None)])]

    @property
    def fraction(self) -> float:
        """How much of what convergence asks for is there now, from 0 to 1."""
        return self._fraction()

    def waiting_for(self, most: int) -> list[str]:
        """Name what keeps the run from being converged now, in words; at most so many of it."""
        return []

    def finish(self) -> ConvergenceResult:
        """Return what became of the run's convergence."""
        return result_of(self._spans, self._residue(), self._progress)

    def _live(self, record: Record) -> None:
        node = record.node
        assert node is not None
        before, after = self._life[node], AFTER[record.kind]
        self._life[node] = after
        self.up += (after == UP) - (before == UP)
        if before == UP:
            self._leave(node)
        if (after == DOWN and not self.durable) or record.kind in LOSING_DISK:
            self._forget(node)
        elif after == UP:
            self._return(node)

    def _take(self, record: Record) -> None:
        """Take a record of progress."""
        raise NotImplementedError

    def _holds(self) -> bool:
        raise NotImplementedError

    def _fraction(self) -> float:
        raise NotImplementedError

    def _residue(self) -> float | None:
        return None

    def _leave(self, node: int) -> None:
        """What a node holds does not count for now."""

    def _return(self, node: int) -> None:
        """What it holds counts again."""

    def _forget(self, node: int) -> None:
        """What it held is lost; it does not count at this moment."""
