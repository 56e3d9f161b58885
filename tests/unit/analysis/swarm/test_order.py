"""Measures of order among phases: exact values of states that are known, and what must not change them."""

from __future__ import annotations

from math import log, pi, sqrt, tau

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.swarm import order
from analysis.swarm.neighborhoods import Neighborhoods
from topologies.registry import build

PHASES = st.lists(st.floats(0, tau, exclude_max=True), min_size=1, max_size=30).map(np.array)


def even(number: int, turns: int = 1) -> NDArray[np.float64]:
    """Phases that make so many turns in equal steps."""
    return np.mod(tau * turns * np.arange(number) / number, tau)


@pytest.mark.parametrize("number", [2, 3, 8, 36, 1000])
def test_evenly_spread_phases_have_no_coherence(number: int) -> None:
    """The order parameter of evenly spaced phases is 0, of any order that the number does not divide, and else 1."""
    assert order.coherence(even(number)) == pytest.approx(0, abs=1e-12)
    assert order.coherence(even(number), number) == pytest.approx(1)
    assert order.gap_ratio(even(number)) == pytest.approx(1)


def test_phases_in_step() -> None:
    """Equal phases have coherence 1, no spread, no entropy, and one gap that is the whole circle."""
    phases = np.full(12, 2.5)
    assert order.coherence(phases) == pytest.approx(1)
    assert order.mean_phase(phases) == pytest.approx(2.5)
    assert order.spread(phases) == pytest.approx(0, abs=1e-12)
    assert order.entropy(phases) == 0
    assert order.gap_ratio(phases) == pytest.approx(12)


def test_two_opposite_clusters_are_seen_by_the_second_order() -> None:
    """Half the agents at one phase and half opposite: no coherence, and a second order parameter of 1."""
    phases = np.repeat([1.0, 1.0 + pi], 10)
    assert order.coherence(phases) == pytest.approx(0, abs=1e-12)
    assert order.coherence(phases, 2) == pytest.approx(1)


def test_random_phases_have_the_coherence_of_a_random_walk() -> None:
    """Of N uniform phases the order parameter is sqrt(pi/4N) in the mean, its square 1/N, by 4 standard errors."""
    draws = np.random.Generator(np.random.PCG64(5)).random((2000, 100)) * tau
    found = np.array([order.coherence(phases) for phases in draws])
    rayleigh_sd = sqrt((1 - pi / 4) / 100)
    assert found.mean() == pytest.approx(sqrt(pi / 400), abs=4 * rayleigh_sd / sqrt(2000))
    assert np.square(found).mean() == pytest.approx(0.01, abs=4 * 0.01 / sqrt(2000))


@given(PHASES, st.floats(0, tau), st.randoms(use_true_random=False))
def test_turning_and_shuffling_change_nothing(phases: NDArray[np.float64], by: float, random: object) -> None:
    """Coherence of both orders, spread and gaps are the same when all turn by one angle and agents change places."""
    shuffled = phases.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    turned = np.mod(shuffled + by, tau)
    for measure in (order.coherence, lambda p: order.coherence(p, 2), order.gap_ratio):
        assert measure(turned) == pytest.approx(measure(phases), abs=1e-6)
    if (
        order.coherence(phases) > 1e-3
        and np.abs(np.abs(order.between(phases, order.mean_phase(phases))) - pi).min() > 1e-6
    ):
        assert order.spread(turned) == pytest.approx(order.spread(phases), abs=1e-6)


@given(PHASES)
def test_measures_keep_their_bounds(phases: NDArray[np.float64]) -> None:
    """Coherence and entropy are from 0 to 1, the largest gap is at least the mean one and at most all of them."""
    assert 0 <= order.coherence(phases) <= 1 + 1e-12
    assert 0 <= order.entropy(phases) <= 1 + 1e-12
    assert 1 - 1e-9 <= order.gap_ratio(phases) <= len(phases) + 1e-9


def test_entropy_counts_bins() -> None:
    """It is 1 where bins are even, log 2 / log of the bins for two of them, and as few agents as can be even are so."""
    middles = even(36) + pi / 36
    assert order.entropy(np.repeat(middles, 5)) == pytest.approx(1)
    assert order.entropy(np.repeat(middles[[3, 20]], 50)) == pytest.approx(log(2) / log(36))
    assert order.entropy(middles[::6]) == pytest.approx(1)
    assert order.entropy(np.array([0.1])) == 0


@pytest.mark.parametrize("turns", [-4, -1, 0, 1, 3])
def test_twisted_states(turns: int) -> None:
    """A twisted state has its winding, a neighbourhood's coherence by its step, and is still one when slightly bent."""
    phases = even(20, turns)
    ring = Neighborhoods(build({"kind": "ring", "nodes": 20}))
    assert order.winding(phases) == order.Winding(turns, twisted=True)
    assert ring.coherence(phases) == pytest.approx(abs(1 + 2 * np.cos(tau * turns / 20)) / 3)
    bent = np.mod(phases + 0.03 * np.sin(even(20)), tau)
    assert order.winding(bent) == order.Winding(turns, twisted=True)


def test_a_state_that_is_not_twisted() -> None:
    """One turn that is made in unequal steps winds once, and is no twisted state."""
    assert order.winding(np.array([0, 0.1, 0.2, 2.2, 4.2])) == order.Winding(1, twisted=False)


def test_neighbourhoods_leave_out_those_who_do_not_count() -> None:
    """On a ring of four with one agent left out, each other's neighbourhood is itself and who is left of its two."""
    ring = Neighborhoods(build({"kind": "ring", "nodes": 4}))
    phases = np.array([0.0, pi / 2, np.nan, pi])
    expected = (abs(1 + 1j - 1) / 3 + abs(1 + 1j) / 2 + abs(1 - 1) / 2) / 3
    assert ring.coherence(phases) == pytest.approx(expected)


def test_in_a_large_mesh_each_neighbourhood_is_everyone() -> None:
    """Where everyone is linked to all and no links are stored, local coherence is that of all."""
    mesh = Neighborhoods(build({"kind": "mesh", "nodes": 1000}))
    phases = np.linspace(0, 3, 1000)
    assert mesh.coherence(phases) == order.coherence(phases)


def test_regions_have_their_own_coherence() -> None:
    """Two regions, each in step, opposite each other; a third is all down and is left out."""
    phases = np.array([0.5, 0.5, 0.5 + pi, 0.5 + pi, np.nan])
    found = order.coherence_by_region(phases, ("a", "a", "b", "b", "c"))
    assert found == {"a": pytest.approx(1), "b": pytest.approx(1)}


def test_the_goal_moves_on() -> None:
    """The goal's phase goes round once a period; distances are taken the shorter way round."""
    assert order.goal_phase(1.0, 200, 50) == pytest.approx(1 + pi / 2)
    assert order.goal_phase(1.0, 200, 2**62 * 200 + 100) == pytest.approx(1 + pi)
    assert order.distance_on_circle(0.1, tau - 0.1) == pytest.approx(0.2)


def test_decay_of_a_pure_exponential() -> None:
    """The rate of an exponential is found, whatever it began from."""
    seconds = np.linspace(3, 9, 50)
    assert order.decay_rate(seconds, 0.2 * np.exp(-1.7 * seconds)) == pytest.approx(1.7)
