"""The terms of the entries in the logs of all servers of a consensus protocol, as its records tell of them."""

from __future__ import annotations

from array import array
from typing import Final

from analysis.node_life import LOSING_DISK
from sim.records import Record

KINDS: Final = frozenset(("appended", "truncated", "snapshot", "recovered", *LOSING_DISK))
"""Kinds of records that change a log."""


class ReplicatedLog:
    """The log of one server on its disk: the term of each entry after `start`, the end of its snapshot; 8 bytes each.

    `start_term` is that of the last entry in the snapshot, None: not known.
    """

    __slots__ = ("start", "start_term", "terms")

    def __init__(self) -> None:
        self.start = 0
        self.start_term: int | None = 0
        self.terms = array("q")

    @property
    def last(self) -> int:
        """The index of the newest entry."""
        return self.start + len(self.terms)

    def term_at(self, index: int) -> int | None:
        """The term of an entry; None where the log has none there, or has it no more."""
        if index == self.start:
            return self.start_term
        place = index - self.start - 1
        return self.terms[place] if 0 <= place < len(self.terms) else None

    def cut(self, first: int) -> None:
        """Remove the entries from an index on."""
        del self.terms[max(0, first - self.start - 1) :]

    def append(self, first: int, terms: tuple[int, ...]) -> None:
        """Put entries in the place of all from an index on; what is before a gap is not known any more."""
        following = self.start + len(self.terms) + 1
        if first > following:
            self.begin_at(first - 1, None)
        elif first < following:
            self.cut(first)
        self.terms.extend(terms)

    def begin_at(self, index: int, term: int | None) -> None:
        """Have no entries, but a snapshot up to an index."""
        self.start, self.start_term, self.terms = index, term, array("q")

    def compact(self, index: int, term: int) -> None:
        """Forget the entries up to an index, the last of which has this term; all where that does not fit."""
        if index <= self.start:
            return
        kept = self.terms[index - self.start :] if self.term_at(index) == term else array("q")
        self.begin_at(index, term)
        self.terms = kept


class ReplicatedLogs:
    """The logs of all servers."""

    def __init__(self, population: int) -> None:
        self.of = [ReplicatedLog() for _ in range(population)]

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds that change a log."""
        _, _, node, kind, fields = record
        assert node is not None
        log = self.of[node]
        if kind == "appended":
            log.append(fields["first"], fields["terms"])
        elif kind == "truncated":
            log.cut(fields["index"])
        elif kind == "snapshot":
            log.compact(fields["index"], fields["term"])
        elif kind == "recovered":
            log.begin_at(fields["start"], fields["start_term"])
            log.append(fields["start"] + 1, fields["terms"])
        else:
            log.begin_at(0, 0)

    def usual_term(self, index: int) -> int | None:
        """The term that most servers have at an index; None where none has an entry there."""
        found = [term for term in (log.term_at(index) for log in self.of) if term is not None]
        return max(sorted(set(found)), key=found.count) if found else None
