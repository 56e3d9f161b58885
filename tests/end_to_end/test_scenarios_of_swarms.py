"""The built-in scenarios of swarms show what their descriptions say."""

from __future__ import annotations

from typing import Any

import pytest

import murmur

SECOND = 1_000_000_000


def metrics(name: str, *overrides: str) -> dict[str, Any]:
    """The metrics of a run."""
    return dict(murmur.run(name, overrides=list(overrides)).metrics)


def test_a_swarm_gets_over_what_befalls_it() -> None:
    """Disrupted or crashed agents make it lose coherence, and it is back within two seconds of each."""
    found = metrics("attractor-swarm")
    assert found["convergence_losses"] == 2
    assert found["swarm_recovery_max"] < 2 * SECOND


def test_a_ring_stays_twisted_while_its_agents_believe_otherwise() -> None:
    """Order in every neighbourhood, none in the whole, and beliefs that are wrong nearly always."""
    found = metrics("attractor-ring")
    assert found["converged_at"] is None
    assert found["local_coherence"] > 0.95
    assert found["coherence"] < 0.05
    assert found["believed_too_early"] > 0.9


def test_liars_drag_the_mean_along_and_not_the_median() -> None:
    """The period stays that of the honest by the median; by the mean it is off by several per cent."""
    by_median, by_mean = (
        metrics("attractor-liars", f"protocol.strategy.kind={kind}")["goal_period_distance"]
        for kind in ("consensus-phase", "attract")
    )
    assert by_mean > 3 * by_median
    assert by_mean > 0.02 * SECOND


def test_saving_energy_spends_less_and_recovers_as_well() -> None:
    """Beside attraction from the same stores it spends a fraction, and comes back as soon from what befalls it."""
    saving, attracting = (
        metrics("attractor-energy", "duration=3s", "faults=[]", f"protocol.strategy={{kind: {kind}}}")["energy_spent"]
        for kind in ("energy-saving", "attract")
    )
    assert saving < 0.4 * attracting
    assert metrics("attractor-energy")["swarm_recovery_max"] < SECOND


@pytest.mark.parametrize("aim", [0.3, 0.7])
def test_an_arc_is_kept_over_crashes(aim: float) -> None:
    """The goal is reached before and after a quarter of the agents crash, in a network of small neighbourhoods."""
    found = metrics("attractor-arc", f"protocol.goal.coherence={aim}")
    assert found["converged_at"] is not None
    assert found["coherence"] == pytest.approx(aim, abs=0.1)


def test_those_who_are_left_close_the_gaps() -> None:
    """Twelve agents, eight, and twelve again are evenly spaced in the end."""
    assert metrics("attractor-desync")["gap_error"] < 0.02
