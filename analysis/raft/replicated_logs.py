"""The logs of all servers of a consensus protocol, as its records tell of them."""

from __future__ import annotations

from array import array
from typing import Final

from analysis.node_life import LOSING_DISK
from sim.records import Record

KINDS: Final = frozenset(("appended", "truncated", "snapshot", "recovered", *LOSING_DISK))
"""Kinds of records that change a log."""


class ReplicatedLog:
    """The log of one server: the term and the command's number of each entry after `start`, the end of its snapshot."""

    __slots__ = ("commands", "start", "start_term", "terms")

    def __init__(self) -> None:
        self.start = 0
        self.start_term = 0
        self.terms = array("q")
        self.commands = array("q")

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
        keep = max(0, first - self.start - 1)
        del self.terms[keep:]
        del self.commands[keep:]

    def compact(self, index: int, term: int) -> None:
        """Forget the entries up to an index, the last of which has this term; all where that does not fit."""
        if index <= self.start:
            return
        fits = self.term_at(index) == term
        self.terms = self.terms[index - self.start :] if fits else array("q")
        self.commands = self.commands[index - self.start :] if fits else array("q")
        self.start, self.start_term = index, term


class ReplicatedLogs:
    """The logs of all servers; commands are numbered as they come, so that a log costs 16 bytes an entry."""

    def __init__(self, population: int) -> None:
        self.of = [ReplicatedLog() for _ in range(population)]
        self._numbers: dict[str, int] = {}

    def number(self, command: str) -> int:
        """The number of a command."""
        return self._numbers.setdefault(command, len(self._numbers))

    def name(self, number: int) -> str:
        """The command that has a number."""
        return next(name for name, each in self._numbers.items() if each == number)

    def observe(self, record: Record) -> None:
        """Take a record of one of the kinds that change a log."""
        assert record.node is not None
        log, fields = self.of[record.node], record.fields
        if record.kind == "appended":
            log.cut(fields["first"])
            log.terms.extend(fields["terms"])
            log.commands.extend([self.number(command) for command in fields["commands"]])
        elif record.kind == "truncated":
            log.cut(fields["index"])
        elif record.kind == "snapshot":
            log.compact(fields["index"], fields["term"])
        elif record.kind == "recovered":
            log.start, log.start_term = fields["start"], fields["start_term"]
            log.terms = array("q", fields["terms"])
            log.commands = array("q", [self.number(command) for command in fields["commands"]])
        else:
            self.of[record.node] = ReplicatedLog()
