"""Registers under quorums: what is stored where, what is asked of whom, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from sim.protocols.quorum.versioned_store import KEY
from topologies.errors import InputError

CALM: dict[str, Any] = {
    "name": "calm",
    "duration": "2s",
    "topology": {"kind": "mesh", "nodes": 5},
    "network": {"latency": "2ms"},
    "protocol": {"kind": "quorum"},
    "workload": {"kind": "register", "clients": 3, "keys": 2, "rate": "40/s", "until": "1500ms"},
    "checks": ["linearizable"],
}


def calm(**protocol: Any) -> dict[str, Any]:
    """The scenario without faults, with these options."""
    return {**CALM, "protocol": {"kind": "quorum", **protocol}}


def judged(scenario: dict[str, Any], changes: dict[str, Any] | None = None) -> str:
    """What the judge of linearizability says."""
    return murmur.run(scenario, overrides=changes).verdicts[0].verdict


@pytest.mark.parametrize(("reads", "writes"), [(None, None), (1, 5), (5, 1), (2, 4)])
def test_every_write_is_held_by_its_quorum(reads: int | None, writes: int | None) -> None:
    """The latest version of each key is on W disks at least, and reads of R replicas saw every write in its turn."""
    run = murmur.run(calm(read_quorum=reads, write_quorum=writes))
    assert run.verdicts[0].verdict == "holds"
    disks = [node.storage for node in run.simulation.nodes]
    for key in ("k0", "k1"):
        versions = [disk.get(f"{KEY}{key}", ((0, -1, -1), None))[0] for disk in disks]
        assert versions.count(max(versions)) >= (writes or 3)
        assert max(versions)[0] > 5


def test_hedging_asks_only_those_who_are_needed() -> None:
    """Without faults three of five are asked, and all five where nothing is hedged; the answers are the same."""
    every, few = (murmur.run(calm(**options)).metrics for options in ({}, {"hedge_after": "50ms"}))
    assert (every["gather_requests"], few["gather_requests"]) == (5, 3)
    assert (every["gathers_complete"], few["gathers_complete"]) == (1, 1)
    assert every["late_answers"] > 0
    assert (few["late_answers"], few["gathers_hedged"]) == (0, 0)


def test_records_say_who_answered() -> None:
    """Each round names a majority, of different nodes, the coordinator's own replica first, which is the nearest."""
    rows: list[Any] = []
    murmur.run(calm(), observers=[lambda simulation: rows.append(simulation.keep_records())])
    rounds = [row for row in rows[0] if row.kind == "gathered"]
    assert {row.fields["step"] for row in rounds} >= {"read", "begin", "write"}
    assert all(len(set(row.fields["who"])) == row.fields["answers"] == 3 for row in rounds)
    assert all(row.fields["who"][0] == row.node for row in rounds)


def test_without_a_quorum_nothing_is_answered() -> None:
    """With three of five down reads are refused and writes stay unknown; with two down all is served."""
    for down, served in (([1, 2], True), ([1, 2, 3], False)):
        faults = [{"kind": "crash", "target": down, "at": 0}]
        ends = {"timeout": "100ms", "retry_after": "300ms", "retry_delay": "10ms"}
        run = murmur.run({**calm(timeout="20ms"), "workload": {**CALM["workload"], **ends}, "faults": faults})
        assert bool(run.metrics["operations_completed"]) == served
        assert run.verdicts[0].verdict == ("holds" if served else "unknown")


BUSY: dict[str, Any] = {
    **CALM,
    "network": {"latency": {"kind": "exponential", "mean": "20ms"}},
    "workload": {"kind": "register", "clients": 12, "keys": 1, "rate": "80/s", "until": "1500ms", "retry_after": "5s"},
}
TRYING: dict[str, dict[str, Any]] = {
    "quorum-intersection": {"faults": [{"kind": "partition", "groups": [[0, 1], [2, 3, 4]], "at": "200ms"}]},
    "write-back": {"protocol.read_quorum": 1, "protocol.write_quorum": 5, "workload.reads": 0.9},
    "attempt-marks": {"workload.retry_after": "60ms", "workload.rate": "50/s", "workload.reads": 0.7},
}
"""What tries each safeguard most: two halves, reads in the middle of writes, clients that are impatient."""


@pytest.mark.parametrize("ablation", TRYING)
def test_each_safeguard_is_needed(ablation: str) -> None:
    """Without it what clients see is not linearizable for some of a few seeds, and with it for all."""
    whole, lacking = set(), set()
    for seed in range(6):
        changes = {**TRYING[ablation], "seed": seed}
        whole.add(judged(BUSY, changes))
        lacking.add(judged(BUSY, {**changes, "protocol.ablate": [ablation]}))
        if "violated" in lacking:
            break
    assert whole == {"holds"}
    assert "violated" in lacking


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"protocol.read_quorum": 6}, "found 6 of 5 replicas"),
        ({"protocol.ablate": ["write-back", "write-back"]}, "a second time"),
        ({"workload.writes": {"append": 1}}, "found append, which quorum cannot carry out"),
        ({"workload.writes": {"put": 1, "cas": 1}}, "found cas, which quorum cannot carry out"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any], message: str) -> None:
    """The error says what was found, and what to do."""
    with pytest.raises(InputError, match=message):
        murmur.run(CALM, overrides=changes)
