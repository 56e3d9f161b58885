"""Judges and measurements on runs of Raft itself: quiet where it is whole, loud where a safeguard is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analysis.checks import check_run
from analysis.measurements import Measurements
from analysis.metrics import metrics_of
from analysis.raft.safety import SAFETY
from analysis.run_folder import open_run
from analysis.verdict import subject_of
from scenarios.run import Run, run
from tests.small_protocols import MILLISECOND, SECOND

JUDGES = ("raft-safety", *(check.name for check in SAFETY))


def cluster(out: Path | None = None, **changes: Any) -> Run:
    """Five servers for four seconds, with clients; `changes` replace whole fields of the scenario."""
    scenario = {
        "name": "cluster",
        "duration": "4s",
        "topology": {"kind": "mesh", "nodes": 5},
        "network": {"latency": {"kind": "uniform", "low": "1ms", "high": "8ms"}},
        "protocol": {"kind": "raft"},
        "workload": {"kind": "register", "clients": 4, "keys": 2, "rate": "100/s"},
        "checks": [*JUDGES, "leader-elected", "commit-survived-crash", "no-term-inflation"],
        "detail": "all",
    }
    return run(scenario | changes, out)


CRASH = ({"kind": "crash", "at": "2s", "target": "leader", "restart_after": "1s"},)


def verdicts(done: Run) -> dict[str, str]:
    """What each check came to."""
    return {verdict.check: verdict.verdict for verdict in done.verdicts}


def test_raft_that_is_whole_is_safe() -> None:
    """With a leader that crashes every property holds, and what should come about does."""
    assert set(verdicts(cluster(faults=CRASH)).values()) == {"holds"}


def test_a_leader_that_lacks_entries_is_caught() -> None:
    """Without the up-to-date check a leader is elected that lacks committed entries, and others are applied instead."""
    ablated = ["protocol.ablate=[log-up-to-date]", f"checks=[{', '.join(JUDGES)}]"]
    found = (verdicts(run("raft-hunt-elections", seed=seed, overrides=ablated)) for seed in range(20))
    caught = next(each for each in found if each["raft-safety"] == "violated")
    assert caught["leader-completeness"] == caught["state-machine-safety"] == "violated"
    assert caught["election-safety"] == caught["leader-append-only"] == "holds"


def test_pre_vote_keeps_terms_from_running_up() -> None:
    """A server that is cut off begins election after election, unless it asks before whether it can win."""
    alone = ({"kind": "partition", "groups": {"isolate": 3}, "at": "500ms", "heal_after": "3s"},)
    without = cluster(faults=alone)
    with_it = cluster(faults=alone, protocol={"kind": "raft", "pre_vote": True})
    assert verdicts(without)["no-term-inflation"] == "violated"
    assert verdicts(with_it)["no-term-inflation"] == "holds"
    assert with_it.metrics["largest_term"] < without.metrics["largest_term"]  # type: ignore[operator]


def test_a_crash_of_the_leader_in_the_metrics() -> None:
    """Service is gone for about an election, no more; nothing else is, and the recovery is of the crash."""
    metrics = cluster(faults=CRASH).metrics
    assert metrics["leaders_elected"] == 2
    election, majority = metrics["election_time"], metrics["election_time_majority"]
    assert isinstance(election, int)
    assert isinstance(majority, int)
    assert 150 * MILLISECOND < majority <= election < SECOND
    longest, recovery = metrics["longest_unavailability"], metrics["recovery_time_by_fault"]
    assert isinstance(longest, int)
    assert majority - 50 * MILLISECOND < longest < SECOND
    assert isinstance(recovery, dict)
    assert majority < recovery["crash"] < SECOND
    availability = metrics["availability"]
    assert isinstance(availability, float)
    assert 0.75 < availability < 0.96
    quiet = cluster().metrics
    assert quiet["elections"] == quiet["leaders_elected"]
    assert "recovery_time_max" not in quiet


def test_from_disk_as_live(tmp_path: Path) -> None:
    """Metrics and verdicts of a run folder are those of the run while it went on."""
    live = cluster(tmp_path / "run", faults=CRASH)
    folder = open_run(tmp_path / "run")
    simulation = live.simulation
    subject = subject_of(simulation.protocol, simulation.config, 5)
    assert metrics_of(Measurements.of_run(folder, subject)) == live.metrics
    assert check_run(folder, [verdict.check for verdict in live.verdicts], subject) == live.verdicts
