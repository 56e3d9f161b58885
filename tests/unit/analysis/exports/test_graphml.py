"""Topologies as GraphML with results, read back by networkx and by a reader of XML."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest

import murmur
from analysis.node_life import is_state
from analysis.run_folder import open_run

SPACE = "{http://graphml.graphdrawing.org/xmlns}"
SCENARIO = {
    "name": "lossy-ring",
    "duration": "4s",
    "topology": {"kind": "ring", "nodes": 6},
    "protocol": {"kind": "gossip", "period": "300ms"},
    "network": {"loss": 0.2},
    "workload": {"kind": "rumour"},
    "faults": [{"kind": "crash", "target": [3], "at": "3s"}],
    "detail": "messages",
}


def test_nodes_and_links_carry_what_came_of_the_run(tmp_path: Path) -> None:
    """networkx reads back the same graph, with the counts of messages and the first times that the records have."""
    murmur.run(SCENARIO, tmp_path / "run")
    run = open_run(tmp_path / "run")
    graph = nx.read_graphml(murmur.export(run.path, "graphml"), node_type=int)
    assert sorted(graph.edges) == sorted(run.topology().graph.edges)
    rows = [row for row in run.records() if "sent_at" in row.fields and not is_state(row)]
    sent = Counter(row.fields["source"] for row in rows)
    received = Counter(row.fields["destination"] for row in rows if row.kind == "delivered")
    assert {node: of["messages_sent"] for node, of in graph.nodes(data=True)} == {n: sent[n] for n in range(6)}
    assert {node: of["messages_received"] for node, of in graph.nodes(data=True)} == {n: received[n] for n in range(6)}
    reached: dict[int, int] = {}
    for record in run.records("informed"):
        reached.setdefault(record.node or 0, record.time)
    assert {node: of["reached_ns"] for node, of in graph.nodes(data=True) if "reached_ns" in of} == reached
    assert (graph.nodes[3]["state"], graph.nodes[3]["crashes"], graph.nodes[3]["crashed_ns"]) == (
        "down",
        1,
        3_000_000_000,
    )
    links = [of for *_, of in graph.edges(data=True)]
    assert sum(of["messages"] for of in links) == len(rows)
    assert sum(of["not_delivered"] for of in links) == sum(row.kind != "delivered" for row in rows) > 0
    taken = sum(row.time - row.fields["sent_at"] for row in rows if row.kind == "delivered")
    assert sum(of["mean_latency_ns"] * of["delivered"] for of in links if of["delivered"]) == pytest.approx(taken)
    assert (graph.graph["scenario"], graph.graph["messages_beyond_links"]) == (SCENARIO["name"], 0)


def test_the_file_is_graphml_by_its_own_rules(tmp_path: Path) -> None:
    """Each datum has a declared key of its element with a type that holds it; links join nodes that there are."""
    run = murmur.run(SCENARIO | {"duration": "1s", "faults": []}, tmp_path / "run")
    root = ElementTree.parse(murmur.export(run, "graphml", tmp_path / "g.graphml")).getroot()
    assert root.tag == f"{SPACE}graphml"
    keys = {key.get("id"): key for key in root.iter(f"{SPACE}key")}
    assert {key.get("attr.type") for key in keys.values()} <= {"boolean", "int", "long", "float", "double", "string"}
    for element in ("graph", "node", "edge"):
        for each in root.iter(f"{SPACE}{element}"):
            for datum in each.findall(f"{SPACE}data"):
                key = keys[datum.get("key")]
                assert key.get("for") == element
                {"long": int, "double": float, "string": str}[str(key.get("attr.type"))](datum.text or "")
    types = {key.get("attr.name"): key.get("attr.type") for key in keys.values()}
    assert types["ended_ns"] == types["messages_sent"] == "long"
    nodes = {node.get("id") for node in root.iter(f"{SPACE}node")}
    assert {edge.get(end) for edge in root.iter(f"{SPACE}edge") for end in ("source", "target")} <= nodes


def test_regions_and_roles_are_on_nodes(tmp_path: Path) -> None:
    """A topology with regions keeps them and its measured delays, and the last role of each server is told."""
    topology = {"kind": "regions", "regions": {"us-south": 1, "us-east": 1, "eu-de": 1}}
    protocol = {"kind": "raft", "election_timeout": ["1500ms", "3s"], "heartbeat": "400ms"}
    scenario = {"name": "regions", "duration": "6s", "topology": topology, "protocol": protocol}
    run = murmur.run(scenario, tmp_path / "run")
    graph = nx.read_graphml(murmur.export(run, "graphml"), node_type=int)
    assert all(of["region"] for _, of in graph.nodes(data=True))
    assert Counter(of["role"] for _, of in graph.nodes(data=True))["leader"] == 1
    assert not [of for *_, of in graph.edges(data=True) if "messages" in of]


def test_a_graph_whose_links_are_not_stored_is_refused(tmp_path: Path) -> None:
    """A large mesh has too many links to be written, and the message says so."""
    run = murmur.run("gossip-mesh", out=tmp_path / "run", overrides={"topology.nodes": 300})
    with pytest.raises(murmur.InputError, match="complete graph of 300 nodes"):
        murmur.export(run, "graphml")
