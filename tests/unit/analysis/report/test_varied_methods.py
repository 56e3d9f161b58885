"""What the methods of a study say of its scenarios: what they share, and what was varied."""

from typing import Any

from analysis.report.varied_methods import sentences_of_scenarios, shared

BASE: dict[str, Any] = {
    "protocol": {"kind": "gossip", "fanout": 2, "period": "1s"},
    "topology": {"kind": "mesh", "nodes": 9},
    "network": {"latency": {"kind": "constant", "value": "5ms"}, "loss": {"kind": "independent", "probability": 0.1}},
    "workload": None,
    "duration": "10s",
    "stop_when": None,
    "checks": ["converged"],
}


def test_what_all_cells_share_is_told_of_each_block() -> None:
    """A block in which nothing varies has its sentence, and one that varies has what was varied and what was not."""
    other = {**BASE, "protocol": {**BASE["protocol"], "fanout": 3}, "workload": {"kind": "rumour"}}
    told = " ".join(sentences_of_scenarios([BASE, other]))
    assert "The protocol differed in fanout (2 and 3); common to all cells: gossip (period 1s)." in told
    assert "Their topology was mesh (nodes 9)." in told
    assert "Links had latency constant (value 5ms); loss 10 %." in told
    assert "The workload differed between cells." in told
    assert "A run lasted 10s of simulated time. Each run was checked for converged." in told


def test_kinds_that_differ_are_named_and_no_common_network_is_no_claim() -> None:
    """Of fields that one kind alone has, none is told as common; a loss that varies is not told to be none."""
    raft = {**BASE, "protocol": {"kind": "raft", "timeout": "150ms", "period": "1s"}, "duration": "20s"}
    lossless = {**BASE["network"], "latency": None, "loss": {"kind": "independent", "probability": 0.0}}
    told = " ".join(sentences_of_scenarios([BASE, {**raft, "network": lossless}]))
    assert "The protocol differed in kind (gossip and raft); common to all cells: period 1s." in told
    assert "The simulated time of a run differed between cells (10s and 20s)." in told
    assert "no delay and no loss" not in told
    assert "A run lasted" not in told


def test_what_values_share_is_found_at_any_depth() -> None:
    """Fields that differ, or that one of them lacks, are left out, with mappings that hold nothing else."""
    assert shared([{"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 1, "c": 4}}]) == {"a": {"b": 1}}
    assert shared([{"a": {"b": 1}}, {"a": {"b": 2}}]) is None
    assert shared([5, 5]) == 5
