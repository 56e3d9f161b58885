"""Conditions that are to be kept: how they are read, what they mean, and how wrong ones are refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from scenarios.shrink.wanted import Threshold, threshold
from topologies.errors import InputError


def a_run(**metrics: Any) -> Any:
    """What a condition looks at in a run."""
    faults = [{"id": "crash@1.5s", "strikes": 1, "touched": 7, "first_ns": 1_500_000_000, "last_healed_ns": None}]
    return SimpleNamespace(metrics=metrics, faults=faults)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("converged_at > 5s", Threshold("converged_at", ">", 5_000_000_000, "ns")),
        ("converged_at>=150ms", Threshold("converged_at", ">=", 150_000_000, "ns")),
        ("  converged_at = never ", Threshold("converged_at", "=", None, "ns")),
        ("residue >= 12.5%", Threshold("residue", ">=", 0.125, "share")),
        ("residue < .5", Threshold("residue", "<", 0.5, "share")),
        ("messages != 12", Threshold("messages", "!=", 12, "messages")),
        ("dropped_by_cause.crashed <= 3", Threshold("dropped_by_cause.crashed", "<=", 3, "messages")),
        ("faults.crash@1.5s.touched > 3", Threshold("faults.crash@1.5s.touched", ">", 3, "")),
        ("faults.crash@1.5s.first_ns < 2s", Threshold("faults.crash@1.5s.first_ns", "<", 2_000_000_000, "ns")),
    ],
)
def test_conditions_are_read(text: str, expected: Threshold) -> None:
    """A metric or a number of a fault, a sign and a value in its unit; what is read is written as it was meant."""
    assert threshold(text) == expected
    assert threshold(str(expected)) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found ''; expected a metric, one of > >= < <= = != and a value"),
        ("converged_at", "expected a metric, one of"),
        ("converged_at > ", "expected a metric, one of"),
        ("converged_at > 5s > 6s", "which is no metric"),
        ("converged_at => 5s", "expected a metric, one of"),
        ("converged_at > 5", "which has no unit"),
        ("converged_at > -5s", "which is negative"),
        ("convergd_at > 5s", "which is no metric; did you mean 'converged_at'?"),
        ("messages > many", "found 'many'; expected a number, or never"),
        ("messages > 5s", "found '5s'; expected a number, or never"),
        ("messages > nan", "found 'nan'; expected a number, or never"),
        ("converged_at > never", "never is no number: compare with = or !="),
        ("faults.touched > 3", "expected faults.ID.NUMBER"),
        ("faults.crash-1.tuched > 3", "did you mean 'touched'?"),
    ],
)
def test_wrong_conditions_are_refused(text: str, message: str) -> None:
    """What is no condition is told with what was expected."""
    with pytest.raises(InputError) as refused:
        threshold(text)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("text", "metrics", "shown"),
    [
        ("converged_at > 5s", {"converged_at": 5_000_000_001}, True),
        ("converged_at > 5s", {"converged_at": 5_000_000_000}, False),
        ("converged_at >= 5s", {"converged_at": 5_000_000_000}, True),
        ("converged_at > 5s", {"converged_at": None}, False),
        ("converged_at < 5s", {"converged_at": None}, False),
        ("converged_at != 5s", {"converged_at": None}, False),
        ("converged_at = never", {"converged_at": None}, True),
        ("converged_at = never", {"converged_at": 0}, False),
        ("converged_at != never", {"converged_at": 0}, True),
        ("converged_at != never", {"converged_at": None}, False),
        ("dropped_by_cause.crashed = 2", {"dropped_by_cause": {"crashed": 2}}, True),
        ("dropped_by_cause.crashed = 0", {"dropped_by_cause": {}}, True),
        ("faults.crash@1.5s.touched > 6", {}, True),
        ("faults.crash@1.5s.last_healed_ns = never", {}, True),
        ("faults.gone.touched < 6", {}, False),
    ],
)
def test_conditions_mean_what_they_say(text: str, metrics: dict[str, Any], shown: bool) -> None:
    """A number that is not there passes no threshold, and is never."""
    assert threshold(text).shown_by(a_run(**metrics)) is shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("opinions.red > 3", "opinions has no meaning for this run; it has converged_at, dropped_by_cause"),
        ("dropped_by_cause > 3", "dropped_by_cause is several numbers; name one: dropped_by_cause.crashed"),
        ("converged_at.x > 3s", "converged_at is a single number and has no 'x'; ask for converged_at"),
        ("faults.crash@1s.touched > 3", "the run has no fault called 'crash@1s'; did you mean 'crash@1.5s'?"),
    ],
)
def test_conditions_without_meaning_for_a_run_are_refused(text: str, message: str) -> None:
    """What a run does not measure, or a fault that it does not have, is told, and not taken for never."""
    with pytest.raises(InputError) as refused:
        threshold(text).judge(a_run(converged_at=None, dropped_by_cause={"crashed": 2}))
    assert message in str(refused.value)
