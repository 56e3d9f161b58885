"""What a user can get wrong in a topology's parameters: one InputError each, with the field and the remedy."""

from collections.abc import Mapping
from typing import Any

import pytest

from topologies.errors import InputError
from topologies.registry import TOPOLOGIES, build, configure

BAD: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("no-kind", {}, ("kind", "expected one of mesh, ring")),
    ("unknown-kind", {"kind": "rng", "nodes": 5}, ("kind", "'rng'", "did you mean ring")),
    ("kind-of-wrong-type", {"kind": ["ring"]}, ("kind", "expected one of")),
    ("zero-nodes", {"kind": "mesh", "nodes": 0}, ("nodes", "found 0", "at least 1")),
    ("negative-nodes", {"kind": "ring", "nodes": -3}, ("nodes", "found -3", "at least 3")),
    ("missing-nodes", {"kind": "ring"}, ("nodes", "missing")),
    ("text-nodes", {"kind": "ring", "nodes": "5"}, ("nodes", "'5'", "integer")),
    ("true-nodes", {"kind": "ring", "nodes": True}, ("nodes", "True", "integer")),
    ("fractional-nodes", {"kind": "ring", "nodes": 5.5}, ("nodes", "5.5", "integer")),
    ("nan-nodes", {"kind": "line", "nodes": float("nan")}, ("nodes", "nan")),
    ("a-billion-nodes", {"kind": "mesh", "nodes": 10**9}, ("nodes", "1000000000", "at most 1,000,000")),
    ("absurd-nodes", {"kind": "star", "nodes": 10**4000}, ("nodes", "at most 1,000,000")),
    ("unknown-field", {"kind": "ring", "nodes": 5, "nodez": 1}, ("nodez", "unknown field", "did you mean nodes")),
    ("two-mistakes", {"kind": "ring", "nodes": 1, "size": 1}, ("nodes: found 1", "size: unknown field")),
    ("ring-of-two", {"kind": "ring", "nodes": 2}, ("nodes", "at least 3")),
    ("star-of-one", {"kind": "star", "nodes": 1}, ("nodes", "at least 2")),
    ("coordinator-alone", {"kind": "centralized", "nodes": 1}, ("nodes", "at least 2")),
    ("circulant-sides-meet", {"kind": "circulant", "nodes": 6, "each_side": 3}, ("each_side", "at most 2")),
    ("circulant-too-many-links", {"kind": "circulant", "nodes": 10**6, "each_side": 21}, ("21,000,000", "20,000,000")),
    ("tree-without-size", {"kind": "hierarchical"}, ("levels, nodes", "found none")),
    ("tree-with-two-sizes", {"kind": "hierarchical", "levels": 2, "nodes": 3}, ("exactly one", "levels and nodes")),
    ("tree-without-branches", {"kind": "hierarchical", "nodes": 3, "branching": 0}, ("branching", "at least 1")),
    ("tree-too-high", {"kind": "hierarchical", "levels": 21}, ("nodes", "1,000,000 allowed")),
    ("tree-absurd", {"kind": "hierarchical", "levels": 10**6, "branching": 10**6}, ("nodes", "1,000,000 allowed")),
    (
        "tree-of-huge-families",
        {"kind": "hierarchical", "nodes": 10**6, "branching": 10**5, "sibling_links": True},
        ("links to store", "20,000,000 allowed"),
    ),
    ("grid-of-prime", {"kind": "grid", "nodes": 17}, ("nodes", "found 17", "such as 16")),
    ("grid-without-size", {"kind": "grid"}, ("sides, nodes", "found none")),
    ("grid-with-two-sizes", {"kind": "grid", "nodes": 6, "sides": [2, 3]}, ("exactly one",)),
    ("grid-without-sides", {"kind": "grid", "sides": []}, ("sides",)),
    ("grid-of-nine-axes", {"kind": "grid", "sides": [2] * 9}, ("sides", "8")),
    ("grid-with-side-0", {"kind": "grid", "sides": [3, 0]}, ("sides[1]", "found 0", "at least 1")),
    ("grid-with-text", {"kind": "grid", "sides": "3x3"}, ("sides", "3x3")),
    ("grid-too-large", {"kind": "grid", "sides": [1001, 1000]}, ("1,001,000 nodes", "1,000,000 allowed")),
    ("grid-absurd", {"kind": "grid", "sides": [10**300] * 8}, ("nodes", "1,000,000 allowed")),
    ("torus-too-thin", {"kind": "torus", "sides": [2, 5]}, ("sides[0]", "found 2", "at least 3")),
    ("torus-of-ten", {"kind": "torus", "nodes": 10}, ("nodes", "found 10", "sides of at least 3")),
    ("hypercube-of-12", {"kind": "hypercube", "nodes": 12}, ("nodes", "found 12", "8 or 16")),
    ("hypercube-too-large", {"kind": "hypercube", "dimension": 20}, ("dimension", "at most 19")),
    ("hypercube-negative", {"kind": "hypercube", "dimension": -1}, ("dimension", "at least 0")),
    ("odd-degree-sum", {"kind": "random-regular", "nodes": 9, "degree": 3}, ("degree", "both odd", "even")),
    ("degree-is-nodes", {"kind": "random-regular", "nodes": 8, "degree": 8}, ("degree", "at most 7")),
    ("degree-zero", {"kind": "random-regular", "nodes": 8, "degree": 0}, ("degree", "at least 1")),
    ("degree-two", {"kind": "random-regular", "nodes": 8, "degree": 2}, ("degree", "kind: ring", "connected: false")),
    ("degree-one", {"kind": "random-regular", "nodes": 8, "degree": 1}, ("degree", "raise degree")),
    ("regular-too-many-links", {"kind": "random-regular", "nodes": 10**6, "degree": 42}, ("21,000,000", "lower")),
    ("all-servers", {"kind": "served", "nodes": 2, "servers": 2}, ("servers", "found 2 of 2 nodes")),
    ("served-odd", {"kind": "served", "nodes": 10, "degree": 3}, ("degree", "9 nodes, both odd")),
    ("probability-2", {"kind": "erdos-renyi", "nodes": 8, "probability": 2}, ("probability", "at most 1")),
    ("probability-negative", {"kind": "erdos-renyi", "nodes": 8, "probability": -0.1}, ("probability", "at least 0")),
    ("probability-nan", {"kind": "erdos-renyi", "nodes": 8, "probability": float("nan")}, ("probability", "nan")),
    ("probability-text", {"kind": "erdos-renyi", "nodes": 8, "probability": "half"}, ("probability", "'half'")),
    (
        "two-densities",
        {"kind": "erdos-renyi", "nodes": 8, "probability": 0.5, "mean_degree": 2},
        ("probability or mean_degree", "both"),
    ),
    ("mean-degree-too-high", {"kind": "erdos-renyi", "nodes": 8, "mean_degree": 8}, ("mean_degree", "at most 7")),
    (
        "hopelessly-disconnected",
        {"kind": "erdos-renyi", "nodes": 1000, "probability": 0.001},
        ("probability", "no neighbour", "raise probability to about 0.0099", "connected: false"),
    ),
    (
        "random-too-many-links",
        {"kind": "erdos-renyi", "nodes": 10**6, "mean_degree": 20},
        ("10,000,000 links", "5,000,000 allowed"),
    ),
    ("small-world-odd", {"kind": "small-world", "nodes": 10, "nearest": 3}, ("nearest", "even", "2 or 4")),
    ("small-world-too-near", {"kind": "small-world", "nodes": 4, "nearest": 4}, ("nearest", "less than nodes")),
    ("small-world-rewiring", {"kind": "small-world", "nodes": 9, "rewiring": 1.5}, ("rewiring", "at most 1")),
    (
        "scale-free-links",
        {"kind": "scale-free", "nodes": 3, "links_per_node": 3},
        ("links_per_node", "less than nodes"),
    ),
    ("scale-free-no-links", {"kind": "scale-free", "nodes": 3, "links_per_node": 0}, ("links_per_node", "at least 1")),
    ("barbell-odd", {"kind": "barbell", "nodes": 9}, ("nodes", "found 9", "even number")),
    ("barbell-all-path", {"kind": "barbell", "nodes": 9, "path": 7}, ("nodes", "leaves 2", "at least 4")),
    ("barbell-without-size", {"kind": "barbell"}, ("clique, nodes", "none")),
    ("barbell-too-many-links", {"kind": "barbell", "clique": 10_000}, ("links to store", "20,000,000 allowed")),
    ("barbell-negative-path", {"kind": "barbell", "clique": 3, "path": -1}, ("path", "at least 0")),
    ("regions-without", {"kind": "regions"}, ("regions, nodes", "neither")),
    ("regions-both", {"kind": "regions", "regions": {"eu-de": 1}, "nodes": 3}, ("regions, nodes", "both")),
    ("regions-empty", {"kind": "regions", "regions": {}}, ("regions",)),
    ("region-without-nodes", {"kind": "regions", "regions": {"eu-de": 0}}, ("regions.eu-de", "at least 1")),
    ("region-misspelt", {"kind": "regions", "regions": {"eu-dee": 1}}, ("'eu-dee'", "did you mean eu-de")),
    ("matrix-unknown", {"kind": "regions", "nodes": 4, "matrix": "mars"}, ("matrix", "ibm-cloud-2024")),
    (
        "two-matrices",
        {"kind": "regions", "nodes": 4, "matrix": "ibm-cloud-2024", "round_trip_ms": {"a": {"b": 1}}},
        ("matrix, round_trip_ms", "both"),
    ),
    (
        "pair-missing",
        {"kind": "regions", "nodes": 4, "round_trip_ms": {"a": {"b": 1, "c": 2}}},
        ("round_trip_ms", "between b and c", "{b: {c: 80}}"),
    ),
    (
        "pair-in-two-ways",
        {"kind": "regions", "nodes": 4, "round_trip_ms": {"a": {"b": 1}, "b": {"a": 2}}},
        ("round_trip_ms", "1 from a to b and 2 back", "mean"),
    ),
    (
        "time-negative",
        {"kind": "regions", "nodes": 4, "round_trip_ms": {"a": {"b": -1}}},
        ("round_trip_ms.a.b", "at least 0"),
    ),
    (
        "time-nan",
        {"kind": "regions", "nodes": 4, "round_trip_ms": {"a": {"b": float("nan")}}},
        ("round_trip_ms.a.b", "nan"),
    ),
    ("matrix-empty", {"kind": "regions", "nodes": 4, "round_trip_ms": {}}, ("round_trip_ms", "no region")),
    ("regions-too-many", {"kind": "regions", "regions": {"eu-de": 10**6, "eu-gb": 1}}, ("1,000,001 nodes",)),
    ("link-to-stranger", {"kind": "links", "nodes": 2, "links": [[0, 2]]}, ("links[0]", "node 2", "0 to 1")),
    ("link-to-itself", {"kind": "links", "nodes": 2, "links": [[1, 1]]}, ("links[0]", "linked to itself")),
    ("link-twice", {"kind": "links", "nodes": 2, "links": [[0, 1], [1, 0]]}, ("links[1]", "again", "links[0]")),
    ("link-negative", {"kind": "links", "nodes": 2, "links": [[-1, 1]]}, ("links[0][0]", "at least 0")),
    ("link-of-three", {"kind": "links", "nodes": 3, "links": [[0, 1, 2]]}, ("links[0]",)),
    ("links-in-parts", {"kind": "links", "nodes": 3, "links": [[0, 1]]}, ("require_connected", "'2'", "'0'")),
    (
        "delays-too-few",
        {"kind": "links", "nodes": 3, "links": [[0, 1], [1, 2]], "latency_ns": [5]},
        ("latency_ns", "found 1", "expected 2", "each link"),
    ),
    ("names-too-many", {"kind": "links", "nodes": 2, "links": [[0, 1]], "names": ["a"] * 3}, ("names", "each node")),
    ("file-without-path", {"kind": "file"}, ("path", "missing")),
    ("file-without-format", {"kind": "file", "path": "graph.xyz"}, ("format", "graphml, gml, edge-list, node-link")),
    (
        "file-unit-alone",
        {"kind": "file", "path": "g.gml", "latency_unit": "ms"},
        ("latency", "name the link attribute"),
    ),
    (
        "file-unknown-unit",
        {"kind": "file", "path": "g.gml", "latency": "x", "latency_unit": "mi"},
        ("latency_unit", "km"),
    ),
    ("file-missing", {"kind": "file", "path": "no/such/graph.gml"}, ("path", "no file", "no/such/graph.gml")),
    ("file-with-zero-byte", {"kind": "file", "path": "a\0.gml"}, ("path",)),
]


