"""The links of a fault are those that its description means, in small topologies, large meshes and over many hops."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import murmur
from faults.network.links import LinkSet, links_of, smallest_cut
from sim.simulation import Simulation
from tests.unit.faults.fault_runs import MILLISECOND, Electing, Idle
from topologies.registry import build

SMALL = {"kind": "ring", "nodes": 6}
LARGE = {"kind": "mesh", "nodes": 300}


def begun(links: Any, topology: dict[str, Any], *, seed: int = 1) -> dict[str, Any]:
    """The fields of the record with which a fault on these links begins."""
    fault = murmur.fault("clog", at="1ms", links=links)
    simulation = Simulation(build(topology), Electing, faults=[fault], seed=seed)
    rows = simulation.keep_records()
    simulation.run(MILLISECOND + 1)
    (record,) = [row.fields for row in rows if row.kind == "fault" and row.fields["phase"] == "begin"]
    return record


def hit(links: Any, topology: dict[str, Any], *, at: str = "1ms", **options: Any) -> set[tuple[int, int]]:
    """The directed links that a fault strikes, as the network has them."""
    fault = murmur.fault("clog", at=at, links=links)
    simulation = Simulation(build(topology), Electing, faults=[fault], **options)
    simulation.run(fault.at + 1)
    (effect,) = simulation.network.effects
    return {
        (one, other)
        for one, others in enumerate(simulation.topology.neighbors)
        for other in others
        if effect.links(one, other)
    }


def both(*pairs: tuple[int, int]) -> set[tuple[int, int]]:
    """The pairs, each in both directions."""
    return {way for pair in pairs for way in (pair, pair[::-1])}


OUT_OF_2 = {(2, other) for other in range(300) if other != 2}


@pytest.mark.parametrize(
    ("links", "topology", "expected"),
    [
        ([[0, 1], [3, 2]], SMALL, both((0, 1), (2, 3))),
        ({"one_way": [[1, 0], [2, 3]]}, SMALL, {(1, 0), (2, 3)}),
        ({"of": 2}, SMALL, both((1, 2), (2, 3))),
        ({"of": 2, "direction": "in"}, SMALL, {(1, 2), (3, 2)}),
        ({"of": [2, 3], "direction": "out"}, SMALL, {(2, 1), (2, 3), (3, 2), (3, 4)}),
        ({"source": [0, 1], "destination": 2}, SMALL, {(1, 2)}),
        ({"source": "all", "destination": 0}, SMALL, {(1, 0), (5, 0)}),
        ({"source": 4, "destination": "all"}, SMALL, {(4, 3), (4, 5)}),
        ({"cut_set": True}, {"kind": "star", "nodes": 5}, None),
        ([[0, 299]], LARGE, both((0, 299))),
        ({"one_way": [[299, 0]]}, LARGE, {(299, 0)}),
        ({"of": 2, "direction": "out"}, LARGE, OUT_OF_2),
        ({"of": 2}, LARGE, OUT_OF_2 | {way[::-1] for way in OUT_OF_2}),
        ({"source": [2, 5], "destination": [5, 7]}, LARGE, {(2, 5), (2, 7), (5, 7)}),
        ({"cut_set": True}, LARGE, both(*((0, other) for other in range(1, 300)))),
    ],
)
def test_links_are_those_that_are_meant(links: Any, topology: dict[str, Any], expected: set | None) -> None:
    """Each form names its links and no others, in the directions that it says, whether links are stored or not."""
    found = hit(links, topology)
    assert found == expected if expected is not None else len(found) == 2


def test_all_links_are_all() -> None:
    """`all` means both directions of every link, also of a large mesh."""
    assert len(hit("all", SMALL)) == 12
    assert len(hit("all", LARGE)) == 300 * 299


@pytest.mark.parametrize(
    ("asked", "topology", "number"), [(5, SMALL, 5), ("50%", SMALL, 3), (7, LARGE, 7), ("1%", LARGE, 448)]
)
@pytest.mark.parametrize("one_way", [False, True])
def test_so_many_links_are_drawn(asked: Any, topology: dict[str, Any], number: int, one_way: bool) -> None:
    """As many different links as asked for are drawn, with both directions or one; other seeds draw others."""
    links = {"random": asked, "one_way": one_way}
    drawn = begun(links, topology)["targets"]
    assert len(drawn) == len(set(drawn)) == (number if one_way else 2 * number)
    assert len({frozenset(pair) for pair in drawn}) == number
    assert set(drawn) == hit(links, topology, seed=1)
    assert any(begun(links, topology, seed=seed)["targets"] != drawn for seed in (2, 3, 4))


def test_every_link_is_drawn_as_often() -> None:
    """Of 3,000 seeds each of six links is the one within six standard deviations: false alarm about once in 10**8."""
    counts: dict[tuple[int, int], int] = {}
    for seed in range(3_000):
        (pair,) = begun({"random": 1, "one_way": True}, SMALL, seed=seed)["targets"]
        counts[pair] = counts.get(pair, 0) + 1
    assert len(counts) == 12
    assert all(abs(count - 250) < 6 * (3_000 / 12 * 11 / 12) ** 0.5 for count in counts.values())


def test_drawing_of_a_huge_mesh_makes_no_list_of_its_links() -> None:
    """A million nodes have half a billion links; three of them are drawn from none in memory."""
    topology = build({"kind": "mesh", "nodes": 1_000_000})
    links = links_of(topology)
    assert len(links) == topology.links == 499_999_500_000
    assert len(smallest_cut(build({"kind": "mesh", "nodes": 20_000}))) == 19_999


def test_links_of_a_role_are_those_of_the_moment() -> None:
    """The links of the leader are the leader's when the fault strikes: node 2 after 100 ms, node 4 after 200."""
    leader = {"of": "leader", "direction": "out"}
    assert hit(leader, SMALL, at="120ms") == {(2, 1), (2, 3)}
    assert hit(leader, SMALL, at="220ms") == {(4, 3), (4, 5)}


