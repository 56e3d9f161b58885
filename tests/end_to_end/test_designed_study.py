"""Sampled designs, conditions and rules for stopping, as people give them to `murmur study`."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.command_line.study import _going_on
from scenarios.study.design import design_of
from tests.end_to_end.command import murmur

STUDY = """\
name: designed
scenario: gossip-mesh
set: {topology.nodes: 6, duration: 30s}
sweep: {protocol.exchange: [push, push-pull]}
design:
  kind: latin-hypercube
  points: 2
  factors: {network.loss: {from: 0, to: 20%}}
leave_out: [{protocol.exchange: push, network.loss: {from: 10%}}]
labels: {network.loss: loss}
stop: {metric: converged_at, half_width: 1%, at_least: 6, at_most: 7}
metrics: [messages_per_node]
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a study of three cells, none of which becomes narrow enough."""
    (tmp_path / "designed.yaml").write_text(STUDY)
    return tmp_path


def test_a_designed_study_runs_to_its_cap(place: Path) -> None:
    """The plan tells the fewest and the most runs; the table names units, what each cell took, and the cap."""
    plan = murmur("study", "designed.yaml", "--dry-run", "--no-pilot", folder=place)
    assert plan.stdout.splitlines()[-1] == "3 cells x 6 to 7 seeds: 18 to 21 runs", plan.stderr
    done = murmur("study", "designed.yaml", "--workers", "1", "--out", "here", folder=place)
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[1] == "protocol.exchange loss (%) runs messages per node converged at"
    assert sum(" 7 (cap) " in line for line in lines) == 3
    assert any(
        line.startswith("stopped where half the interval of the median of converged at was at") for line in lines
    )
    assert "3 cells stopped at the cap of 7 runs with a wider interval" in lines
    fewer = murmur("study", "designed.yaml", "--seeds", "2", "--out", "here", "--resume", folder=place)
    assert fewer.returncode == 2
    assert "holds runs of 7 seeds already, more than the 2 that are asked for" in fewer.stderr


def test_the_command_that_goes_on_keeps_the_rule(place: Path) -> None:
    """A study that stops by its rule goes on by it; with a number of seeds that number is part of the command."""
    file = place / "designed.yaml"
    assert _going_on("designed.yaml", design_of(file), (), Path("here"), []) == (
        "murmur study designed.yaml --seed 0 --out here --resume"
    )
    assert "--seeds 9" in _going_on("designed.yaml", design_of(file, seeds=9), (), Path("here"), [])


def test_mistakes_end_with_two_and_their_line(place: Path) -> None:
    """A condition without a cell, and points that Sobol's sequence does not have, are told by file and line."""
    text = (place / "designed.yaml").read_text()
    (place / "wrong.yaml").write_text(text.replace("kind: latin-hypercube\n  points: 2", "kind: sobol\n  points: 3"))
    done = murmur("study", "wrong.yaml", "--dry-run", folder=place)
    assert done.returncode == 2
    assert "wrong.yaml:7: design.points: found 3; expected a power of two" in done.stderr
    assert "Traceback" not in done.stderr
