"""The computed neighbours of a large mesh behave as the tuples that they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topologies.complete_neighbors import AllButOne, CompleteLinks, CompleteNeighbors


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


@given(st.integers(1, 40))
def test_links_equal_the_list_of_all_pairs(nodes: int) -> None:
    """Length, items, slices and iteration are those of the stored list, in ascending order."""
    stored = tuple((one, other) for one in range(nodes) for other in range(one + 1, nodes))
    computed = CompleteLinks(nodes)
    assert len(computed) == len(stored)
    assert tuple(computed) == stored
    assert [computed[-1 - place] for place in range(len(stored))] == list(reversed(stored))
    assert computed[1:-1:2] == stored[1:-1:2]


@given(st.integers(2, 1_000_000), st.floats(0, 1, exclude_max=True))
def test_links_of_a_mesh_of_any_size_are_found(nodes: int, share: float) -> None:
    """The place of a link is the number of links before it: those of lower rows, and of its own row."""
    links = CompleteLinks(nodes)
    place = int(share * len(links))
    one, other = links[place]
    assert 0 <= one < other < nodes
    assert one * (2 * nodes - one - 1) // 2 + other - one - 1 == place


def test_a_link_beyond_the_end_is_an_error() -> None:
    """Five nodes have ten links, at positions -10 to 9."""
    for place in (10, -11, 10**30):
        with pytest.raises(IndexError):
            CompleteLinks(5)[place]