def test_links_of_all_include_those_of_nodes_that_are_down() -> None:
    """A node that is down when the fault strikes finds its links in that state when it comes back."""
    crash = murmur.fault("crash", target=3, at=0)
    clog = murmur.fault("clog", at="1ms", links={"source": "all", "destination": "all"})
    simulation = Simulation(build(SMALL), Idle, faults=[crash, clog])
    simulation.run(MILLISECOND + 1)
    assert simulation.network.effects[0].links(3, 4)


NODES = st.one_of(st.none(), st.frozensets(st.integers(0, 5), max_size=4))
PAIRS = st.frozensets(st.sampled_from(list(combinations(range(6), 2))), min_size=1)


@given(
    st.one_of(
        st.builds(LinkSet, sources=NODES, destinations=NODES, either=st.booleans()), st.builds(LinkSet, pairs=PAIRS)
    ),
    st.frozensets(st.integers(0, 5)),
)
def test_whether_links_are_within_a_core_is_known_without_trying_every_pair(
    links: LinkSet, core: frozenset[int]
) -> None:
    """A set of links is within some nodes exactly if one of its links is between two of them."""
    assert links.within(core) == any(links(one, other) for one in core for other in core if one != other)


@pytest.mark.parametrize("links", [{"of": 0}, {"of": 0, "direction": "out"}, {"one_way": [[0, 3]]}, [[0, 3]]])
def test_the_hops_of_a_routed_message_meet_the_faults_of_their_links(links: Any) -> None:
    """From node 1 to node 3 of a star the way leads over node 0: a fault of its second link stops the message."""

    class Sending(Idle):
        def on_start(self) -> None:
            if self.node.id == 1:
                self.node.set_timer("send", 2 * MILLISECOND)

        def on_timer(self, name: object) -> None:
            self.node.send(3, "word")

        def on_message(self, message: Any) -> None:
            self.node.record("got")

    def outcomes(*faults: Any) -> dict[str, int]:
        simulation = Simulation(build({"kind": "star", "nodes": 5}), Sending, faults=faults)
        return simulation.run(100 * MILLISECOND).conclude().balance().outcomes

    assert outcomes() == {"delivered": 1}
    assert outcomes(murmur.fault("drop", every=1, at=0, links=links)) == {"lost": 1}
    assert outcomes(murmur.fault("drop", every=1, at=0, links={"one_way": [[3, 0]]})) == {"delivered": 1}
    assert outcomes(murmur.fault("drop", every=1, at=0, links={"source": 1, "destination": 3})) == {"delivered": 1}


