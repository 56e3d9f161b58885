"""The replicated log of one server: the entries after its snapshot, by index (dissertation, sections 3.5 and 5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.protocols.raft.messages import Entry


class Log:
    """Entries are numbered from 1; those up to `start` are in the snapshot, whose last entry had the term `start_term`.

    `last_index` and `last_term` are of the newest entry.
    """

    __slots__ = ("_entries", "last_index", "last_term", "start", "start_term")

    def __init__(self, start: int = 0, start_term: int = 0, entries: Sequence[Entry] = ()) -> None:
        self.start = start
        self.start_term = start_term
        self._entries = list(entries)
        self._measure()

    def _measure(self) -> None:
        self.last_index = self.start + len(self._entries)
        self.last_term = self._entries[-1].term if self._entries else self.start_term

    def term_at(self, index: int) -> int:
        """The term of the entry at an index from `start` to `last_index`; 0 at index 0."""
        if index == self.last_index:
            return self.last_term
        return self._entries[index - self.start - 1].term if index > self.start else self.start_term

    def entry(self, index: int) -> Entry:
        """The entry at an index after `start`."""
        assert self.start < index <= self.last_index
        return self._entries[index - self.start - 1]

    def entries(self, first: int, last: int) -> tuple[Entry, ...]:
        """The entries from one index to another, both included."""
        return tuple(self._entries[first - self.start - 1 : last - self.start])

    def append(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self._entries.append(entry)
        self.last_index += 1
        self.last_term = entry.term

    def truncate(self, index: int) -> None:
        """Remove the entry at an index and all after it."""
        del self._entries[index - self.start - 1 :]
        self._measure()

    def discard(self, index: int, term: int) -> None:
        """Remove the entries up to an index, the last of which has this term: they are in a snapshot now."""
        if index <= self.start:
            return
        keeps = index <= self.last_index and self.term_at(index) == term
        self._entries = self._entries[index - self.start :] if keeps else []
        self.start, self.start_term = index, term
        self._measure()

    def first_index_of_term_at(self, index: int) -> int:
        """The first index, after `start`, of the run of entries that have the same term as the one at `index`."""
        term = self.term_at(index)
        while index - 1 > self.start and self.term_at(index - 1) == term:
            index -= 1
        return index

    def last_index_of_term(self, term: int, before: int) -> int:
        """The last index below `before` whose entry has this term; 0 where there is none."""
        for index in range(min(before - 1, self.last_index), self.start, -1):
            found = self.term_at(index)
            if found == term:
                return index
            if found < term:
                break
        return 0
