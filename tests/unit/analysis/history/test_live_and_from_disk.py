"""Histories of real runs are judged the same while they happen and from their folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import murmur
from analysis.checks import check_run
from analysis.run_folder import open_run
from analysis.verdict import Subject

REGISTER = {"kind": "register", "clients": 4, "keys": 3, "writes": {"put": 2, "append": 1, "cas": 1}}
BANK = {"kind": "bank", "clients": 4, "accounts": 4}
CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "key-value": (REGISTER, ["linearizable", "sequentially-consistent", "causally-consistent"]),
    "bank": (BANK, ["linearizable", "sequentially-consistent", "conserved-total"]),
}


def scenario(machine: str, **fields: Any) -> dict[str, Any]:
    """Raft with clients whose leader is cut off for a while."""
    workload, checks = CASES[machine]
    return {
        "name": "store",
        "duration": "4s",
        "topology": {"kind": "mesh", "nodes": 3},
        "protocol": {"kind": "raft", "state_machine": machine},
        "workload": {"rate": "150/s", "timeout": "400ms", **workload},
        "faults": [{"kind": "partition", "groups": {"isolate": 0}, "at": "1s", "heal_after": "1s"}],
        "checks": checks,
        **fields,
    }


@pytest.mark.parametrize("machine", CASES)
def test_verdicts_are_the_same_from_disk(machine: str, tmp_path: Path) -> None:
    """Every check of histories holds for Raft, with some operations unknown, and says the same of the folder."""
    run = murmur.run(scenario(machine), tmp_path / "run")
    assert {each.verdict for each in run.verdicts} == {"holds"}
    folder = open_run(tmp_path / "run")
    outcomes = {record.fields["outcome"] for record in folder.records({"completed"})}
    assert "ok" in outcomes
    assert check_run(folder, CASES[machine][1], Subject(None, 3, machine)) == run.verdicts


@pytest.mark.parametrize(("machine", "check"), [("bank", "causally-consistent"), ("key-value", "conserved-total")])
def test_checks_without_meaning_are_refused(machine: str, check: str) -> None:
    """A check of keys is refused for a bank, and one of balances for keys."""
    with pytest.raises(murmur.InputError, match="has no meaning"):
        murmur.run(scenario(machine, checks=[check]))


def test_checks_of_histories_need_clients() -> None:
    """A protocol that serves no clients has no history."""
    with pytest.raises(murmur.InputError, match="has no meaning"):
        murmur.run(murmur.load("averaging").model_copy(update={"checks": ("linearizable",)}))
