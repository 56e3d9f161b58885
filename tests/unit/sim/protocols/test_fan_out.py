"""Calls that fan out: as slow as the slowest part that is needed, faster with copies, surer with retries."""

from __future__ import annotations

from typing import Any

import pytest

import murmur
from sim.units import MILLISECOND
from topologies.errors import InputError


def called(nodes: int, **protocol: Any) -> dict[str, Any]:
    """The metrics of calls to leaves on all other nodes, each 1 ms away."""
    scenario = {
        "name": "calls",
        "duration": "1h",
        "topology": {"kind": "star", "nodes": nodes},
        "network": {"latency": "1ms"},
        "protocol": {"kind": "fan-out", "calls": 40, **protocol},
    }
    return murmur.run(scenario).metrics


def test_a_call_takes_as_long_as_its_slowest_part() -> None:
    """With every part needed the longest of ten services, with nine of ten the next: less, and one answer is late."""
    spread = {"kind": "uniform", "low": "1ms", "high": "100ms"}
    whole = called(11, service=spread, pause="200ms")
    most = called(11, service=spread, pause="200ms", needed=9)
    assert whole["gather_time_mean"] == pytest.approx((1 + 99 * 10 / 11 + 2) * MILLISECOND, rel=0.05)
    assert most["gather_time_mean"] == pytest.approx((1 + 99 * 9 / 11 + 2) * MILLISECOND, rel=0.05)
    assert (whole["late_answers"], most["late_answers"]) == (0, 40)


def test_copies_and_hedging_cut_the_tail() -> None:
    """A leaf that is slow by chance no longer holds a call up, for a few requests more."""
    service = {"kind": "empirical", "samples": ["1ms", "500ms"], "weights": [9, 1]}
    options = {"service": service, "copies": 2, "pause": "1s", "needed": 10}
    patient, hedged = (called(21, hedge_after=after, **options) for after in ("1h", "10ms"))
    assert patient["gather_time_mean"] > 3 * hedged["gather_time_mean"]
    assert patient["gather_requests"] == 10 < hedged["gather_requests"] < 12
    assert (patient["gathers_hedged"], patient["late_answers"]) == (0, 0)


def test_retries_make_up_for_failures() -> None:
    """Without any a call of two parts fails as often as one of them; with many it hardly ever does."""
    options = {"failures": "50%", "timeout": "20ms"}
    once = called(3, **options)
    again = called(3, **options, retry={"retries": 12, "rest": "1ms"})
    assert once["gathers_complete"] == pytest.approx(0.25, abs=0.2)
    assert (once["gather_attempts"], again["gathers_complete"]) == (1, 1)
    assert again["gather_attempts"] == pytest.approx(4, rel=0.3)


@pytest.mark.parametrize(
    ("nodes", "options", "message"),
    [
        (3, {"copies": 3}, "found 3 copies for 2 leaves"),
        (7, {"copies": 2, "needed": 4}, "have 3 parts"),
        (3, {"retry": {"retries": -1}}, "at least 0"),
    ],
)
def test_calls_that_cannot_be_made_are_refused(nodes: int, options: dict[str, Any], message: str) -> None:
    """The error says how many leaves there are for what."""
    with pytest.raises(InputError, match=message):
        called(nodes, **options)
