"""Placements: who owns a key, how even that is, and which keys move when nodes join and leave."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.runtime.sharding.bounded_loads import BoundedLoads
from sim.runtime.sharding.hash_ring import HashRing
from sim.runtime.sharding.jump import Jump, bucket_of
from sim.runtime.sharding.key_space import SPACE, position_of
from sim.runtime.sharding.placement import Placement, moves
from sim.runtime.sharding.rendezvous import Rendezvous

MAKERS: dict[str, Callable[[list[int]], Placement]] = {
    "ring": lambda nodes: HashRing(nodes, 20),
    "rendezvous": Rendezvous,
    "jump": Jump,
    "bounded-loads": lambda nodes: BoundedLoads(nodes, slack=0.25, slots=256),
}
POSITIONS = [position_of(f"key {number}") for number in range(300)]
POPULATIONS = st.sets(st.integers(0, 50), min_size=2, max_size=9)


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=20, deadline=None)
@given(nodes=POPULATIONS, salt=st.integers(0, 99))
def test_every_key_has_one_owner_among_the_nodes(kind: str, nodes: set[int], salt: int) -> None:
    """Whatever the nodes, each position has an owner, the same however the nodes are told, and shares sum to one."""
    placement = MAKERS[kind](sorted(nodes))
    owners = [placement.owner(position_of(f"{number}", salt)) for number in range(50)]
    assert set(owners) <= nodes
    assert owners == [MAKERS[kind](sorted(nodes)).owner(position_of(f"{number}", salt)) for number in range(50)]
    assert sum(placement.shares().values()) == pytest.approx(1)
    assert set(placement.shares()) == nodes


@pytest.mark.parametrize("kind", ["ring", "rendezvous"])
@settings(max_examples=20, deadline=None)
@given(nodes=POPULATIONS, new=st.integers(51, 60))
def test_only_keys_of_the_node_that_joins_or_leaves_move(kind: str, nodes: set[int], new: int) -> None:
    """A key that moves on a join goes to the new node; on a leave it was the old one's; a leave undoes a join."""
    before = MAKERS[kind](sorted(nodes))
    after = before.joined(new)
    for position in POSITIONS:
        assert after.owner(position) in (before.owner(position), new)
        assert after.left(new).owner(position) == before.owner(position)
    assert all(to == new for _, to in moves(before, after))
    gone = min(nodes)
    assert all(source == gone for source, _ in moves(before, before.left(gone)))


@settings(max_examples=20, deadline=None)
@given(nodes=st.lists(st.integers(0, 50), min_size=2, max_size=9, unique=True))
def test_jump_moves_least_at_its_end_alone(nodes: list[int]) -> None:
    """The last bucket takes from all and gives back to all; where another leaves, the last moves too, and no third."""
    before = Jump(nodes)
    assert all(to == 99 for _, to in moves(before, before.joined(99)))
    assert moves(before.joined(99).left(99), before) == {}
    assert all(source in (nodes[0], nodes[-1]) for source, _ in moves(before, before.left(nodes[0])))


@pytest.mark.parametrize(
    ("key", "buckets", "bucket"),
    [(1, 1, 0), (42, 57, 43), (0xDEAD10CC, 1, 0), (0xDEAD10CC, 666, 361), (256, 1024, 520)],
)
def test_jump_puts_keys_where_the_published_function_does(key: int, buckets: int, bucket: int) -> None:
    """Known values of the function in figure 1 of the paper."""
    assert bucket_of(key, buckets) == bucket


@settings(max_examples=30, deadline=None)
@given(nodes=POPULATIONS, slack=st.sampled_from([0.05, 0.25, 1.0]), slots=st.integers(1, 200))
def test_no_node_is_over_its_bound(nodes: set[int], slack: float, slots: int) -> None:
    """No node has more than (1 + slack) of the mean, rounded up; a slot leaves its ring owner for want of room."""
    placement = BoundedLoads(nodes, slack=slack, slots=slots, virtual_nodes=3)
    loads = {node: placement.owners.count(node) for node in nodes}
    assert max(loads.values()) <= placement.capacity
    for slot, node in enumerate(placement.owners):
        first = placement.ring.owner(position_of(f"slot {slot}", 0))
        assert node == first or loads[first] == placement.capacity


def test_exact_moves_are_what_keys_do() -> None:
    """The share that moves by pieces of the key space is that of many keys, for rings and for slots."""
    for kind in ("ring", "bounded-loads"):
        before = MAKERS[kind](list(range(6)))
        after = before.joined(6)
        positions = [position_of(f"{number}") for number in range(4000)]
        moved = fmean(before.owner(position) != after.owner(position) for position in positions)
        assert sum(moves(before, after).values()) == pytest.approx(moved, abs=0.03)


def test_shares_of_a_ring_are_those_of_keys() -> None:
    """Arcs between points make the shares, the wrap-around included."""
    ring = HashRing(range(5), 4)
    counted = dict.fromkeys(ring.nodes, 0)
    for number in range(20_000):
        counted[ring.owner(number * SPACE // 20_000)] += 1
    for node, share in ring.shares().items():
        assert counted[node] / 20_000 == pytest.approx(share, abs=0.003)


def test_the_ends_of_the_key_space_have_owners() -> None:
    """The first and the last position are owned: the ring goes round."""
    ring = HashRing([3, 8], 2)
    assert ring.owner(SPACE - 1) == ring.owner(0) == ring.arcs()[0][1]
    assert list(ring.clockwise(0)) == sorted(ring.nodes, key=lambda node: node != ring.owner(0))
    assert BoundedLoads([1, 2], slots=3).owner(SPACE - 1) in (1, 2)


@pytest.mark.parametrize("kind", MAKERS)
def test_a_node_joins_and_leaves_once(kind: str) -> None:
    """What is there does not join, and what is not there does not leave."""
    placement = MAKERS[kind]([1, 2, 3])
    with pytest.raises(AssertionError):
        placement.joined(2)
    with pytest.raises(AssertionError):
        placement.left(7)
    assert placement.joined(9).nodes == (1, 2, 3, 9)
