"""Each way to divide the nodes separates whom it says, records its sides, and heals."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from faults.heal import Heal
from faults.liveness import Liveness
from faults.network.links import smallest_cut
from faults.partition.partition import Partition
from faults.partition.swizzle import Swizzle
from sim.network.separation import GroupSeparation, LinkSeparation, RingSeparation
from sim.records import Record
from sim.simulation import Simulation
from tests.unit.faults.fault_runs import MILLISECOND, Idle, heard, of_faults, total, under
from topologies.errors import InputError
from topologies.registry import build

AT, HEAL = 15 * MILLISECOND, 70 * MILLISECOND
FALSE_ALARM = 1e-6


def parted(groups: Any, nodes: int = 7, seed: int = 0, **options: Any) -> tuple[Simulation, list[Record]]:
    """A run that is parted so from 15 ms to 85 ms."""
    fault = Partition(groups=groups, at=AT, heal_after=HEAL, name="parted", **options)
    return under(fault, nodes=nodes, seed=seed)


def reached(rows: list[Record], nodes: int = 7) -> dict[int, set[int]]:
    """Whom each node heard in the middle of the partition."""
    return {node: heard(rows, node, 20, 85) for node in range(nodes)}


def sides(rows: list[Record]) -> tuple[tuple[int, ...], ...]:
    """The sides that the begin of the partition has recorded."""
    return of_faults(rows, "targets", phases=("begin",))[0][2]


def assert_heals(rows: list[Record], nodes: int = 7) -> None:
    """After the partition everybody hears everybody, as before."""
    for node in range(nodes):
        assert heard(rows, node, 0, 15) == heard(rows, node, 95, 200) == set(range(nodes)) - {node}
    assert [row[:2] for row in of_faults(rows)] == [(15, "begin"), (85, "end")]


def assert_sides(rows: list[Record], nodes: int = 7) -> None:
    """Everybody hears exactly those of the own recorded side; who is in none, those in none."""
    rest = set(range(nodes)).difference(*sides(rows))
    for side in (*map(set, sides(rows)), rest):
        for node in side:
            assert heard(rows, node, 20, 85) == side - {node}
    assert_heals(rows, nodes)


WAYS = [
    [[0, 1], [2, 3, 4]],
    {"isolate": 4},
    {"isolate": [1, 2]},
    {"isolate": "leader"},
    {"isolate": {"role": "leader"}},
    {"isolate": {"random": 2}},
    {"isolate": "minority"},
    {"halves": True},
    {"halves": "random"},
    "majority-minority",
    {"minority": 2},
    {"minority": 0.3},
    {"minority": "random"},
    {"random_groups": 3},
    {"random_groups": 7},
    {"cut_set": True},
]


@pytest.mark.parametrize("groups", WAYS, ids=str)
def test_nobody_hears_across_sides_and_all_do_after_the_heal(groups: Any) -> None:
    """During the partition everybody hears those of the own side and no others, before and afterwards all."""
    _, rows = parted(groups)
    assert sides(rows)
    assert_sides(rows)
    assert total(rows, "parted")["touched"] > 0


@pytest.mark.parametrize("groups", [*WAYS, "majorities-ring", {"bridge": 3}], ids=str)
def test_a_way_survives_the_way_to_a_file_and_back(groups: Any) -> None:
    """What a manifest holds of a partition gives an equal one, with its words."""
    fault = Partition(groups=groups, at=AT)
    assert Partition.model_validate(fault.model_dump(mode="json")) == fault
    assert fault.words.startswith("partition ")


def test_target_is_another_name_for_groups() -> None:
    """Both spellings are one and the same fault, with the same draws; both at once, or neither, is refused."""
    design = {"kind": "partition", "target": "majority-minority", "at": "12s", "heal_after": "5s"}
    fault = Partition.model_validate(design)
    assert fault == Partition(groups="majority-minority", at="12s", heal_after="5s")
    named, aimed = Partition(groups="majority-minority", at=AT), Partition(target="majority-minority", at=AT)
    assert sides(under(aimed)[1]) == sides(under(named)[1])
    for wrong in ({"target": {"halves": True}, "groups": {"halves": True}}, {}):
        with pytest.raises(ValidationError, match="give one of them"):
            Partition(at=AT, **wrong)


def test_isolating_the_leader_cuts_off_who_leads_when_it_strikes() -> None:
    """Node 0 leads at 15 ms, node 2 at 120 ms; each is the one side that is recorded."""
    when = {"strikes": [{"at": "15ms"}, {"at": "120ms"}]}
    _, rows = under(Partition(groups={"isolate": "leader"}, when=when, heal_after="9ms"))
    assert of_faults(rows, "targets", phases=("begin",)) == [(15, "begin", ((0,),)), (120, "begin", ((2,),))]


def test_a_minority_is_of_every_size_below_half() -> None:
    """A drawn minority of nine has one to four nodes, each size as likely: chi-squared over 400 seeds."""
    sizes: Counter[int] = Counter()
    for seed in range(400):
        _, rows = under(Partition(groups={"minority": "random"}, at=0), nodes=9, seed=seed, until=1, protocol=Idle)
        ((side,),) = (row[2] for row in of_faults(rows, "targets"))
        sizes[len(side)] += 1
    assert sorted(sizes) == [1, 2, 3, 4]
    assert stats.chisquare([sizes[size] for size in range(1, 5)]).pvalue > FALSE_ALARM


def test_majority_and_minority_are_as_even_as_they_can_be() -> None:
    """The minority is the largest there is, and any node is in it for some seed."""
    chosen = [sides(parted("majority-minority", nodes=6, seed=seed)[1])[0] for seed in range(20)]
    assert {len(side) for side in chosen} == {2}
    assert set().union(*map(set, chosen)) == set(range(6))


def test_random_groups_are_of_nearly_equal_size() -> None:
    """Seven nodes in three groups are three, two and two; another seed deals them otherwise."""
    dealt = {sides(parted({"random_groups": 3}, seed=seed)[1]) for seed in range(5)}
    assert all(sorted(map(len, groups)) == [2, 2, 3] for groups in dealt)
    assert len(dealt) > 1


def test_a_bridge_is_heard_on_both_sides() -> None:
    """The bridge hears all and is heard by all; no other node hears one of the other side; both sides record it."""
    _, rows = parted({"bridge": 3})
    one, other = map(set, sides(rows))
    assert one & other == {3}
    assert one | other == set(range(7))
    assert len(one) == len(other) == 4
    found = reached(rows)
    assert found[3] == set(range(7)) - {3}
    for side in (one, other):
        for node in side - {3}:
            assert found[node] == side - {node}
    assert_heals(rows)


@pytest.mark.parametrize("nodes", [4, 5, 6, 7, 8, 9])
def test_on_a_ring_everybody_sees_another_majority(nodes: int) -> None:
    """Each node sees a majority, itself included, no two the same, and sees whoever sees it; it is no division."""
    _, rows = parted("majorities-ring", nodes=nodes)
    found = {node: seen | {node} for node, seen in reached(rows, nodes).items()}
    assert all(nodes // 2 < len(seen) < nodes for seen in found.values())
    assert len(set(map(frozenset, found.values()))) == nodes
    assert all(node in found[other] for node, seen in found.items() for other in seen)
    assert sorted(sides(rows)[0]) == list(range(nodes))
    assert_heals(rows, nodes)


@given(st.integers(1, 40), st.integers(0, 20), st.randoms(use_true_random=False))
def test_a_ring_is_a_symmetric_relation_of_equal_views(nodes: int, reach: int, random: Any) -> None:
    """On a ring of any size all see equally many, themselves included, and seeing is mutual."""
    order = random.sample(range(nodes), nodes)
    ring = RingSeparation("", order, reach)
    seen = [{other for other in range(nodes) if not ring.separates(node, other)} for node in range(nodes)]
    assert {len(each) for each in seen} == {min(nodes, 2 * reach + 1)}
    assert all(node in seen[node] and node in seen[other] for node in range(nodes) for other in seen[node])


@pytest.mark.parametrize(("one_way", "hears_the_rest"), [("out", False), ("in", True)])
def test_one_way_lets_messages_pass_one_way(one_way: str, hears_the_rest: bool) -> None:
    """Out of an isolated node: it is heard but hears nobody; in: it hears all but nobody hears it."""
    _, rows = parted({"isolate": 2}, one_way=one_way)
    others = set(range(7)) - {2}
    found = reached(rows)
    assert found[2] == (others if hears_the_rest else set())
    for node in others:
        assert found[node] == (others - {node} if hears_the_rest else set(range(7)) - {node})
    assert_heals(rows)


def test_one_way_goes_by_the_order_of_the_sides() -> None:
    """Out: a later side hears all earlier ones, and the nodes in no list come last."""
    _, rows = parted([[0, 1], [2, 3]], one_way="out")
    found = reached(rows)
    assert found[0] == {1}
    assert found[2] == {0, 1, 3}
    assert found[6] == {0, 1, 2, 3, 4, 5}


@given(st.lists(st.integers(0, 2), min_size=2, max_size=8), st.sampled_from([None, "out", "in"]))
def test_every_message_passes_in_exactly_one_direction_where_one_does(groups: list[int], passing: Any) -> None:
    """Between two sides both ways are cut, or exactly one; within a side none is."""
    members = [[node for node, group in enumerate(groups) if group == number] for number in (0, 1)]
    separation = GroupSeparation("", [side for side in members if side], passing=passing)
    for one, mine in enumerate(groups):
        for other, theirs in enumerate(groups):
            cut = separation.separates(one, other), separation.separates(other, one)
            assert sum(cut) == (0 if mine == theirs else 2 if passing is None else 1)


@given(st.sets(st.integers(0, 7)), st.randoms(use_true_random=False), st.sampled_from([None, "out", "in"]))
def test_nodes_are_parted_where_one_cannot_reach_another(nodes: set[int], random: Any, passing: Any) -> None:
    """What each separation says of a set of nodes is what it says of their pairs."""
    order = random.sample(range(8), 8)
    separations = (
        GroupSeparation("", [order[:2], order[2:5]], frozenset(order[5:6]), passing),
        RingSeparation("", order, 2),
        LinkSeparation("", frozenset(zip(order[:4], order[4:], strict=True))),
    )
    for separation in separations:
        pairs = ((one, other) for one in nodes for other in nodes if one != other)
        assert separation.parts(nodes) == any(separation.separates(one, other) for one, other in pairs)


@pytest.mark.parametrize(("core", "healed"), [((0, 1), False), ((0, 5), True), ("all", True)])
def test_a_liveness_phase_heals_what_parts_its_core(core: Any, healed: bool) -> None:
    """A partition that lets the core together stays as it is; one that parts it is healed for good."""
    phase = Liveness(at=50 * MILLISECOND, within=MILLISECOND, core=core)
    simulation, rows = under(Partition(groups=[[0, 1, 2]], at=AT, name="parted"), phase)
    assert heard(rows, 0, 60, 200) == ({1, 2, 3, 4, 5} if healed else {1, 2})
    assert total(rows, "parted")["healed"] == healed
    assert simulation.network.disturbed == (not healed)


def test_a_cut_set_parts_a_topology_at_its_fewest_links() -> None:
    """Two meshes joined by a path are parted on it: the links across are those of a smallest cut."""
    barbell = build({"kind": "barbell", "clique": 4, "path": 2})
    simulation = Simulation(barbell, Idle, faults=(Partition(groups={"cut_set": True}, at=0, heal_after="5ms"),))
    rows = simulation.keep_records()
    simulation.run(MILLISECOND)
    (side,) = sides(rows)
    across = [(one, other) for one, other in simulation.topology.graph.edges if (one in side) != (other in side)]
    assert across == smallest_cut(simulation.topology)
    assert len(across) == 1


def test_a_partition_of_a_line_cuts_one_link() -> None:
    """Neighbours on one side hear each other, and nobody hears across."""
    fault = Partition(groups=[[0, 1]], at=0, heal_after="100ms", name="parted")
    _, rows = under(fault, kind="line", nodes=4)
    assert heard(rows, 1, 5, 100) == {0}
    assert heard(rows, 2, 5, 100) == {3}
    assert heard(rows, 2, 110, 200) == {1, 3}


@pytest.mark.parametrize(
    ("groups", "nodes", "path"),
    [
        ([[0], [1, 7]], 7, ("groups", 1, 1)),
        ({"isolate": 7}, 7, ("groups", "isolate")),
        ({"isolate": [0, 9]}, 7, ("groups", "isolate", 1)),
        ({"isolate": {"role": "king"}}, 7, ("groups", "isolate", "role")),
        ({"isolate": {"random": 8}}, 7, ("groups", "isolate", "random")),
        ({"bridge": 7}, 7, ("groups", "bridge")),
        ({"bridge": [0, 1, 2, 3, 4, 5]}, 7, ("groups", "bridge")),
        ({"bridge": 0}, 2, ("groups", "bridge")),
        ({"minority": 4}, 7, ("groups", "minority")),
        ({"minority": 0.5}, 6, ("groups", "minority")),
        ({"minority": "random"}, 2, ("groups", "minority")),
        ({"random_groups": 8}, 7, ("groups", "random_groups")),
        ({"regions": ["a"]}, 7, ("groups", "regions")),
        ("majorities-ring", 3, ("groups",)),
        ("majority-minority", 2, ("groups",)),
    ],
    ids=str,
)
def test_a_division_that_cannot_be_is_refused(groups: Any, nodes: int, path: tuple[str | int, ...]) -> None:
    """A side that the topology does not have is one InputError with its place, before anything runs."""
    with pytest.raises(InputError) as caught:
        parted(groups, nodes=nodes)
    assert caught.value.path == path


@pytest.mark.parametrize(
    "options",
    [
        {"groups": "majority"},
        {"groups": []},
        {"groups": [[0], [0]]},
        {"groups": {"isolate": 0, "halves": True}},
        {"groups": {"halves": False}},
        {"groups": {"random_groups": 1}},
        {"groups": {"minority": 0}},
        {"groups": {"minority": "some"}},
        {"groups": {"cut_set": False}},
        {"groups": 3},
        {"groups": "majorities-ring", "one_way": "out"},
        {"groups": {"halves": True}, "one_way": "both"},
        {"groups": {"halves": True}, "heal_after": "0s"},
    ],
    ids=str,
)
def test_impossible_options_are_refused(options: dict[str, Any]) -> None:
    """What is no way to divide, and options that contradict each other, are validation errors."""
    with pytest.raises(ValidationError):
        Partition(at=AT, **options)


def test_a_swizzle_cuts_one_by_one_and_heals_one_by_one_in_another_order() -> None:
    """Every 10 ms one more node is silent, to the last; then every 10 ms one is back, the last when it ends."""
    fault = Swizzle(target=(1, 2, 4, 5), interval="10ms", at=AT, heal_after="100ms", name="swizzle")
    _, rows = under(fault, nodes=6)
    (_, _, cutting), (_, _, healing) = of_faults(rows, "targets")
    assert set(cutting) == set(healing) == {1, 2, 4, 5}
    assert [row[:2] for row in of_faults(rows)] == [(15, "begin"), (115, "end")]
    for place, node in enumerate(cutting):
        cut, healed = 15 + place * 10, 115 - (3 - healing.index(node)) * 10
        assert heard(rows, node, cut - 10, cut)
        assert not heard(rows, node, cut + 2, healed)
        assert heard(rows, node, healed, 130)
        assert node not in heard(rows, 0, cut + 2, healed)
    assert total(rows, "swizzle")["touched"] > 0


def test_the_orders_of_a_swizzle_are_drawn() -> None:
    """Over some seeds the orders of cuts differ, and so do those of heals from those of cuts."""
    orders = set()
    for seed in range(8):
        _, rows = under(Swizzle(target="all", interval="5ms", at=AT, heal_after="80ms"), seed=seed)
        orders.add(tuple(targets for _, _, targets in of_faults(rows, "targets")))
    assert len({cutting for cutting, _ in orders}) > 4
    assert sum(cutting != healing for cutting, healing in orders) > 4


def test_a_swizzle_ends_whole_when_it_is_healed_early() -> None:
    """When a heal comes between its cuts, those cut off come back at once and no further one is cut off."""
    fault = Swizzle(target="all", interval="10ms", at=AT)
    simulation, rows = under(fault, Heal(fault="swizzle", at="40ms"))
    assert not simulation.network.separations
    assert heard(rows, 0, 60, 200) == {1, 2, 3, 4, 5}
    assert of_faults(rows, "effect") == [(15, "begin", 6), (40, "end", 3), (40, "end", 1)]


def test_intervals_of_a_swizzle_shrink_where_the_target_is_found_late() -> None:
    """Half of the nodes at intervals that leave no time to heal are cut and healed within its time all the same."""
    fault = Swizzle(target={"random": 0.5}, interval="1s", at=AT, heal_after="40ms")
    simulation, rows = under(fault)
    assert [row[:3] for row in of_faults(rows, "effect")] == [(15, "begin", 3), (55, "end", 3)]
    assert not simulation.network.separations


def test_a_swizzle_without_time_for_its_nodes_is_refused() -> None:
    """Nodes that are named need twice their intervals but one."""
    with pytest.raises(ValidationError, match="expected at least 40ms"):
        Swizzle(target=(0, 1, 2), interval="10ms", at=AT, heal_after="39ms")
    with pytest.raises(InputError, match="expected at least 100ms"):
        under(Swizzle(target="all", interval="10ms", at=AT, heal_after="99ms"))
