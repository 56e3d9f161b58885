"""Every kind of topology: what it is linked like, against networkx's own generator where there is one."""

from typing import Any

import networkx
import pytest

from topologies.errors import InputError
from topologies.registry import TOPOLOGIES, build
from topologies.topology import Topology

REGULAR: list[tuple[dict[str, Any], Any]] = [
    ({"kind": "mesh", "nodes": 7}, networkx.complete_graph(7)),
    ({"kind": "mesh", "nodes": 300}, networkx.complete_graph(300)),
    ({"kind": "ring", "nodes": 9}, networkx.cycle_graph(9)),
    ({"kind": "line", "nodes": 6}, networkx.path_graph(6)),
    ({"kind": "star", "nodes": 6}, networkx.star_graph(5)),
    ({"kind": "centralized", "nodes": 6}, networkx.star_graph(5)),
    ({"kind": "circulant", "nodes": 11, "each_side": 3}, networkx.circulant_graph(11, [1, 2, 3])),
    ({"kind": "hierarchical", "branching": 3, "levels": 4}, networkx.balanced_tree(3, 3)),
    ({"kind": "hierarchical", "branching": 3, "nodes": 17}, networkx.full_rary_tree(3, 17)),
    ({"kind": "grid", "sides": [3, 5]}, networkx.grid_graph((5, 3))),
    ({"kind": "grid", "nodes": 15}, networkx.grid_graph((5, 3))),
    ({"kind": "grid", "sides": [2, 3, 4]}, networkx.grid_graph((4, 3, 2))),
    ({"kind": "torus", "sides": [3, 5]}, networkx.grid_graph((5, 3), periodic=True)),
    ({"kind": "torus", "sides": [3, 4, 3]}, networkx.grid_graph((3, 4, 3), periodic=True)),
    ({"kind": "torus", "nodes": 12}, networkx.grid_graph((4, 3), periodic=True)),
    ({"kind": "hypercube", "dimension": 4}, networkx.hypercube_graph(4)),
    ({"kind": "barbell", "clique": 4, "path": 2}, networkx.barbell_graph(4, 2)),
    ({"kind": "barbell", "nodes": 11, "path": 3}, networkx.barbell_graph(4, 3)),
]


@pytest.mark.parametrize(("config", "expected"), REGULAR, ids=[f"{c['kind']}-{n}" for n, (c, _) in enumerate(REGULAR)])
def test_links_are_those_of_networkx(config: dict[str, Any], expected: Any) -> None:
    """The regular families have exactly the links of networkx's generators, in sorted node order."""
    renumbered = networkx.convert_node_labels_to_integers(expected, ordering="sorted")
    assert sorted(build(config).edges()) == sorted(tuple(sorted(edge)) for edge in renumbered.edges)


def test_every_registered_kind_says_what_it_is() -> None:
    """Each kind has its own name in its model, a description, and a description of every field."""
    for name, kind in TOPOLOGIES.items():
        assert kind.config.model_fields["kind"].default == name
        assert kind.description
        schema = kind.config.model_json_schema()
        described = {field for field, value in schema["properties"].items() if "description" in value}
        assert described == set(schema["properties"]) - {"kind"}, name
        assert schema["additionalProperties"] is False


def test_servers_are_linked_to_all_and_peers_at_random() -> None:
    """The first nodes have every neighbour there is; the others are the random regular graph of the same seed."""
    topology = build({"kind": "served", "nodes": 22, "servers": 2, "degree": 4}, 7)
    assert [list(topology.neighbors[server]) for server in (0, 1)] == [[1, *range(2, 22)], [0, *range(2, 22)]]
    among = build({"kind": "random-regular", "nodes": 20, "degree": 4}, 7)
    assert [tuple(peer - 2 for peer in peers[2:]) for peers in topology.neighbors[2:]] == list(among.neighbors)


