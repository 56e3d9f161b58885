"""Scenarios on a graph of one's own: where its file is looked for."""

import json
from pathlib import Path

import pytest

import murmur
from tests.end_to_end.command import murmur as command

SCENARIO = """\
name: office
duration: 20s
topology:
  kind: file
  path: office.edges
  require_connected: true
protocol: {kind: gossip}
workload: {kind: rumour}
"""
TRIANGLE = "alice bob\nbob carol\ncarol alice\n"
PAIR = "alice bob\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a graph of two nodes, and in `plans` a scenario and a graph of three with the same name."""
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "office.yaml").write_text(SCENARIO)
    (tmp_path / "plans" / "office.edges").write_text(TRIANGLE)
    (tmp_path / "office.edges").write_text(PAIR)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "nodes"),
    [
        (["plans/office.yaml"], 3),
        (["plans/office.yaml", "--set", "topology.require_connected=false"], 3),
        (["plans/office.yaml", "--set", "topology.path=office.edges"], 2),
        (["plans/office.yaml", "--set", "topology={kind: file, path: office.edges}"], 2),
        (["gossip-ring", "--set", "topology={kind: file, path: plans/office.edges}"], 3),
    ],
)
def test_a_path_counts_from_where_it_was_written(folder: Path, arguments: list[str], nodes: int) -> None:
    """In a file it counts from the file's folder, in a flag from the current folder."""
    done = command("check", *arguments, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"file of {nodes} nodes" in done.stdout


def test_the_file_is_found_in_fresh_processes(folder: Path) -> None:
    """The processes of check --determinism read the same graph, though they are given plain data."""
    done = command("check", "plans/office.yaml", "--determinism", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "deterministic: digest" in done.stdout


def test_plain_data_counts_from_the_current_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scenario in Python's own data has no folder; a loaded one keeps its file's, wherever it is run."""
    monkeypatch.chdir(folder)
    loaded = murmur.load("plans/office.yaml")
    assert murmur.run(loaded.canonical()).summary["nodes"] == 2
    monkeypatch.chdir("/")
    assert murmur.run(loaded, seed=3).summary["nodes"] == 3


def test_absolute_paths_stay_as_they_are(folder: Path, tmp_path: Path) -> None:
    """An absolute path in a file names that very graph."""
    path = folder / "plans" / "office.yaml"
    path.write_text(SCENARIO.replace("office.edges", json.dumps(str(tmp_path / "office.edges"))))
    assert "file of 2 nodes" in command("check", "plans/office.yaml", folder=folder).stdout


def test_runs_do_not_tell_from_where_they_were_called(folder: Path) -> None:
    """The same scenario, run from its own folder and from another, gives the same manifest byte for byte."""
    command("run", "plans/office.yaml", "-q", "--out", "here", folder=folder)
    command("run", "office.yaml", "-q", "--out", "../there", folder=folder / "plans")
    here, there = ((folder / name / "manifest.json").read_bytes() for name in ("here", "there"))
    assert here == there
    assert json.loads(here)["scenario"]["topology"]["path"] == "office.edges"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "plans/office.yaml:5: topology.path: found no file at '{plans}/office.edges'; expected the path of"),
        ("", "plans/office.yaml:5: topology.path: found 0 bytes in '{plans}/office.edges'; expected a graph"),
        (
            "a b\nc d\n",
            "plans/office.yaml:6: topology.require_connected: {plans}/office.edges: the graph is in several parts",
        ),
    ],
)
def test_a_wrong_graph_file_is_told_by_file_line_and_field(folder: Path, content: str | None, message: str) -> None:
    """Check and run name the scenario's file, the line and the field, and the graph file that was looked for."""
    graph = folder / "plans" / "office.edges"
    graph.unlink() if content is None else graph.write_text(content)
    for arguments in (("check", "plans/office.yaml"), ("run", "plans/office.yaml", "-q", "--out", "kept")):
        done = command(*arguments, folder=folder)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        assert message.format(plans=folder / "plans") in done.stderr
    assert not (folder / "kept").exists()
