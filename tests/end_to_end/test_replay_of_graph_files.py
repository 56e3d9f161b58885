"""Runs on a graph of one's own: the run folder is enough to replay and draw them, and is distrusted when altered."""

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import networkx
import pytest

import murmur
from analysis.canonical import file_checksum, readable_json
from analysis.manifest import content_checksum
from analysis.run_folder import open_run
from analysis.run_writer import TOPOLOGY
from tests.end_to_end.command import murmur as command

SCENARIO = """\
name: office
duration: 20s
topology: {kind: file, path: office.graphml, latency: latency_ms}
network: {latency: {kind: exponential, mean: 20ms}, loss: 5%}
protocol: {kind: gossip}
workload: {kind: rumour}
faults:
  - {kind: partition, groups: {regions: [north]}, at: 1s, heal_after: 2s}
"""
ATTRIBUTES = ("kind", "nodes", "neighbors", "stated_diameter", "regions", "implicit", "names", "weights", "coordinator")


def write_graph(path: Path, seed: int = 1) -> None:
    """A GraphML file with names, regions, weights and delays that differ from link to link."""
    graph = networkx.connected_watts_strogatz_graph(30, 4, 0.3, seed=seed)
    for node in graph:
        graph.nodes[node].update(label=f"Büro {node}", region="north" if node < 12 else "south")
    for place, (a, b) in enumerate(sorted(graph.edges)):
        graph.edges[a, b].update(latency_ms=0.1 + place / 7, weight=1 / (place + 3))
    networkx.write_graphml(graph, path)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a run on a graph file, whose scenario and graph are gone."""
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "office.yaml").write_text(SCENARIO)
    write_graph(tmp_path / "plans" / "office.graphml")
    done = command("run", "plans/office.yaml", "-q", "--detail", "messages", "--out", "kept", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for file in (tmp_path / "plans").iterdir():
        file.unlink()
    return (tmp_path / "kept").rename(tmp_path / "moved")


def test_a_run_on_a_graph_file_replays_without_it(run: Path) -> None:
    """With scenario and graph gone, the run folder replays to the same digest from any folder."""
    (run.parent / "office.graphml").write_text("another graph by now")
    for folder in (run.parent, run.parent / "plans"):
        done = command("replay", run, folder=folder)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("the same: digest ")


def test_a_replay_writes_the_same_run(run: Path) -> None:
    """What a replay simulates is a run on the same topology to the last attribute, so that it would be kept alike."""
    manifest = open_run(run).manifest
    assert manifest.scenario["topology"]["path"] == "office.graphml"
    assert manifest.topology.kind == "file"
    assert TOPOLOGY in manifest.files
    kept: list[murmur.Topology] = []
    comparison = murmur.replay(run, observers=[lambda simulation: kept.append(simulation.topology)])
    assert (comparison.same, comparison.settings) == (True, ())
    assert kept[0].digest() == manifest.topology.digest


def test_the_topology_is_the_same_in_every_attribute(tmp_path: Path) -> None:
    """Numbers, links, names, regions, weights, delays and the hash of the graph file come back from the run folder."""
    write_graph(tmp_path / "office.graphml")
    (tmp_path / "office.yaml").write_text(SCENARIO)
    done = murmur.run(tmp_path / "office.yaml", tmp_path / "kept")
    assert done.folder is not None
    ran, kept = done.simulation.topology, open_run(done.folder).topology()
    assert {field.name for field in fields(ran)} == {*ATTRIBUTES, "latency_ns", "source_digest"}
    for name in (*ATTRIBUTES, "source_digest"):
        assert getattr(kept, name) == getattr(ran, name), name
    assert kept.regions is not None
    assert kept.weights is not None
    assert kept.source_digest == file_checksum(tmp_path / "office.graphml")
    assert ran.latency_ns is not None
    assert kept.latency_ns is not None
    delays = [ran.latency_ns(*edge) for edge in ran.edges()]
    assert [kept.latency_ns(*edge) for edge in ran.edges()] == delays
    assert len(set(delays)) == ran.links
    assert kept.digest() == ran.digest()


@pytest.mark.parametrize("text", ["", "a b\n", "a b 1e-300\nb c 1e300\n"])
def test_graphs_at_the_edge_come_back(text: str, tmp_path: Path) -> None:
    """Odd names, extreme weights and the smallest graphs survive the run folder."""
    if not text:
        data = '{"nodes": [{"id": "alone\\ud800"}, {"id": "b"}], "links": [{"source": "b", "target": "alone\\ud800"}]}'
        (tmp_path / "g.json").write_text(data)
    else:
        (tmp_path / "g.txt").write_text(text)
    path = next(tmp_path.iterdir())
    scenario: dict[str, Any] = {
        "name": "edge",
        "duration": "2s",
        "topology": {"kind": "file", "path": str(path)},
        "protocol": {"kind": "gossip"},
    }
    done = murmur.run(scenario, tmp_path / "kept")
    path.unlink()
    assert done.folder is not None
    kept = open_run(done.folder).topology()
    assert kept.names == done.simulation.topology.names
    assert kept.weights == done.simulation.topology.weights
    assert murmur.replay(done).same


def test_the_topology_is_drawn_without_the_graph_file(run: Path) -> None:
    """The plot of the topology needs the run folder alone."""
    done = command("plot", run, "topology", folder=run.parent / "plans")
    assert (done.returncode, done.stderr) == (0, "")
    assert (run / "topology.png").stat().st_size > 10_000


def edited(run: Path, edit: Callable[[dict[str, Any]], Any]) -> None:
    """Alter the graph in a run folder, as one who also writes the checksums anew."""
    data = json.loads((run / TOPOLOGY).read_text())
    edit(data)
    (run / TOPOLOGY).write_text(json.dumps(data))
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["files"][TOPOLOGY] = file_checksum(run / TOPOLOGY)
    manifest["checksum"] = content_checksum(manifest)
    (run / "manifest.json").write_text(readable_json(manifest))


def relink(data: dict[str, Any]) -> None:
    """Replace a link by one that the graph has not."""
    data["links"][0] = next([0, node] for node in range(1, 30) if [0, node] not in data["links"])


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda data: data["latency_ns"].__setitem__(0, 5), "the topology cannot be built again as it was"),
        (relink, "the topology cannot be built again as it was"),
        (lambda data: data.update(nodes=31), f"{TOPOLOGY}: names: found 30 values; expected 31"),
        (lambda data: data.update(kind="ring"), f"{TOPOLOGY} holds no topology of kind links"),
    ],
)
def test_another_graph_in_the_folder_is_refused(run: Path, edit: Callable[[dict[str, Any]], Any], message: str) -> None:
    """A graph that is not the one that ran is exit code 2 and one message for replay and plot, though checksums fit."""
    edited(run, edit)
    for arguments in (("replay", run), ("plot", run, "topology")):
        done = command(*arguments, folder=run.parent)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        assert message in done.stderr


def test_a_damaged_or_missing_graph_is_told(run: Path) -> None:
    """The graph in a run folder has a checksum like its other files."""
    (run / TOPOLOGY).write_text((run / TOPOLOGY).read_text().replace("north", "south", 1))
    done = command("replay", run, folder=run.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"moved is damaged: {TOPOLOGY} is not as it was written" in done.stderr
    (run / TOPOLOGY).unlink()
    done = command("plot", run, "topology", folder=run.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"moved is damaged: {TOPOLOGY} is missing" in done.stderr


def test_a_run_that_takes_the_place_of_another_leaves_no_graph(run: Path) -> None:
    """The graph goes with the run that it belongs to, and only runs on graph files have one."""
    assert command("run", "gossip-ring", "-q", "--out", run, folder=run.parent).returncode == 0
    assert not (run / TOPOLOGY).exists()
    assert sorted(path.name for path in run.parent.iterdir()) == ["moved", "plans"]
