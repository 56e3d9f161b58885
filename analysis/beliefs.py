"""How often nodes are wrong when they judge by themselves whether the system has converged."""

from __future__ import annotations

from typing import Final

from analysis.convergence import Tracker
from analysis.node_life import AFTER, DOWN, LIFE, UP
from sim.records import Record

BELIEVES: Final = "believes"
"""Kind of the records in which a node's belief changes (field `converged`); before the first it does not believe so."""


class Beliefs:
    """Compares what the nodes that are up believe with what a tracker knows.

    The tracker must see each record before this does. Nanoseconds are summed over nodes.
    """

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self.kinds = tracker.kinds | {BELIEVES, *LIFE}
        self.claims = 0
        self.wrong_claims = 0
        self.node_time = 0
        self.too_early = 0
        self.too_late = 0
        self._life = bytearray(tracker.population)
        self._believes = bytearray(tracker.population)
        self._up = tracker.population
        self._believers = 0
        self._converged = tracker.converged
        self._since = 0

    def observe(self, record: Record) -> None:
        """Take the next state record of one of the kinds."""
        self._pass_to(record.time)
        node = record.node
        if record.kind == BELIEVES and node is not None:
            self._change(node, self._life[node], bool(record.fields["converged"]))
            self.claims += self._believes[node]
            self.wrong_claims += self._believes[node] and not self.tracker.converged
        elif record.kind in LIFE and node is not None:
            life = AFTER[record.kind]
            self._change(node, life, bool(self._believes[node]) and life != DOWN)
        self._converged = self.tracker.converged

    def _change(self, node: int, life: int, believes: bool) -> None:
        for step in (-1, 1):
            if self._life[node] == UP:
                self._up += step
                self._believers += step * self._believes[node]
            self._life[node], self._believes[node] = life, believes

    def _pass_to(self, time: int) -> None:
        passed, self._since = time - self._since, time
        self.node_time += passed * self._up
        if self._converged:
            self.too_late += passed * (self._up - self._believers)
        else:
            self.too_early += passed * self._believers

    def finish(self, end: int) -> None:
        """Let time pass to the end of the run, in nanoseconds."""
        self._pass_to(end)

    def share(self, node_time: int) -> float | None:
        """Return a part of the nodes' time as a share of all of it; None where no node ever said what it believes."""
        return node_time / self.node_time if self.node_time and self.claims else None