@pytest.mark.parametrize(
    ("links", "place", "message"),
    [
        ("some", "links", "expected all, a list of pairs"),
        (3, "links", "found 3; expected all"),
        (None, "links", "found nothing; expected all"),
        ({}, "links", "expected all"),
        ({"of": 1, "random": 2}, "links.random", "random"),
        ({"source": 1}, "links.destination", "missing field"),
        ({"destination": 1}, "links", "expected all"),
        ([], "links", "found an empty list"),
        ([[0]], "links[0]", "expected a link as two nodes"),
        ([[0, 1, 2]], "links[0]", "expected a link as two nodes"),
        ([[0, -1]], "links[0][1]", "0"),
        ([[0, "1"]], "links[0][1]", "integer"),
        ([0, 1], "links[0]", "found 0; expected a link as two nodes"),
        ([[2, 2]], "links[0]", "to itself"),
        ({"one_way": [[2, 2]]}, "links.one_way[0]", "to itself"),
        ({"one_way": []}, "links.one_way", "found an empty list"),
        ({"random": 0}, "links.random", "at least 1"),
        ({"random": "0%"}, "links.random", "above 0"),
        ({"random": "101%"}, "links.random", "found '101%'"),
        ({"random": True}, "links.random", "number"),
        ({"cut_set": False}, "links.cut_set", "expected True"),
        ({"of": "everyone"}, "links.of", "everyone"),
        ({"of": [1, 1]}, "links.of[1]", "second time"),
    ],
)
def test_wrong_links_are_refused_with_their_place(links: Any, place: str, message: str) -> None:
    """What cannot be links is told in one error that names the field, what was found and what was expected."""
    with pytest.raises(murmur.InputError) as caught:
        murmur.fault("clog", at=0, links=links)
    said = str(caught.value)
    assert place in said, said
    assert message in said, said


@pytest.mark.parametrize(
    ("links", "topology", "place", "message"),
    [
        ([[0, 300]], LARGE, ("links", 0, 1), "found node 300 in a topology of 300 nodes"),
        ({"one_way": [[300, 1]]}, LARGE, ("links", "one_way", 0, 0), "found node 300"),
        ({"of": [1, 300]}, LARGE, ("links", "of", 1), "found node 300"),
        ({"source": 1, "destination": {"region": "moon"}}, LARGE, ("links", "destination", "region"), "regions"),
        ({"random": 44_851}, LARGE, ("links", "random"), "expected at most 44850"),
        ({"one_way": [[0, 3]]}, SMALL, ("links", "one_way", 0), "nodes 0 and 3 have no link"),
        ({"cut_set": True}, {"kind": "mesh", "nodes": 1}, ("links", "cut_set"), "in parts"),
        ({"of": {"role": "captain"}}, SMALL, ("links", "of", "role"), "captain"),
    ],
)
def test_links_that_the_system_has_not_are_refused(
    links: Any, topology: dict[str, Any], place: tuple[str | int, ...], message: str
) -> None:
    """A link, node, region or role that does not exist is told before the run, with its path."""
    with pytest.raises(murmur.InputError) as caught:
        Simulation(build(topology), Electing, faults=[murmur.fault("clog", at=0, links=links)])
    assert caught.value.path == place
    assert message in str(caught.value), str(caught.value)
