"""Delta debugging: what it keeps shows what is wanted, is 1-minimal, and takes few tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from scenarios.shrink.ddmin import ddmin, least

Tuples = Sequence[tuple[int, ...]]


class Counted:
    """Tells the first candidate that shows something, and counts the different candidates that it was asked for."""

    def __init__(self, shows: Callable[[frozenset[int]], bool]) -> None:
        self.shows = shows
        self.known: dict[tuple[int, ...], bool] = {}

    def first(self, candidates: Tuples) -> int | None:
        """The place of the first candidate that shows it."""
        for place, items in enumerate(candidates):
            if items not in self.known:
                self.known[items] = self.shows(frozenset(items))
            if self.known[items]:
                return place
        return None


CAUSES = st.lists(st.frozensets(st.integers(0, 29), min_size=1, max_size=6), min_size=1, max_size=4)


@given(causes=CAUSES, size=st.integers(30, 60))
def test_what_is_left_is_1_minimal_for_monotone_predicates(causes: list[frozenset[int]], size: int) -> None:
    """Of any of several causes in a list, one is found whole, in order, and nothing besides it."""
    counted = Counted(lambda items: any(cause <= items for cause in causes))
    kept = ddmin(range(size), counted.first)
    assert list(kept) == sorted(kept)
    assert frozenset(kept) in causes
    assert not any(counted.shows(frozenset(kept) - {item}) for item in kept)


@given(modulus=st.integers(2, 5), needed=st.sets(st.integers(0, 14), min_size=1), size=st.integers(15, 20))
def test_what_is_left_is_1_minimal_for_predicates_that_are_not_monotone(
    modulus: int, needed: set[int], size: int
) -> None:
    """Where further items can hide what is wanted, no single item can be left out of the result either."""

    def shows(items: frozenset[int]) -> bool:
        return len(items) == size or (needed <= items and len(items - needed) % modulus == 0)

    kept = ddmin(range(size), Counted(shows).first)
    assert shows(frozenset(kept))
    assert not any(shows(frozenset(kept) - {item}) for item in kept) or len(kept) == 1


def test_two_causes_among_forty_take_few_tests() -> None:
    """Wherever two needed items stand among forty, at most 40 tests find them."""
    counts = []
    for pair in combinations(range(40), 2):
        counted = Counted(lambda items, pair=pair: items.issuperset(pair))  # type: ignore[misc]
        assert ddmin(range(40), counted.first) == pair
        counts.append(len(counted.known))
    assert max(counts) <= 40


def test_the_worst_case_is_within_its_bound() -> None:
    """Where all items are needed, the tests are at most n² + 3n (Zeller and Hildebrandt 2002, section 3)."""
    for size in (2, 5, 16, 33):
        counted = Counted(lambda items, size=size: len(items) == size)  # type: ignore[misc]
        assert ddmin(range(size), counted.first) == tuple(range(size))
        assert len(counted.known) <= size**2 + 3 * size


@given(size=st.integers(0, 200), bound=st.integers(0, 250))
def test_least_finds_the_bound_of_a_monotone_predicate(size: int, bound: int) -> None:
    """The least value that serves is found by tests that grow with the logarithm of their number."""
    asked: list[int] = []

    def shows(value: int) -> bool:
        asked.append(value)
        return value >= bound

    found = least(range(size), shows)
    assert found == (bound if bound < size else None)
    assert len(asked) <= 1 + size.bit_length()
