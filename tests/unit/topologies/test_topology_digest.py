"""The digest of a topology: the same in every process and version, another for every other structure."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from topologies.registry import TOPOLOGIES, build
from topologies.topology import Topology

GOLDEN: list[tuple[dict[str, Any], str]] = [
    ({"kind": "mesh", "nodes": 12}, "1c4112758a3aabcb"),
    ({"kind": "mesh", "nodes": 5000}, "bf5ea8013a4c57ca"),
    ({"kind": "ring", "nodes": 12}, "e6770f68aa45f32b"),
    ({"kind": "line", "nodes": 12}, "65105e3201c13992"),
    ({"kind": "star", "nodes": 12}, "0cd352b41d88fa34"),
    ({"kind": "centralized", "nodes": 12}, "0cd352b41d88fa34"),
    ({"kind": "circulant", "nodes": 12, "each_side": 3}, "0a8382fa7a769a42"),
    ({"kind": "hierarchical", "branching": 3, "levels": 3}, "18b09f1106083392"),
    ({"kind": "hierarchical", "nodes": 20, "sibling_links": True}, "5a33605d96cb4ec0"),
    ({"kind": "grid", "sides": [3, 4]}, "e06f7ac3b616951c"),
    ({"kind": "torus", "sides": [3, 4]}, "d2c0c8ba364063df"),
    ({"kind": "hypercube", "dimension": 4}, "1bd3d9154b961c69"),
    ({"kind": "barbell", "clique": 4, "path": 2}, "1fbee7149b12403e"),
    ({"kind": "random-regular", "nodes": 100, "degree": 8}, "8cda8aae9b50ce25"),
    ({"kind": "random-regular", "nodes": 20, "degree": 14}, "1b7ebf5d9fb9213d"),
    ({"kind": "served", "nodes": 22, "servers": 2, "degree": 4}, "71e2b3bcbbf27e6b"),
    ({"kind": "regions", "regions": {"us-east": 2, "eu-gb": 2}}, "51d637a45c0fe7e6"),
    ({"kind": "regions", "nodes": 500}, "1e63e5fb6a459ffe"),
    (
        {"kind": "links", "nodes": 3, "links": [[2, 1], [0, 1]], "latency_ns": [5, 6], "weights": [1.5, -0.25]},
        "37a7546db41286fd",
    ),
]

EVERY_KIND = [{"kind": kind, "nodes": 64} for kind in sorted(set(TOPOLOGIES) - {"file", "links"})] + [
    {"kind": "links", "nodes": 3, "links": [[0, 1], [1, 2]], "latency_ns": [5, 6]}
]

PRINT_DIGESTS = """
import json, sys
from topologies.registry import build
print(json.dumps([build(config, 12345).digest() for config in json.loads(sys.argv[1])]))
"""


@pytest.mark.parametrize(("config", "digest"), GOLDEN, ids=[config["kind"] for config, _ in GOLDEN])
def test_digests_are_golden(config: dict[str, Any], digest: str) -> None:
    """No change to a builder or to the digest goes unnoticed; the pairing of random-regular is ours, and so is here."""
    assert build(config, 7).digest()[:16] == digest


def test_digests_are_the_same_in_fresh_processes() -> None:
    """Every kind of topology, drawn ones among them, has one digest under different PYTHONHASHSEED."""
    here = [build(config, 12345).digest() for config in EVERY_KIND]
    root = str(Path(__file__).parents[3])
    for hash_seed in ("0", "1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": root}
        command = [sys.executable, "-c", PRINT_DIGESTS, json.dumps(EVERY_KIND)]
        printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        assert json.loads(printed) == here


def test_every_kind_is_under_test() -> None:
    """A kind that is added later must join the processes' test and, unless networkx draws it, the golden digests."""
    assert {config["kind"] for config in EVERY_KIND} == set(TOPOLOGIES) - {"file"}
    drawn = {"erdos-renyi", "small-world", "scale-free"}
    assert {config["kind"] for config, _ in GOLDEN} == set(TOPOLOGIES) - {"file"} - drawn


def test_the_digest_is_of_the_structure_alone() -> None:
    """Kind, names and regions do not count; nodes, links, delays and weights do."""
    ring = build({"kind": "ring", "nodes": 4})
    links = [[0, 1], [2, 1], [3, 2], [0, 3]]
    same = {"kind": "links", "nodes": 4, "links": links, "names": ["a", "b", "c", "d"], "regions": ["x"] * 4}
    assert build(same).digest() == ring.digest()
    others = [
        {**same, "links": links[:3]},
        {**same, "links": [*links, [0, 2]]},
        {**same, "nodes": 5, "names": None, "regions": None, "require_connected": False},
        {**same, "latency_ns": [1, 1, 1, 1]},
        {**same, "latency_ns": [1, 1, 1, 2]},
        {**same, "weights": [1.0, 1.0, 1.0, 1.0]},
        {"kind": "mesh", "nodes": 4},
        {"kind": "mesh", "nodes": 5},
        {"kind": "links", "nodes": 4, "links": [*links, [0, 2], [1, 3]], "latency_ns": [1] * 6},
    ]
    digests = [build(config).digest() for config in others]
    assert len({*digests, ring.digest()}) == len(others) + 1


def test_a_complete_graph_is_one_whoever_built_it() -> None:
    """A mesh and the same links written out are equal, and so is the mesh that is not stored."""
    pairs = [[a, b] for a in range(5) for b in range(a)]
    assert build({"kind": "links", "nodes": 5, "links": pairs}).digest() == build({"kind": "mesh", "nodes": 5}).digest()


def test_one_node_alone_is_a_topology() -> None:
    """The smallest mesh, line, tree and cube are one node, with no links, diameter 0 and one digest."""
    alone = [build({"kind": kind, "nodes": 1}) for kind in ("mesh", "line", "hierarchical", "hypercube", "erdos-renyi")]
    assert {(t.nodes, t.links, t.diameter, t.digest()) for t in alone} == {(1, 0, 0, Topology("x", 1, ((),)).digest())}
