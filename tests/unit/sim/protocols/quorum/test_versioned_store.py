"""A replica holds the latest version that it has seen, and knows whose write has begun."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.protocols.quorum.versioned_store import NEVER, VersionedStore
from sim.storage import Storage

VERSIONS = st.tuples(st.integers(1, 3), st.integers(0, 2), st.integers(1, 3))


@given(st.lists(VERSIONS, max_size=12))
def test_the_latest_version_stays_in_whatever_order_they_come(versions: list[tuple[int, int, int]]) -> None:
    """Also when writes come twice, and when the replica reads its disk again."""
    storage = Storage()
    for version in versions:
        store = VersionedStore(storage)
        is_news = version > store.read("k").version
        assert store.write("k", version, f"{version}") == is_news
    held = VersionedStore(storage).read("k")
    assert held == ((max(versions), f"{max(versions)}") if versions else NEVER)


def test_only_one_attempt_at_a_write_has_its_mark() -> None:
    """The same attempt may come twice; another one is told that it is not the first."""
    storage = Storage()
    assert VersionedStore(storage).mark(3, 7, (0, 1))
    assert VersionedStore(storage).mark(3, 7, (0, 1))
    assert not VersionedStore(storage).mark(3, 7, (1, 1))
    assert VersionedStore(storage).mark(3, 8, (1, 2))
