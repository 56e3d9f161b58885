"""The computed neighbours of a large mesh behave as the tuples that they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topologies.complete_neighbors import AllButOne, CompleteNeighbors


@given(st.integers(1, 40).flatmap(lambda nodes: st.tuples(st.just(nodes), st.integers(0, nodes - 1))))
def test_they_equal_the_tuple_of_all_others(case: tuple[int, int]) -> None:
    """Length, items, iteration, membership, equality, hash and index are those of the stored tuple."""
    nodes, missing = case
    stored = tuple(other for other in range(nodes) if other != missing)
    computed = AllButOne(nodes, missing)
    assert computed == stored
    assert stored == computed
    assert hash(computed) == hash(stored)
    assert len(computed) == len(stored)
    assert list(computed) == list(stored)
    assert list(reversed(computed)) == list(reversed(stored))
    assert [computed[k] for k in range(-len(stored), len(stored))] == [
        stored[k] for k in range(-len(stored), len(stored))
    ]
    assert [value in computed for value in range(-2, nodes + 2)] == [value in stored for value in range(-2, nodes + 2)]
    assert [computed.index(value) for value in stored] == list(range(len(stored)))
    assert computed[1:-1:2] == stored[1:-1:2]
    assert computed[::-1] == stored[::-1]
    assert [computed.count(value) for value in range(nodes)] == [stored.count(value) for value in range(nodes)]


@given(st.integers(1, 12), st.integers(1, 12))
def test_whole_lists_compare_with_tuples_and_each_other(one: int, other: int) -> None:
    """Two complete graphs have equal neighbours exactly if they have equally many nodes."""
    stored = tuple(map(tuple, CompleteNeighbors(other)))
    assert (CompleteNeighbors(one) == stored) == (one == other)
    assert (CompleteNeighbors(one) == CompleteNeighbors(other)) == (one == other)
    assert CompleteNeighbors(one)[:2] == tuple(map(tuple, CompleteNeighbors(one)))[:2]


@pytest.mark.parametrize("index", [4, -5, 10**30])
def test_an_index_beyond_the_end_is_an_error(index: int) -> None:
    """Four neighbours have positions -4 to 3, and no others."""
    with pytest.raises(IndexError):
        AllButOne(5, 2)[index]
    with pytest.raises(IndexError):
        CompleteNeighbors(4)[index]


@pytest.mark.parametrize("value", [2, 5, -1])
def test_the_index_of_a_stranger_is_an_error(value: int) -> None:
    """The node itself and numbers that are no nodes have no position."""
    with pytest.raises(ValueError, match="not among"):
        AllButOne(5, 2).index(value)


def test_they_differ_from_other_sequences() -> None:
    """A list, a shorter tuple and another node's neighbours are not equal to them."""
    assert AllButOne(4, 1) != [0, 2, 3]
    assert AllButOne(4, 1) != (0, 2)
    assert AllButOne(4, 1) != AllButOne(4, 2)
    assert CompleteNeighbors(2) != [(1,), (0,)]
