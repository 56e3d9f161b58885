"""Log matching, judged one entry at a time, is log matching as the dissertation states it for whole logs."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tests.consensus_records import appended, judged, truncated

SERVERS = 3
Log = list[tuple[int, str]]

entries = st.lists(st.tuples(st.integers(1, 3), st.sampled_from("ab")), min_size=1, max_size=3)
steps = st.lists(st.tuples(st.integers(0, SERVERS - 1), st.integers(0, 3), st.one_of(st.none(), entries)), max_size=8)


def match(one: Log, other: Log) -> bool:
    """Whether two logs are identical up to every index at which both have an entry of the same term."""
    return all(
        one[: index + 1] == other[: index + 1]
        for index in range(min(len(one), len(other)))
        if one[index][0] == other[index][0]
    )


@given(steps)
def test_entry_by_entry_is_log_by_log(story: list[tuple[int, int, Log | None]]) -> None:
    """Servers write and remove entries at will; the judge says what comparing all logs of all times says."""
    logs: list[Log] = [[] for _ in range(SERVERS)]
    events, ever = [], []
    for time, (server, place, new) in enumerate(story):
        first = min(place, len(logs[server])) + 1
        del logs[server][first - 1 :]
        if new is None:
            events.append(truncated(time, server, first))
        else:
            events.append(appended(time, server, first, *new))
            logs[server] += new
        ever.append(list(logs[server]))
    expected = "holds" if all(match(one, other) for one, other in combinations(ever, 2)) else "violated"
    written = any(new for _, _, new in story)
    assert judged("log-matching", events, SERVERS).verdict == (expected if written else "unknown")
