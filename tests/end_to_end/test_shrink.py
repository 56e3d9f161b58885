"""`murmur shrink` as people run it: what it prints, what it keeps, and how it refuses what it cannot shrink."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scenarios.yaml_loader import load_file
from tests.end_to_end.command import murmur

REVENANTS = """
name: revenants
duration: 40s
topology: {kind: mesh, nodes: 12}
protocol: {kind: gossip, spread: anti-entropy, exchange: push-pull, period: 500ms, tombstone_life: 5s}
workload: {kind: updates, rate: 4/s, keys: 20, deletes: 30%, until: 30s}
faults:
  - {kind: crash, target: [3, 8], at: 4s, restart_after: 1s}
  - {kind: pause, target: [2, 11, 7], at: 13730ms, resume_after: 7840ms}
  - {kind: partition, groups: {halves: true}, at: 24s, heal_after: 500ms}
  - {kind: crash, target: {random: 25%}, at: 33s, restart_after: 2s}
checks: [messages-balance, no-resurrection]
"""


@pytest.fixture
def revenants(tmp_path: Path) -> Path:
    """A folder with a scenario that violates a check, and its run."""
    (tmp_path / "revenants.yaml").write_text(REVENANTS, encoding="utf-8")
    assert murmur("run", "revenants.yaml", "--out", "kept", folder=tmp_path).returncode == 1
    return tmp_path


def test_a_run_folder_is_shrunk_to_a_scenario_that_violates_again(revenants: Path) -> None:
    """The file that is left beside the run violates the same check, and its run is the one that is kept."""
    shrunk = murmur("shrink", "kept", folder=revenants)
    assert shrunk.returncode == 0, shrunk.stderr
    assert "still shows  no-resurrection: node # took" in shrunk.stdout
    assert "run it: murmur run kept-shrunk/shrunk.yaml" in shrunk.stdout
    assert shrunk.stderr == ""
    file = revenants / "kept-shrunk" / "shrunk.yaml"
    assert [fault["kind"] for fault in load_file(file).data["faults"]] == ["pause"]
    again = murmur("run", file, "--json", folder=revenants)
    assert again.returncode == 1
    manifest = json.loads((revenants / "kept-shrunk" / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert json.loads(again.stdout)["digest"] == manifest["digest"]


def test_a_scenario_is_shrunk_as_its_run_is(revenants: Path) -> None:
    """A scenario's file and the folder of its run lead to the same; workers change nothing."""
    of_run = json.loads(murmur("shrink", "kept", "--json", folder=revenants).stdout)
    printed = murmur("shrink", "revenants.yaml", "--json", "--workers", "2", folder=revenants)
    of_file = json.loads(printed.stdout)
    assert of_file["file"] == "runs/revenants-0-shrunk/shrunk.yaml"
    changed = ("file", "folder")
    assert {name: of_run[name] for name in of_run if name not in changed} == {
        name: of_file[name] for name in of_file if name not in changed
    }
    assert of_run["reduced"][0] == {"what": "faults", "before": "4", "after": "1"}
    assert of_run["runs"] <= 200
    assert [verdict["check"] for verdict in of_run["verdicts"]] == ["no-resurrection"]
    assert {record["fields"]["phase"] for record in of_run["fault_records"]} == {"begin", "end"}


def test_progress_goes_to_standard_error_and_the_budget_is_named(revenants: Path) -> None:
    """Progress is shown when it is asked for; a budget that was too small is told, and is no failure."""
    shrunk = murmur("shrink", "kept", "--runs", "9", "--progress", "--out", "few", folder=revenants)
    assert shrunk.returncode == 0
    assert "of at most 9 runs" in shrunk.stderr
    assert "9 runs; as many as were allowed: with more --runs it may get smaller" in shrunk.stdout
    assert (revenants / "few" / "shrunk.yaml").is_file()


