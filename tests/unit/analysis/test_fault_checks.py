"""Checks on what faults came to: each holds where faults did something, and is violated where they did not."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from analysis.manifest import RunVerdict
from scenarios.run import Run

SPLIT = {"kind": "partition", "groups": {"halves": True}, "at": "1s", "heal_after": "5s"}
STORM = {"kind": "loss", "name": "storm", "probability": 0.5, "at": "1s", "heal_after": "5s"}


def run(check: str, *faults: dict[str, Any], **fields: Any) -> Run:
    """A run of a small gossip under faults, with one check."""
    return murmur.run(
        {
            "name": "small",
            "duration": "10s",
            "topology": {"kind": "mesh", "nodes": 6},
            "protocol": {"kind": "gossip", "spread": "anti-entropy"},
            "workload": {"kind": "rumour"},
            "faults": list(faults),
            "checks": [check],
            **fields,
        }
    )


def judge(check: str, *faults: dict[str, Any], **fields: Any) -> RunVerdict:
    """The verdict of that check."""
    (verdict,) = run(check, *faults, **fields).verdicts
    assert verdict.check == check
    return verdict


@pytest.mark.parametrize("check", ["faults-fired", "faults-touched", "partition-cut"])
def test_faults_that_did_something_are_proven(check: str) -> None:
    """Where a partition and a loss both struck and touched messages, each check holds."""
    assert judge(check, SPLIT, STORM).verdict == "holds"


@pytest.mark.parametrize("check", ["faults-fired", "faults-touched", "partition-cut"])
def test_nothing_is_known_where_there_is_no_fault(check: str) -> None:
    """A run without faults, and one whose faults are all off, says nothing of them."""
    assert judge(check).verdict == "unknown"
    assert judge(check, STORM | {"probability": 0}).verdict == "unknown"


def test_a_fault_that_waits_for_what_never_comes_is_found() -> None:
    """A fault that waits for a record which never comes has never fired, and is named."""
    waiting = STORM | {"when": {"after": "disk-lost"}}
    del waiting["at"]
    verdict = judge("faults-fired", waiting, SPLIT)
    assert (verdict.verdict, verdict.reason) == ("violated", "1 of 2 faults never fired: storm")
    assert [record["fields"]["id"] for record in verdict.evidence] == ["storm"]
    assert judge("faults-touched", waiting, SPLIT).verdict == "violated"


def test_a_fault_that_is_off_does_not_count() -> None:
    """What is off by its options is not asked to fire, beside a fault that does."""
    assert judge("faults-fired", STORM | {"probability": 0}, SPLIT).verdict == "holds"
    assert judge("faults-touched", STORM | {"probability": 0}, SPLIT).verdict == "holds"


def test_a_fault_that_touches_nothing_is_found() -> None:
    """Loss on a link that carries nothing fires, but touches nothing."""
    idle = STORM | {"messages": ["Digest"], "at": "9999ms"}
    assert judge("faults-fired", idle, SPLIT).verdict == "holds"
    verdict = judge("faults-touched", idle, SPLIT)
    assert (verdict.verdict, verdict.reason) == ("violated", "1 of 2 faults touched nothing: storm")


def test_a_partition_between_messages_cut_nothing() -> None:
    """A partition of a nanosecond in which no message is under way has cut nothing; neither has one never begun."""
    brief = SPLIT | {"at": "1ns", "heal_after": "1ns"}
    verdict = judge("partition-cut", brief, STORM)
    assert (verdict.verdict, verdict.reason) == ("violated", "no message met a partition")
    assert judge("partition-cut", brief, SPLIT).verdict == "holds"


def test_what_ends_a_fault_needs_to_touch_no_message() -> None:
    """A heal that healed something did something; a heal that came too late did not."""
    split = SPLIT | {"name": "split", "heal_after": "2s"}
    on_time = {"kind": "heal", "name": "split", "at": "2s"}
    assert judge("faults-touched", split, on_time).verdict == "holds"
    assert judge("faults-touched", split, on_time | {"at": "5s"}).verdict == "violated"


def test_a_run_on_disk_is_judged_the_same(tmp_path: Any) -> None:
    """The records of a run folder lead to the verdicts of the run itself."""
    from analysis.checks import check_run
    from analysis.run_folder import open_run

    names = ["faults-fired", "faults-touched", "partition-cut"]
    live = murmur.run(run("faults-fired", SPLIT, STORM).scenario.model_copy(update={"checks": tuple(names)}), tmp_path)
    assert check_run(open_run(live.folder), names, None) == live.verdicts
