"""The parts of broadcasts by themselves: orders, what is held, and to whom it is passed on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.randomness import Streams
from sim.runtime.broadcasts import routes
from sim.runtime.broadcasts.archive import Archive, Holding
from sim.runtime.broadcasts.cast import Cast
from sim.runtime.broadcasts.causal_order import CausalOrder
from sim.runtime.broadcasts.fifo_order import FifoOrder
from sim.runtime.broadcasts.order_buffer import OrderBuffer
from sim.runtime.broadcasts.total_order import Place, TotalOrder

NODES = 3


class Group:
    """Nodes with an order each, and for each the broadcasts that have not reached it yet."""

    def __init__(self, order: type[OrderBuffer]) -> None:
        self.buffers = [order(NODES) for _ in range(NODES)]
        self.handed: list[list[Cast]] = [[] for _ in range(NODES)]
        self.under_way: list[list[Cast]] = [[] for _ in range(NODES)]
        self.past: dict[tuple[int, int], set[tuple[int, int]]] = {}
        self.numbers = [0] * NODES

    def cast(self, origin: int, payload: Any = None) -> Cast:
        """A node broadcasts: it is under way to the others, and has come to the node itself."""
        self.numbers[origin] += 1
        cast = self.buffers[origin].stamp(origin, self.numbers[origin], payload)
        self.past[cast.identity] = {other.identity for other in self.handed[origin]}
        for node in range(NODES):
            if node == origin:
                self.handed[node] += self.buffers[node].take(cast)
            else:
                self.under_way[node].append(cast)
        return cast

    def arrive(self, node: int, place: int) -> None:
        """One that is under way to a node comes there."""
        if self.under_way[node]:
            cast = self.under_way[node].pop(place % len(self.under_way[node]))
            self.handed[node] += self.buffers[node].take(cast)

    def act(self, steps: list[tuple[bool, int, int]]) -> None:
        """Broadcast or arrive as the steps say, then have all arrive."""
        for casts, node, place in steps:
            if casts:
                self.cast(node)
            else:
                self.arrive(node, place)
        for node in range(NODES):
            while self.under_way[node]:
                self.arrive(node, 1)


IDENTITIES = st.sets(st.tuples(st.integers(0, 2), st.integers(1, 8)))
STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, NODES - 1), st.integers(0, 9)), max_size=40)


@given(STEPS)
def test_fifo_hands_up_each_origin_in_order_and_all(steps: list[tuple[bool, int, int]]) -> None:
    """However arrivals are mixed, each node hands up 1, 2, 3 … of each origin, and nothing is left waiting."""
    group = Group(FifoOrder)
    group.act(steps)
    for node in range(NODES):
        for origin in range(NODES):
            numbers = [cast.number for cast in group.handed[node] if cast.origin == origin]
            assert numbers == list(range(1, group.numbers[origin] + 1))
        assert group.buffers[node].waiting == 0


@given(STEPS)
def test_causal_order_hands_up_the_past_first_and_all(steps: list[tuple[bool, int, int]]) -> None:
    """What a node had handed up before it broadcast goes before that at every node, and nothing is left waiting."""
    group = Group(CausalOrder)
    group.act(steps)
    for node in range(NODES):
        before: set[tuple[int, int]] = set()
        for cast in group.handed[node]:
            assert group.past[cast.identity] <= before
            before.add(cast.identity)
        assert len(before) == sum(group.numbers)
        assert group.buffers[node].waiting == 0


def test_without_a_buffer_both_orders_are_broken() -> None:
    """The properties can fail: as they come, a second one goes first, and so does an answer before what it answers."""
    group = Group(OrderBuffer)
    group.cast(0), group.cast(0)
    group.arrive(1, 1)
    assert [cast.number for cast in group.handed[1]] == [2]
    group.cast(1)
    group.arrive(2, 2)
    assert group.past[group.handed[2][0].identity]


@given(st.permutations(range(8)), st.permutations(range(8)))
def test_places_make_one_order(first: list[int], second: list[int]) -> None:
    """Two nodes to which four broadcasts and their places come in any order hand up the same."""
    casts = [Cast(1, number, "x") for number in range(1, 5)]
    words = [Cast(0, place, Place(place, 1, 5 - place)) for place in range(1, 5)]
    handed = []
    for order in (first, second):
        buffer = TotalOrder(2)
        handed.append([cast for number in order for cast in buffer.take([*casts, *words][number])])
        assert buffer.waiting == 0
        assert buffer.take(words[0]) == []
    assert handed[0] == handed[1] == casts[::-1]


def test_a_sequencer_sees_what_has_no_place() -> None:
    """Broadcasts without a place are told as they came; a place goes on from the highest that was given."""
    buffer = TotalOrder(3)
    for cast in (Cast(2, 1, "b"), Cast(1, 1, "a")):
        buffer.take(cast)
    assert buffer.without_place() == [(2, 1), (1, 1)]
    assert buffer.take(Cast(0, 1, Place(1, 1, 1))) == [Cast(1, 1, "a")]
    assert buffer.take(Cast(0, 2, Place(5, 9, 9))) == []
    assert (buffer.without_place(), buffer.last_place, buffer.waiting) == ([(2, 1)], 5, 1)
    buffer.take(Cast(2, 3, "d"))
    assert buffer.without_place() == [(2, 1)], "the second of its origin is not there"


@given(IDENTITIES, IDENTITIES)
def test_an_archive_tells_what_another_lacks(own: set[tuple[int, int]], others: set[tuple[int, int]]) -> None:
    """What one lacks of another's is the difference of what they hold, however many gaps there are."""
    here, there = Archive(), Archive()
    for archive, identities in ((here, own), (there, others)):
        for identity in sorted(identities, reverse=True):
            assert archive.add(Cast(*identity, None))
            assert not archive.add(Cast(*identity, None))
    lacking = here.lacked_by(there.holdings(), 100)
    assert {cast.identity for cast in lacking} == own - others
    assert here.lacked_by(there.holdings(), 2) == lacking[:2]
    assert there.lacks(here.holdings()) == bool(lacking)
    assert all(identity in here for identity in own)
    assert len(here) == len(own)


def test_holdings_are_short_where_nothing_is_missing() -> None:
    """A run without gaps is one number."""
    archive = Archive()
    for number in (1, 2, 3, 5):
        archive.add(Cast(4, number, None))
    assert archive.holdings() == (Holding(4, 3, (5,)),)


@pytest.mark.parametrize("fanout", [1, 2, 3])
@pytest.mark.parametrize("population", [1, 2, 7, 10])
def test_a_tree_reaches_each_node_once(population: int, fanout: int) -> None:
    """From any origin each other node is the child of exactly one."""
    for origin in range(population):
        children = [child for node in range(population) for child in routes.by_tree(node, origin, population, fanout)]
        assert sorted([*children, origin]) == list(range(population))


def test_flooding_and_gossip_go_to_neighbours() -> None:
    """Flooding leaves out where it came from; gossip takes as many distinct neighbours as there are, at most."""
    stream = Streams(1).stream("x")
    assert routes.by_flooding((1, 2, 5), 2) == [1, 5]
    assert routes.by_flooding((1, 2), None) == [1, 2]
    chosen = routes.by_gossip((1, 2, 5, 7), 3, stream)
    assert len(set(chosen)) == 3
    assert sorted(routes.by_gossip((1, 2), 3, stream)) == [1, 2]