@pytest.mark.parametrize(("config", "fragments"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_parameter_is_an_input_error(config: Mapping[str, Any], fragments: tuple[str, ...]) -> None:
    """The error names the field, what was found, and what to do, on one line of bearable length."""
    with pytest.raises(InputError) as caught:
        build(config)
    message = str(caught.value)
    assert [fragment for fragment in fragments if fragment not in message] == [], message
    assert "\n" not in message
    assert len(message) < 500


CROSS_FIELD = [name for name, *_ in BAD if name not in {"links-in-parts", "file-missing", "file-with-zero-byte"}]


@pytest.mark.parametrize("name", CROSS_FIELD)
def test_it_is_found_without_building(name: str) -> None:
    """Only what a file holds, and whether given links connect, waits for the building."""
    config = next(case[1] for case in BAD if case[0] == name)
    with pytest.raises(InputError):
        configure(config)


@pytest.mark.parametrize("kind", sorted(set(TOPOLOGIES) - {"file"}))
def test_paths_name_a_field(kind: str) -> None:
    """The path of an error starts with the field that is wrong, so that a caller can find its line."""
    for _, config, _ in BAD:
        if config.get("kind") == kind:
            with pytest.raises(InputError) as caught:
                build(config)
            assert not caught.value.path or caught.value.path[0] in {*TOPOLOGIES[kind].config.model_fields, *config}


def test_an_unlucky_draw_says_what_to_raise() -> None:
    """Seven nodes that are almost never connected give up after a bounded number of draws, with the remedy."""
    with pytest.raises(InputError, match=r"connected: no erdos-renyi graph .* in 100 attempts; raise probability"):
        build({"kind": "erdos-renyi", "nodes": 7, "probability": 0.02}, seed=1)
    assert not build({"kind": "erdos-renyi", "nodes": 7, "probability": 0.02, "connected": False}, seed=1).is_connected


def test_limits_are_checked_before_any_work() -> None:
    """The largest sizes are accepted as parameters, one more is not, and neither builds anything."""
    assert configure({"kind": "random-regular", "nodes": 1_000_000, "degree": 40}).link_count == 20_000_000
    assert configure({"kind": "mesh", "nodes": 1_000_000}).link_count == 0
    with pytest.raises(InputError, match="1,000,000"):
        configure({"kind": "mesh", "nodes": 1_000_001})
