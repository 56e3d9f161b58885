"""How far the logs of a cluster were apart: entries that were removed again, and entries that a server lacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.node_life import LOSING_DISK

if TYPE_CHECKING:
    from sim.records import Record


class Divergence:
    """Compares the end of each server's log, whenever it changes, with what was committed anywhere."""

    kinds = frozenset(("appended", "truncated", "committed", "snapshot", "recovered", *LOSING_DISK))

    def __init__(self, population: int) -> None:
        self.committed = 0
        self.removed = 0
        self.most_removed = 0
        self.furthest_behind = 0
        self._last = [0] * population

    def observe(self, record: Record) -> None:
        """Take a change of a log, or a commit."""
        assert record.node is not None
        node, fields, kind = record.node, record.fields, record.kind
        if kind == "committed":
            if fields["index"] > self.committed:
                self.committed = fields["index"]
        elif kind == "appended":
            self._catches_up(node)
            self._remove(node, fields["first"])  # an installed snapshot takes away what does not fit it
            self._last[node] = fields["first"] + len(fields["terms"]) - 1
        elif kind == "truncated":
            self._remove(node, fields["index"])
        elif kind == "snapshot":
            if fields["installed"]:
                self._catches_up(node)
                self._last[node] = max(self._last[node], fields["index"])
        elif kind == "recovered":
            self._last[node] = fields["start"] + len(fields["terms"])
        else:
            self._last[node] = 0

    def _remove(self, node: int, first: int) -> None:
        removed = max(0, self._last[node] - first + 1)
        self.removed += removed
        self.most_removed = max(self.most_removed, removed)
        self._last[node] -= removed

    def _catches_up(self, node: int) -> None:
        behind = self.committed - self._last[node]
        if behind > self.furthest_behind:
            self.furthest_behind = behind
