"""How often nodes are wrong when they judge by themselves whether the system has converged."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from operator import itemgetter
from typing import Final

from analysis.convergence import Tracker
from analysis.node_life import AFTER, DOWN, LIFE, UP
from sim.records import Record

BELIEVES: Final = "believes"
"""Kind of the records in which a node's belief changes (field `converged`); before the first it does not believe so."""


class Beliefs:
    """Compares what the nodes that are up believe with what a tracker knows in the end.

    A tracker may learn later since when its condition has held; a claim made at the instant from which it holds is
    right. Nanoseconds are summed over nodes; all sums are there once it is finished.
    """

    kinds = frozenset((BELIEVES, *LIFE))

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self.claims = 0
        self.wrong_claims = 0
        self.node_time = 0
        self.too_early = 0
        self.too_late = 0
        self._life = bytearray(tracker.population)
        self._believes = bytearray(tracker.population)
        self._up = tracker.population
        self._believers = 0
        self._claimed = array("q")
        self._steps = array("q", (0, tracker.population, 0))  # time, nodes that are up, believers among them

    def observe(self, record: Record) -> None:
        """Take the next state record of one of the kinds."""
        node = record.node
        if record.kind == BELIEVES and node is not None:
            self._change(node, self._life[node], bool(record.fields["converged"]))
            if self._believes[node]:
                self._claimed.append(record.time)
        elif record.kind in LIFE and node is not None:
            life = AFTER[record.kind]
            self._change(node, life, bool(self._believes[node]) and life != DOWN)
        self._steps.extend((record.time, self._up, self._believers))

    def _change(self, node: int, life: int, believes: bool) -> None:
        for step in (-1, 1):
            if self._life[node] == UP:
                self._up += step
                self._believers += step * self._believes[node]
            self._life[node], self._believes[node] = life, believes

    def finish(self, end: int) -> None:
        """Let time pass to the end of the run, in nanoseconds, up to which the tracker has been told all."""
        self.tracker.advance(end)
        held = [(begin, end + 1 if lost is None else lost) for begin, lost in self.tracker.held]
        self.claims = len(self._claimed)
        self.wrong_claims = sum(not _near(time, time + 1, held) for time in self._claimed)
        times, ups, believers = (self._steps[part::3] for part in range(3))
        for begin, until, up, believing in zip(times, (*times[1:], end), ups, believers, strict=True):
            converged = sum(max(0, min(until, lost) - max(begin, since)) for since, lost in _near(begin, until, held))
            self.node_time += (until - begin) * up
            self.too_late += converged * (up - believing)
            self.too_early += (until - begin - converged) * believing

    def share(self, node_time: int) -> float | None:
        """Return a part of the nodes' time as a share of all of it; None where no node ever said what it believes."""
        return node_time / self.node_time if self.node_time and self.claims else None


def _near(begin: int, until: int, held: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, which do not overlap each other, that overlap with a stretch of time."""
    first = bisect_right(held, begin, key=itemgetter(1))
    return held[first : bisect_left(held, until, key=itemgetter(0))]
