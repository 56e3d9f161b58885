"""Runs that stop when a swarm has converged: what changes without records is looked at all the same."""

from __future__ import annotations

from pathlib import Path

import murmur

QUIET = """
name: quiet
duration: 100s
topology: {{kind: ring, nodes: 6}}
protocol:
  kind: kuramoto
  strength: 0
  snapshot: 50s
  phases: {{kind: aligned}}
  goal: {{coherence: {aim}, dwell: 2s}}
stop_when: converged
"""


def ended(tmp_path: Path, aim: float) -> tuple[str, int, int | None]:
    """How and when a swarm in step that aims at this coherence ends, and since when it is converged."""
    path = tmp_path / "quiet.yaml"
    path.write_text(QUIET.format(aim=aim))
    summary = murmur.run(path, out=tmp_path / "run").summary
    return summary["ended_by"], summary["ended_ns"], summary["metrics"]["converged_at"]


def test_a_run_stops_at_the_look_that_ends_the_dwell(tmp_path: Path) -> None:
    """Between two records 50 s apart, a swarm that is in step from the start has converged after the dwell of 2 s."""
    assert ended(tmp_path, 1.0) == ("converged", 2_050_000_000, 50_000_000)


def test_a_run_that_does_not_get_there_lasts_its_duration(tmp_path: Path) -> None:
    """A swarm in step that is to spread out never does without coupling."""
    assert ended(tmp_path, 0.0) == ("duration", 100_000_000_000, None)