def test_a_threshold_that_needs_no_fault_says_so(tmp_path: Path) -> None:
    """A condition that holds without any fault is shrunk to a scenario without faults, and the report says it."""
    shrunk = murmur("shrink", "gossip-partition-heal", "--when", "converged_at > 30s", "--out", "late", folder=tmp_path)
    assert shrunk.returncode == 0, shrunk.stderr
    assert "none of the faults is needed" in shrunk.stdout
    run = json.loads(murmur("run", "late/shrunk.yaml", "--json", folder=tmp_path).stdout)
    assert run["metrics"]["converged_at"] > 30_000_000_000


def test_a_graph_of_a_file_is_written_out(tmp_path: Path) -> None:
    """A scenario on a graph file shrinks to one that needs no other file."""
    (tmp_path / "graph.edges").write_text("".join(f"{node} {node + 1}\n" for node in range(7)), encoding="utf-8")
    text = REVENANTS.replace("{kind: mesh, nodes: 12}", "{kind: file, path: graph.edges}").replace("[2, 11, 7]", "[2]")
    text = text.replace("[3, 8]", "[3]")
    (tmp_path / "line.yaml").write_text(text, encoding="utf-8")
    murmur("run", "line.yaml", "--out", "run", folder=tmp_path)
    of_file = murmur("shrink", "line.yaml", "--when", "messages > 100", "--out", "one", "--json", folder=tmp_path)
    (tmp_path / "graph.edges").unlink()
    of_run = murmur("shrink", "run", "--when", "messages > 100", "--out", "two", "--json", folder=tmp_path)
    one, two = json.loads(of_file.stdout), json.loads(of_run.stdout)
    assert one["scenario"] == two["scenario"]
    assert one["scenario"]["topology"]["kind"] == "links"
    assert one["digest"] == two["digest"]
    assert json.loads(murmur("run", "one/shrunk.yaml", "--json", folder=tmp_path).stdout)["digest"] == one["digest"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gossip-ring"], "found no violated check in gossip-ring with seed 0: messages-balance holds, "),
        (["gosip-ring"], "did you mean 'gossip-ring'?"),
        (["runs/missing"], "runs/missing is not there; expected a run folder"),
        (["gossip-ring", "--check", "converge"], "--check: found 'converge'; expected one of messages-balance"),
        (["gossip-ring", "--when", "converged_at > 5"], "--when: converged_at: found '5', which has no unit"),
        (
            ["gossip-ring", "--when", "converged_at = never"],
            "converged_at = never is not so in gossip-ring with seed 0",
        ),
        (["gossip-ring", "--check", "converged", "--when", "messages > 3"], "--check and --when contradict each other"),
        (["gossip-ring", "--runs", "2"], "2 is not in the range x>=3"),
        (["gossip-ring", "--set", "topology.nodes=2"], "gossip-ring.yaml:"),
    ],
)
def test_wrong_input_is_told_in_one_line(arguments: list[str], message: str, tmp_path: Path) -> None:
    """What cannot be shrunk ends with exit code 2 and one message, and leaves nothing behind."""
    refused = murmur("shrink", *arguments, folder=tmp_path)
    assert refused.returncode == 2
    assert message in refused.stderr or message in refused.stderr.replace("--set topology.nodes=2", "gossip-ring.yaml")
    assert len(refused.stderr.splitlines()) == 1
    assert refused.stdout == ""
    assert not list(tmp_path.iterdir())


def test_a_run_has_its_own_seed(revenants: Path) -> None:
    """Another seed or an override for a run folder is refused: it would be another run."""
    refused = murmur("shrink", "kept", "--seed", "3", folder=revenants)
    assert refused.returncode == 2
    assert "found a seed or an override for a run, which has its own" in refused.stderr


def test_what_is_in_the_way_is_refused(revenants: Path) -> None:
    """A file in the place of the folder is not touched."""
    (revenants / "kept-shrunk").write_text("mine", encoding="utf-8")
    refused = murmur("shrink", "kept", folder=revenants)
    assert refused.returncode == 2
    assert "kept-shrunk is a file" in refused.stderr
    assert (revenants / "kept-shrunk").read_text(encoding="utf-8") == "mine"
