"""Where the nodes of a topology are drawn."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.plots.layout import positions
from topologies.registry import build
from topologies.topology import Topology

KINDS: list[dict[str, Any]] = [
    {"kind": "mesh", "nodes": 12},
    {"kind": "mesh", "nodes": 400},
    {"kind": "ring", "nodes": 9},
    {"kind": "line", "nodes": 30},
    {"kind": "star", "nodes": 7},
    {"kind": "centralized", "nodes": 7},
    {"kind": "hierarchical", "branching": 3, "levels": 4},
    {"kind": "grid", "sides": [3, 5]},
    {"kind": "grid", "sides": [2, 3, 4]},
    {"kind": "torus", "sides": [4, 6]},
    {"kind": "hypercube", "dimension": 4},
    {"kind": "small-world", "nodes": 24, "nearest": 4, "rewiring": 0.1},
    {"kind": "random-regular", "nodes": 40, "degree": 3},
    {"kind": "scale-free", "nodes": 300},
    {"kind": "barbell", "nodes": 12},
    {"kind": "regions", "nodes": 23},
    {"kind": "regions", "nodes": 300},
    {"kind": "links", "nodes": 5, "links": [[0, 1], [2, 3]], "require_connected": False},
    {"kind": "random-regular", "nodes": 3000, "degree": 3},
    {"kind": "mesh", "nodes": 1},
]


@pytest.mark.parametrize("config", KINDS, ids=lambda config: "-".join(str(value) for value in config.values()))
def test_every_node_has_a_place_of_its_own(config: dict[str, Any]) -> None:
    """No two nodes lie on each other, every place is finite, and a second layout is the same to the bit."""
    topology = build(config, 3)
    places = positions(topology)
    assert places.shape == (topology.nodes, 2)
    assert np.isfinite(places).all()
    assert len(np.unique(places.round(9), axis=0)) == topology.nodes
    assert places.tobytes() == positions(build(config, 3)).tobytes()


@given(st.integers(2, 6), st.integers(2, 6))
@settings(max_examples=15)
def test_grids_are_drawn_as_grids(rows: int, columns: int) -> None:
    """Each link of a grid has length 1 on paper, and runs along an axis."""
    topology = build({"kind": "grid", "sides": [rows, columns]})
    places = positions(topology)
    for i, j in topology.edges():
        assert sorted(np.abs(places[i] - places[j])) == [0, 1]


def test_rings_are_drawn_as_circles() -> None:
    """All nodes of a ring are equally far from its middle, and neighbours equally far apart."""
    topology = build({"kind": "ring", "nodes": 10})
    places = positions(topology)
    assert np.allclose(np.hypot(*places.T), 1)
    assert np.ptp([np.linalg.norm(places[i] - places[j]) for i, j in topology.edges()]) < 1e-9


def test_a_hub_is_in_the_middle() -> None:
    """The hub of a star is where the mean of all others is."""
    places = positions(build({"kind": "star", "nodes": 8}))
    assert np.allclose(places[0], places[1:].mean(axis=0))


def test_children_are_farther_out_than_parents() -> None:
    """In a tree each level is one unit farther from the root than the level above it."""
    topology = build({"kind": "hierarchical", "branching": 2, "levels": 5})
    distance = np.hypot(*positions(topology).T)
    assert all(abs(distance[j] - distance[i] - 1) < 1e-9 for i, j in topology.edges())


def test_large_graphs_are_ordered_by_distance() -> None:
    """In a graph too large for forces, no node is nearer to the middle than one that is fewer hops from the centre."""
    topology = build({"kind": "random-regular", "nodes": 2000, "degree": 4}, 1)
    distance = np.hypot(*(positions(topology, center=17)).T)
    assert distance[17] == 0
    assert max(distance[list(topology.neighbors[17])]) < np.partition(distance, 5)[5]


def test_nodes_of_a_region_lie_together() -> None:
    """The nearest other node of each node is of its own region."""
    topology = build({"kind": "regions", "nodes": 40})
    assert topology.regions is not None
    assert nearest_regions(topology) == list(topology.regions)


def nearest_regions(topology: Topology) -> list[str]:
    """The region of the node that is nearest to each node on paper."""
    assert topology.regions is not None
    places = positions(topology)
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return [topology.regions[node] for node in apart.argmin(axis=1)]