def test_siblings_are_linked_on_request() -> None:
    """With sibling links the children of one parent are a complete graph, and nobody else is."""
    topology = build({"kind": "hierarchical", "branching": 3, "levels": 3, "sibling_links": True})
    families = [{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {10, 11, 12}]
    among = {(a, b) for a, b in topology.edges() if (b - 1) // 3 != a}
    assert among == {(a, b) for family in families for a in family for b in family if a < b}


def test_the_coordinator_is_node_0_and_no_worker() -> None:
    """In a centralized topology every link goes to node 0, which has the coordinator's name."""
    topology = build({"kind": "centralized", "nodes": 4})
    assert topology.coordinator == 0
    assert topology.names == ("coordinator", "worker-1", "worker-2", "worker-3")
    assert all(topology.neighbors[worker] == (0,) for worker in range(1, 4))
    assert build({"kind": "star", "nodes": 4}).coordinator is None


def test_a_large_mesh_stores_no_links() -> None:
    """A million nodes are all linked to each other, and graph says why it cannot hold their links."""
    topology = build({"kind": "mesh", "nodes": 1_000_000})
    assert topology.implicit
    assert topology.links == 499_999_500_000
    assert (topology.neighbors[7][6], topology.neighbors[7][7], topology.neighbors[999_999][-1]) == (6, 8, 999_998)
    assert topology.describe()["diameter"] == 1
    with pytest.raises(InputError, match="too many for a graph in memory"):
        _ = topology.graph


def test_a_mesh_is_the_same_stored_or_computed() -> None:
    """At the border of 256 nodes the neighbours are equal tuples in either form, and only the larger is implicit."""
    small, large = build({"kind": "mesh", "nodes": 256}), build({"kind": "mesh", "nodes": 257})
    assert (small.implicit, large.implicit) == (False, True)
    assert large.neighbors == tuple(tuple(b for b in range(257) if b != a) for a in range(257))
    stored = Topology("mesh", 257, tuple(map(tuple, large.neighbors)))
    assert stored.digest() == large.digest()
    assert networkx.utils.graphs_equal(stored.graph, large.graph)


def test_the_graph_is_sorted_and_carries_what_is_known() -> None:
    """Nodes and links come in ascending order, with regions, names and delays as attributes."""
    topology = build({"kind": "regions", "regions": {"eu-gb": 2, "eu-de": 1}})
    assert list(topology.graph.nodes(data=True)) == [
        (0, {"region": "eu-de"}),
        (1, {"region": "eu-gb"}),
        (2, {"region": "eu-gb"}),
    ]
    assert [(a, b) for a, b, _ in topology.graph.edges(data=True)] == [(0, 1), (0, 2), (1, 2)]
    assert topology.graph.edges[0, 1] == {"latency_ns": 6_000_000}


def test_describe_gives_figures() -> None:
    """Links, degrees and diameter of a star of five are as drawn on paper."""
    assert build({"kind": "star", "nodes": 5}).describe() == {
        "kind": "star",
        "nodes": 5,
        "links": 4,
        "degree_min": 1,
        "degree_mean": 1.6,
        "degree_max": 4,
        "connected": True,
        "diameter": 2,
    }


def test_describe_bounds_the_diameter_of_a_large_random_graph() -> None:
    """Beyond 2,000 nodes two sweeps bound the diameter, which is exact when it is asked for."""
    topology = build({"kind": "scale-free", "nodes": 2_500}, seed=4)
    described = topology.describe()
    assert described["diameter"] is None
    assert described["diameter_at_least"] <= topology.diameter <= described["diameter_at_most"]  # type: ignore[operator]
    assert topology.describe()["diameter"] == networkx.diameter(topology.graph, usebounds=True)


def test_a_graph_in_parts_has_no_diameter() -> None:
    """Two links without a path between them: not connected, and no diameter."""
    topology = build({"kind": "links", "nodes": 4, "links": [[0, 1], [2, 3]], "require_connected": False})
    assert not topology.is_connected
    assert topology.diameter is None
    assert topology.unreachable_from(0) == [2, 3]
    assert topology.describe()["connected"] is False
    assert topology.describe()["diameter"] is None


def test_only_random_topologies_depend_on_the_seed() -> None:
    """Another seed draws other links in the random families, and changes nothing in the others."""
    differing = set()
    for kind in sorted(set(TOPOLOGIES) - {"file", "links"}):
        config = {"kind": kind, "nodes": 64}
        assert build(config, 1).digest() == build(config, 1).digest()
        if build(config, 1).digest() != build(config, 2).digest():
            differing.add(kind)
    assert differing == {"random-regular", "served", "erdos-renyi", "small-world", "scale-free"}
