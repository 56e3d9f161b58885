"""The integrated equations agree with what is known of them in closed form."""

from math import cos, log2, pi, sin, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sim.protocols.attractor.kuramoto_runs import ALIKE, RING, apart, coherence, snapshots, swarm

SLOW = {**ALIKE, "period": "1000s"}


@pytest.mark.parametrize(
    ("topology", "eigenvalue"),
    [
        ({"kind": "ring", "nodes": 16}, 0.15224),
        ({"kind": "star", "nodes": 16}, 1.0),
        ({"kind": "mesh", "nodes": 16}, 16.0),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_small_deviations_relax_with_the_second_eigenvalue(topology: dict, eigenvalue: float) -> None:
    """Identical agents that are close approach at the rate K lambda_2 of the Laplacian (Arenas et al. 2006)."""
    until = 24.0 / eigenvalue
    step = f"{round(20 / eigenvalue)}ms" if eigenvalue > 1 else "50ms"
    options = {"step": step, "snapshot": step, "normalization": "none", "phases": {"kind": "normal", "spread": 0.01}}
    phases = snapshots(swarm(topology, **options), f"{round(until * 1000)}ms")
    spread = apart(phases, np.angle(np.exp(1j * phases).mean(axis=1, keepdims=True))).std(axis=1)
    steps = len(spread)
    early, late = steps // 4, steps // 3
    seconds = float(step.removesuffix("ms")) / 1000 * (late - early)
    assert np.log(spread[early] / spread[late]) / seconds == pytest.approx(eigenvalue, rel=0.02)


def test_coherence_beyond_the_threshold_is_that_of_kuramoto() -> None:
    """With a Lorentzian of half width gamma at quantiles, r = sqrt(1 - 2 gamma / K) (Kuramoto 1984)."""
    options = {"frequencies": {"kind": "lorentzian", "width": 0.5, "draw": "quantiles"}, "normalization": "population"}
    for strength in (1.5, 2.0, 4.0):
        simulation = swarm({"kind": "mesh", "nodes": 400}, strength=strength, step="50ms", snapshot="1s", **options)
        measured = coherence(snapshots(simulation, "40s"))[20:].mean()
        assert measured == pytest.approx(sqrt(1 - 1 / strength), abs=0.02)


def test_below_the_threshold_nothing_comes_together() -> None:
    """With half of the critical coupling the coherence stays that of chance."""
    options = {"frequencies": {"kind": "lorentzian", "width": 0.5, "draw": "quantiles"}, "normalization": "population"}
    simulation = swarm({"kind": "mesh", "nodes": 400}, strength=0.5, step="50ms", **options)
    assert coherence(snapshots(simulation, "20s"))[10:].max() < 0.2


@pytest.mark.parametrize("extra", [{}, {"lag": 0.3}, {"delay": "200ms"}], ids=["plain", "lag", "delay"])
def test_halving_the_step_shows_the_order_of_the_method(extra: dict) -> None:
    """The error falls by 2**4 with the method of Runge and Kutta, also with a lag or a delay, and by 2 with Euler's."""
    options = {"strength": 3.0, "frequencies": {"kind": "gaussian", "width": 1.0}, "period": "7s", **extra}

    def last(method: str, step: str) -> np.ndarray:
        simulation = swarm(RING, method=method, step=step, snapshot="2s", **options)
        snapshots(simulation, "2s")
        return simulation.collective.phases.copy()

    exact = last("rk4", "2500us")

    def error(method: str, step: str) -> float:
        return np.abs((last(method, step) - exact).view(np.int64)).max()

    assert log2(error("rk4", "100ms") / error("rk4", "50ms")) == pytest.approx(4.0, abs=0.3)
    assert log2(error("euler", "20ms") / error("euler", "10ms")) == pytest.approx(1.0, abs=0.2)


def test_two_late_oscillators_lock_at_the_frequency_of_schuster_and_wagner() -> None:
    """Omega = omega - K sin(Omega tau) (Schuster and Wagner, Prog. Theor. Phys. 81, 1989), delay between steps."""
    strength, delay, natural = 0.8, 0.503, 2 * pi / 2.0
    pair = {"kind": "links", "nodes": 2, "links": [[0, 1]]}
    phases = {"kind": "normal", "spread": 0.1}
    options = {"strength": strength, "delay": "503ms", "period": "2s", "phases": phases, "step": "20ms"}
    measured = snapshots(swarm(pair, snapshot="100ms", **options), "30s")
    locked = natural
    for _ in range(200):
        locked = natural - strength * sin(locked * delay)
    speed = apart(measured[-1], measured[-2]) / 0.1
    assert speed == pytest.approx([locked, locked], abs=1e-6)
    assert abs(locked - natural) > 0.3


def test_a_lag_slows_the_whole_swarm_down() -> None:
    """Identical agents in phase run at omega - K sin alpha (Sakaguchi and Kuramoto 1986)."""
    options = {"lag": 0.4, "strength": 1.5, "period": "4s", "phases": {"kind": "normal", "spread": 0.1}}
    measured = snapshots(swarm({"kind": "mesh", "nodes": 12}, snapshot="100ms", **options), "10s")
    speed = apart(measured[-1], measured[-2]) / 0.1
    assert speed == pytest.approx(np.full(12, 2 * pi / 4 - 1.5 * sin(0.4)), abs=1e-5)


def test_noise_spreads_lone_phases_as_diffusion() -> None:
    """The variance of phases that are not coupled grows as 2 D t; third moments vanish."""
    options = {"noise": 0.05, "method": "euler", "strength": 0.0, "phases": {"kind": "aligned"}, "period": "1h"}
    measured = snapshots(swarm({"kind": "ring", "nodes": 4000}, step="10ms", **options), "2s")
    moved = apart(measured[-1], np.full(4000, 2 * pi * 2 / 3600))
    assert moved.var() == pytest.approx(2 * 0.05 * 2, rel=0.08)
    assert abs(moved.mean()) < 4 * sqrt(0.2 / 4000)
    assert np.corrcoef(moved[:-1], moved[1:])[0, 1] == pytest.approx(0.0, abs=0.07)


def test_noise_and_coupling_balance_as_the_theory_of_two_says() -> None:
    """The difference of two coupled noisy phases settles at the von Mises law: mean cosine I1(k) / I0(k), k = K / D."""
    from scipy.special import i0, i1

    pairs = [[2 * number, 2 * number + 1] for number in range(1500)]
    apart_pairs = {"kind": "links", "nodes": 3000, "links": pairs, "require_connected": False}
    options = {"noise": 0.5, "method": "euler", "strength": 1.0, "phases": {"kind": "aligned"}, "step": "20ms"}
    measured = snapshots(swarm(apart_pairs, **options), "8s")[4:]
    agreement = np.cos(measured[:, ::2] - measured[:, 1::2]).mean()
    assert agreement == pytest.approx(i1(2.0) / i0(2.0), abs=0.03)


def test_links_that_learn_come_to_the_cosine_of_what_they_join() -> None:
    """Two groups half a turn apart end with weights 1 within a group and -1 between them, and stay where they are."""
    options = {"phases": {"kind": "twisted", "winding": 6}, "learning": {"rate": 1.0, "initial": 0.1}}
    simulation = swarm(RING, step="50ms", **options)
    measured = snapshots(simulation, "12s")
    assert apart(measured[-1], measured[0]) == pytest.approx(np.zeros(12), abs=1e-6)
    assert simulation.collective.learned == pytest.approx(np.full(24, -1.0), abs=1e-4)


def test_learning_has_the_order_of_its_method() -> None:
    """Weights are integrated together with phases: halving the step divides the error by 2**4."""
    options = {"strength": 2.0, "learning": {"rate": 0.5}, "frequencies": {"kind": "gaussian", "width": 0.5}}

    def last(step: str) -> np.ndarray:
        simulation = swarm(RING, step=step, snapshot="2s", **options)
        snapshots(simulation, "2s")
        return simulation.collective.phases.copy()

    errors = [np.abs((last(step) - last("5ms")).view(np.int64)).max() for step in ("200ms", "100ms")]
    assert log2(errors[0] / errors[1]) == pytest.approx(4.0, abs=0.4)


def test_weights_of_a_topology_file_count(tmp_path: Path) -> None:
    """A link of weight 3 pulls three times as hard as one of weight 1; without `weighted` they are alike."""
    file = tmp_path / "pairs.graphml"
    import networkx

    graph = networkx.Graph()
    graph.add_edge("a", "b", weight=1.0)
    graph.add_edge("c", "d", weight=3.0)
    networkx.write_graphml(graph, file)
    topology = {"kind": "file", "path": str(file), "require_connected": False}
    options = {**SLOW, "phases": {"kind": "normal", "spread": 0.01}}
    rates = {}
    for weighted in (True, False):
        measured = snapshots(swarm(topology, weighted=weighted, **options), "1s")
        gaps = np.abs(apart(measured[:, ::2], measured[:, 1::2]))
        rates[weighted] = np.log(gaps[0] / gaps[-1])
    assert rates[True] == pytest.approx([2.0, 6.0], rel=1e-3)
    assert rates[False] == pytest.approx([2.0, 2.0], rel=1e-3)


def test_agents_without_coupling_keep_their_phases_exactly() -> None:
    """After 100,000 steps a phase is where a whole number of equal advances takes it: nothing drifts."""
    options = {"strength": 0.0, "frequencies": {"kind": "gaussian", "width": 2.0}, "step": "1ms", "snapshot": "100s"}
    simulation = swarm({"kind": "ring", "nodes": 5}, **options)
    simulation.run(1)
    first = simulation.collective.phases.copy()
    simulation.run(1_000_001)
    once = simulation.collective.phases - first
    simulation.run(100_000_000_001)
    assert (simulation.collective.phases == first + np.uint64(100_000) * once).all()


@settings(max_examples=25, deadline=None)
@given(turns=st.floats(0, 1, exclude_max=True), lag=st.floats(-1.5, 1.5), seed=st.integers(0, 100))
def test_turning_all_phases_turns_the_result(turns: float, lag: float, seed: int) -> None:
    """Only differences of phases matter."""
    options = {**ALIKE, "lag": lag, "frequencies": {"kind": "gaussian", "width": 1.0}}
    one, other = (swarm(RING, seed=seed, **options) for _ in range(2))
    for simulation in (one, other):
        simulation.run(1)
    turned = np.uint64(turns * 2.0**53) << np.uint64(11)
    other.collective.phases[:] += turned
    for simulation in (one, other):
        simulation.run(1_000_000_001)
    difference = (other.collective.phases - one.collective.phases - turned).view(np.int64)
    assert np.abs(difference).max() * 2.0**-64 < 1e-10


def test_a_swarm_in_phase_stays_so_to_the_bit() -> None:
    """Identical agents with equal phases feel no force at all, whatever the rounding of sines."""
    topology = {"kind": "random-regular", "nodes": 60, "degree": 7}
    measured = snapshots(swarm(topology, phases={"kind": "aligned"}, strength=5.0, period="700ms"), "5s")
    assert (measured == measured[:, :1]).all()
    assert cos(measured[-1, 0] - 2 * pi * (5 / 0.7 % 1)) == pytest.approx(1.0)
