"""Signatures: equal for the same kind of violation, different for another."""

from __future__ import annotations

import pytest

from analysis.manifest import RunVerdict
from scenarios.violation import masked, signature_of, violations


def verdict(reason: str, *kinds: str, check: str = "liveness", result: str = "violated") -> RunVerdict:
    """A verdict whose evidence has these kinds."""
    evidence = tuple({"kind": kind, "time": number} for number, kind in enumerate(kinds))
    return RunVerdict.model_validate({"check": check, "verdict": result, "reason": reason, "evidence": evidence})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("not converged within 2s of healing the core", "not converged within 150ms of healing the core"),
        ("the sum was 1.5 and is 1e-07", "the sum was 3 and is -17.25"),
        ("it waited for node 1 to have k1, node 2 to have k1", "it waited for node 7 to have k31"),
        ("12.5 % of the nodes", "7 % of the nodes"),
        ("node 1 took 'k3' (2 times in all)", "node 12 took 'k40' (17 times in all)"),
    ],
)
def test_numbers_do_not_tell_violations_apart(one: str, other: str) -> None:
    """Two reasons that differ in numbers, units or the length of a list are the same."""
    assert masked(one) == masked(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (verdict("late", "liveness"), verdict("never", "liveness")),
        (verdict("late", "liveness"), verdict("late", "liveness", "informed")),
        (verdict("late", check="converged"), verdict("late", check="liveness")),
    ],
)
def test_reason_evidence_and_check_tell_violations_apart(one: RunVerdict, other: RunVerdict) -> None:
    """Another reason, other kinds of evidence or another check is another violation."""
    assert signature_of(one) != signature_of(other)


def test_neither_number_nor_order_of_evidence_matters() -> None:
    """How often a kind of record is shown, and in which order, makes no other violation."""
    assert signature_of(verdict("x", "a", "b", "a")) == signature_of(verdict("x", "b", "a"))


def test_only_violated_checks_have_a_signature() -> None:
    """Checks that hold or are unknown are left out; the others come in the order of the checks."""
    verdicts = [verdict("x", check="two"), verdict("y", result="holds"), verdict("z", check="one")]
    assert [signature.check for signature in violations(verdicts)] == ["two", "one"]
