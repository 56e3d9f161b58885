"""`murmur compare` on studies that were run: a protocol that was made slower is caught, an equal one passes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import murmur
from tests.end_to_end.command import murmur as command

STUDY: dict[str, Any] = {
    "name": "small",
    "scenario": "gossip-ring",
    "sweep": {"topology.nodes": [4, 6]},
    "seeds": 10,
    "metrics": ["converged_at", "messages_per_node"],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three studies: one, one with a longer period, and one that loses messages and ends early."""
    place = tmp_path_factory.mktemp("studies")
    for name, changed in (
        ("before", {}),
        ("slower", {"protocol.period": "1100ms"}),
        ("lossy", {"network.loss": "60%", "duration": "9s"}),
    ):
        murmur.study(STUDY | {"set": changed}, out=place / name, workers=1)
    return place


def test_a_longer_period_fails_the_pipeline_and_the_same_runs_pass(folder: Path) -> None:
    """Gossip with a period that is a tenth longer ends with 1, seed by seed; itself, run by another version, with 0."""
    done = command("compare", "before", "slower", "--worse-by", "5%", folder=folder)
    assert done.returncode == 1
    assert "paired by seed" in done.stdout
    assert "worse by more than 5 %: converged_at of 4, converged_at of 6" in done.stdout
    assert command("compare", "before", "slower", "--worse-by", "15%", folder=folder).returncode == 0
    shutil.copytree(folder / "before", folder / "again", dirs_exist_ok=True)
    manifest = json.loads((folder / "again" / "study.json").read_text(encoding="utf-8"))
    manifest["murmur"] = "0.0.9"
    (folder / "again" / "study.json").write_text(json.dumps(manifest), encoding="utf-8")
    done = command("compare", "before", "again", "--worse-by", "0%", folder=folder)
    assert done.returncode == 0
    assert "the runs are the same to the bit in 4, 6" in done.stdout


def test_loss_that_keeps_runs_from_ending_is_caught(folder: Path) -> None:
    """Where runs do not converge any more while they last, their check says so, and their times are cut off alike."""
    done = command("compare", "before", "lossy", "--json", folder=folder)
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    worse = {(row["name"], row["cell"]) for row in found["rows"] if row["verdict"] == "worse"}
    assert {("converged", "6"), ("converged_at", "6")} <= worse
    (cut,) = [row for row in found["rows"] if (row["name"], row["cell"]) == ("converged_at", "6")]
    assert (cut["until"], cut["order"]["test"]) == (9_000_000_000, "sign")


def test_cells_of_one_study_can_be_compared(folder: Path) -> None:
    """Two cells of a study are two systems under the same chance; the median is compared where that is asked for."""
    found = murmur.compare(
        folder / "before", folder / "before", pairs={"4": "6"}, metrics=["messages_per_node"], statistic="median"
    )
    (row,) = [row for row in found.rows if row.change.sort == "metric"]
    assert (row.change.cell, row.verdict, row.change.pairs) == ("4 → 6", "worse", 10)
    assert "paired" not in repr(found)
    done = command("compare", "before", "before", "--pair", "4=6", "--metric", "messages_per_node", folder=folder)
    assert (done.returncode, "4 → 6" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--metric", "mesages"], "did you mean"),
        (["--metric", "availability"], "no run of either study, or of one of them, has a value of availability"),
        (["--worse-by", "much"], "found the bound 'much'; expected a part such as 5%"),
        (["--worse-by", "-5%"], "expected a part such as 5%"),
        (["--pair", "4"], "expected a cell of either study"),
        (["--pair", "4=5"], "found the cell '5'; those of before are 4, 6"),
        (["--cell", "ring"], "found the cell 'ring'"),
    ],
)
def test_what_cannot_be_compared_is_said(folder: Path, options: list[str], message: str) -> None:
    """Wrong options end with 2 and one message that says what was expected."""
    done = command("compare", "before", "before", *options, folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_is_no_study_is_refused(folder: Path) -> None:
    """A run is no study, and neither is what is not there."""
    done = command("compare", "before", "nowhere", folder=folder)
    assert done.returncode == 2
    assert "found no study.json" in done.stderr
