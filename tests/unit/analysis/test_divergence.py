"""How far logs were apart, worked out by hand."""

from __future__ import annotations

from analysis.divergence import Divergence
from tests.consensus_records import appended, committed, life, records_of, recovered, snapshot, truncated


def test_removed_and_missing_entries_are_counted() -> None:
    """Server 0 removes three entries and one; server 1 lacks four, server 2 all nine when a snapshot comes."""
    found = Divergence(3)
    for record in records_of(
        (
            appended(1, 0, 1, *((1, "a"),) * 5),
            committed(2, 0, 1, 1, *"aaaaa"),
            appended(3, 1, 1, (1, "a")),
            appended(4, 0, 6, *((1, "b"),) * 3),
            truncated(5, 0, 6),
            appended(6, 0, 6, *((2, "c"),) * 4),
            committed(7, 0, 6, 2, *"cccc"),
            life(8, 0, "crashed"),
            recovered(9, 0, 0, 0, *((1, "a"),) * 5, *((2, "c"),) * 5),
            truncated(10, 0, 10),
            truncated(10, 0, 10),
            snapshot(11, 0, 4, 1, installed=False),
            snapshot(12, 2, 9, 2, installed=True),
            appended(13, 2, 10, (2, "d")),
            life(14, 2, "disk-lost"),
        )
    ):
        if record.kind in found.kinds:
            found.observe(record)
    assert (found.committed, found.removed, found.most_removed, found.furthest_behind) == (9, 4, 3, 9)


def test_entries_that_a_snapshot_took_away_count_as_removed() -> None:
    """Where the log did not fit an installed snapshot, what comes next stands right after the snapshot."""
    found = Divergence(1)
    for record in records_of(
        (
            appended(1, 0, 1, *((1, "a"),) * 5),
            snapshot(2, 0, 2, 2, installed=True),
            appended(3, 0, 3, (2, "b")),
            truncated(4, 0, 3),
        )
    ):
        found.observe(record)
    assert (found.removed, found.most_removed) == (4, 3)
