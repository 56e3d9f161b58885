"""What rows of runs say was found: equal violations together, rates with honest intervals, extremes in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.command_line.hunt_report import per_thousand
from scenarios.execution.parts import table_of
from scenarios.execution.row import ABOUT_THE_RUN, Row
from scenarios.hunting.extremes import BATCH, at_the_ends, extremes_in
from scenarios.hunting.finding import ERROR, findings_in
from scenarios.hunting.rate import rate_of
from scenarios.hunting.result import Hunt
from scenarios.schema import scenario_of

SCENARIO = scenario_of(
    {"name": "a", "duration": "1s", "topology": {"kind": "mesh", "nodes": 2}, "protocol": {"kind": "gossip"}}
)


def row(number: int, verdict: str = "holds", reason: str = "", evidence: str = "", **others: str | float) -> Row:
    """A row with the verdict of one check."""
    known: Row = {"number": number, "seed": 1000 + number, "digest": "", "check.safe": verdict}
    told: Row = {} if verdict == "holds" else {"reason.safe": reason, "evidence.safe": evidence}
    return dict.fromkeys(ABOUT_THE_RUN) | known | told | others


def hunt_of(*rows: Row) -> Hunt:
    """A hunt that came to these rows."""
    return Hunt(SCENARIO, table_of(list(rows)), keep=2)


def test_equal_violations_are_one_finding() -> None:
    """Violations that differ in numbers only are together; another kind of evidence or reason is another finding."""
    rows = [
        row(0),
        row(1, "violated", "node 3 lost 17 items at 1.5s", "lost"),
        row(2, "violated", "node 12 lost 1 items at 20ms", "lost"),
        row(3, "violated", "node 12 lost 1 items at 20ms", "lost told"),
        row(4, "unknown", "nothing happened"),
        row(5, "violated", "node 12 gave 1 items back", "lost"),
    ]
    findings = findings_in(rows)
    assert [finding.numbers for finding in findings] == [(1, 2), (3,), (5,)]
    assert findings[0].seeds == (1001, 1002)
    assert findings[0].reason == "node 3 lost 17 items at 1.5s"
    assert (findings[0].rate.found, findings[0].rate.runs) == (2, 6)


def test_errors_are_findings() -> None:
    """A run that ended in an error is found as such, and counts as a run."""
    failed: Row = {**row(1), "error": "ValueError: node 7"}
    del failed["check.safe"]
    hunted = hunt_of(row(0), failed)
    assert [finding.check for finding in hunted.findings] == [ERROR]
    assert (hunted.failed, hunted.rate.found, hunted.rate.runs, hunted.first) == (1, 1, 2, 2)
    assert hunted.exit_code == 1
    assert hunted.verdicts == {"safe": {"holds": 1}}


@pytest.mark.parametrize(
    ("verdicts", "code"), [(["holds", "holds"], 0), (["holds", "unknown"], 3), (["unknown", "violated"], 1)]
)
def test_exit_codes_are_those_of_the_worst_run(verdicts: list[str], code: int) -> None:
    """One violation outweighs all else, one unknown all that holds."""
    assert hunt_of(*(row(number, verdict) for number, verdict in enumerate(verdicts))).exit_code == code


def test_a_run_that_violates_two_checks_is_found_once() -> None:
    """Findings count each check, the rate of the hunt counts runs."""
    twice = row(0, "violated", "a") | {"check.live": "violated", "reason.live": "b", "evidence.live": ""}
    hunted = hunt_of(twice, row(1))
    assert len(hunted.findings) == 2
    assert hunted.rate.found == 1
    assert hunted.summary["runs_until_found"] == 1


@pytest.mark.parametrize(
    ("found", "runs", "low", "high"),
    [
        (1, 10, 0.002529, 0.445016),
        (10, 100, 0.049005, 0.176223),
        (0, 100, 0.0, 1 - 0.05 ** (1 / 100)),
        (5, 5, 0.025 ** (1 / 5), 1.0),
    ],
)
def test_intervals_are_those_of_clopper_and_pearson(found: int, runs: int, low: float, high: float) -> None:
    """Bounds are the tabulated ones, one-sided where nothing was found."""
    rate = rate_of(found, runs)
    assert rate.low == pytest.approx(low, abs=1e-5)
    assert rate.high == pytest.approx(high, abs=1e-5)


@given(st.integers(0, 400), st.integers(1, 400))
def test_intervals_hold_the_share(found: int, more: int) -> None:
    """The share that was seen lies within its interval, which is not empty and within 0 and 1."""
    rate = rate_of(found, found + more)
    assert 0 <= rate.low <= rate.share < rate.high <= 1


def test_no_runs_say_nothing() -> None:
    """Without a run everything is possible."""
    assert (rate_of(0, 0).low, rate_of(0, 0).high, rate_of(0, 0).share) == (0.0, 1.0, 0.0)


def test_extremes_are_the_largest_first() -> None:
    """The slowest and the most expensive come in order, the earlier first where equal, and no run without a value."""
    rows = [
        row(0, **{"metric.messages": 5}),
        row(1, **{"metric.messages": 9}),
        row(2, **{"metric.messages": 9}),
        row(3),
    ]
    (expensive,) = extremes_in(rows, 2)
    assert (expensive.name, expensive.metric) == ("most expensive", "messages")
    assert expensive.numbers == (1, 2)
    assert expensive.values == (9, 9)
    spread = [row(number, **{"metric.messages": number % 777}) for number in range(BATCH + 100)]
    assert extremes_in(at_the_ends(spread, 4), 4) == extremes_in(spread, 4)
    slow, _ = extremes_in([*rows, row(4, **{"metric.converged_at": 7.0})], 2)
    assert (slow.name, slow.numbers) == ("slowest", (4,))


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0"), (0.0000123, "0.0123"), (0.0487, "48.7"), (0.0999999, "100"), (0.4567, "457"), (1.0, "1,000")],
)
def test_rates_are_written_out(share: float, text: str) -> None:
    """Three digits, and never a power of ten."""
    assert per_thousand(share) == text
