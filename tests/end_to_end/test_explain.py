"""`murmur explain` as people run it: what it prints, what it draws, and how it refuses what it cannot explain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.command import murmur

BAD_DAY = """
name: bad-day
duration: 20s
seed: 5
topology: {kind: mesh, nodes: 8}
protocol: {kind: gossip, spread: anti-entropy, exchange: push-pull, period: 400ms}
workload: {kind: updates, rate: 4/s, keys: 10, until: 6s}
faults:
  - {kind: loss, name: storm, probability: 0.6, at: 5s, heal_after: 4s}
  - {kind: partition, name: split, groups: {halves: true}, at: 5s, heal_after: 5s}
  - {kind: crash, name: off, target: 1, at: 1s, chance: 0}
stop_when: converged
checks: [messages-balance, partition-cut]
"""


@pytest.fixture
def bad_day(tmp_path: Path) -> Path:
    """A folder with a scenario of three faults, and its run."""
    (tmp_path / "bad-day.yaml").write_text(BAD_DAY, encoding="utf-8")
    assert murmur("run", "bad-day.yaml", "--out", "kept", folder=tmp_path).returncode == 0
    return tmp_path


def test_a_run_folder_is_explained_in_a_table(bad_day: Path) -> None:
    """There is a row for the run, for each fault, for none of them, and for each pair, and how to read them."""
    explained = murmur("explain", "kept", "--plot", "costs.png", folder=bad_day)
    assert (explained.returncode, explained.stderr) == (0, "")
    lines = explained.stdout.splitlines()
    assert lines[0] == "bad-day, 3 faults, 8 runs under seed 5"
    assert [line.split("  ")[0] for line in lines[2:7]] == ["nothing", "storm", "split", "off (off)", "all faults"]
    assert "storm and split" in explained.stdout
    assert "without split: partition-cut unknown instead of holds" in lines
    assert "each row is one run, not a distribution; --seeds 20 gives medians with intervals" in lines
    assert lines[-1] == "costs.png"
    assert (bad_day / "costs.png").read_bytes().startswith(b"\x89PNG")


def test_scenario_and_run_have_the_same_explanation(bad_day: Path) -> None:
    """JSON on standard output alone; the scenario, the run folder, and more workers change nothing."""
    of_run, of_file, of_two = (
        murmur("explain", *arguments, "--json", folder=bad_day)
        for arguments in (["kept"], ["bad-day.yaml"], ["kept", "--workers", "2"])
    )
    summary = json.loads(of_run.stdout)
    assert summary == json.loads(of_file.stdout) == json.loads(of_two.stdout)
    assert [row["left_out"] for row in summary["without_one"]] == [["storm"], ["split"], ["off"]]
    assert summary["without_one"][1]["cost"]["converged_at"]["median"] > 0
    assert summary["without_one"][2]["cost"]["messages"]["median"] == 0


def test_seeds_give_intervals_and_progress_is_on_standard_error(bad_day: Path) -> None:
    """Under several seeds there are medians with bounds; progress is shown where it is asked for."""
    explained = murmur("explain", "kept", "--seeds", "6", "--no-pairs", "--progress", folder=bad_day)
    assert explained.returncode == 0
    assert explained.stdout.startswith("bad-day, 3 faults, 30 runs under 6 seeds derived from 5\n")
    (row,) = [line for line in explained.stdout.splitlines() if line.startswith("split ")]
    assert row.count("[") == 3
    assert "left out together" not in explained.stdout
    assert "of 30 runs" in explained.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gossip-ring"], "gossip-ring has no faults to explain; add some to it, or take another run"),
        (["gosip-ring"], "did you mean 'gossip-ring'?"),
        (["runs/missing"], "runs/missing is not there; expected a run folder"),
        (["kept", "--seed", "3"], "found a seed or an override for a run, which has its own"),
        (["kept", "--plot", "costs.pdf"], "expected a file that ends in .png or .svg"),
        (["kept", "--seeds", "0"], "--seeds"),
    ],
)
def test_what_cannot_be_explained_is_refused(arguments: list[str], message: str, bad_day: Path) -> None:
    """Wrong input ends with 2 and one message, without a traceback."""
    refused = murmur("explain", *arguments, folder=bad_day)
    assert refused.returncode == 2
    assert refused.stderr.startswith("murmur: error: ")
    assert message in " ".join(refused.stderr.split())
    assert refused.stdout == ""


def test_metrics_take_the_place_of_messages_in_the_table(bad_day: Path) -> None:
    """Each has a column with its unit, and one of its cost."""
    explained = murmur("explain", "kept", "--metric", "longest_standstill", "--no-pairs", folder=bad_day)
    head, nothing = explained.stdout.splitlines()[1:3]
    assert "longest standstill" in head
    assert "messages" not in head
    assert nothing.rstrip().endswith("s")
