"""Runs of the integrated equations are the same to the bit: in any process, summed in any order, without SIMD."""

import os
import subprocess
import sys
from math import pi
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.protocols.attractor.integrated import circle, motion
from sim.protocols.attractor.integrated.circle import Circle, digits_for, to_grid
from sim.protocols.attractor.integrated.coupling import MeanField, Sparse, Weighted
from sim.protocols.attractor.integrated.links import Links
from sim.protocols.attractor.integrated.noise import Noise
from sim.randomness import derive_seed
from tests.unit.sim.protocols.attractor.kuramoto_runs import digests, snapshots, swarm
from topologies.registry import build

GOLDEN = ["003f7fda7c600601", "7cdc845bfbd5c34c", "3b97e7b6c6b22ff7", "6ead94e9167358a7"]
"""Beginnings of digests that change only where what the equations do is changed on purpose."""
ROOT = Path(__file__).parents[5]
PROGRAM = "from tests.unit.sim.protocols.attractor.kuramoto_runs import digests; print(*digests())"


def test_digests_are_golden_in_any_process_with_and_without_vector_registers() -> None:
    """Neither another process and hash seed nor NumPy without its optional processor features changes a bit."""
    from numpy._core import _multiarray_umath

    optional = [name for name in _multiarray_umath.__cpu_dispatch__ if _multiarray_umath.__cpu_features__.get(name)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NPY_DISABLE_CPU_FEATURES": " ".join(optional)}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT, check=True)
    found = digests()
    assert run.stdout.split() == found
    assert [digest[:16] for digest in found] == GOLDEN


@settings(max_examples=40, deadline=None)
@given(
    phases=arrays(np.uint64, 40, elements=st.integers(0, 2**64 - 1)),
    degree=st.sampled_from([3, 5, 8]),
    seed=st.integers(0, 2**32 - 1),
)
def test_sums_over_neighbours_are_exact_in_any_order(phases: np.ndarray, degree: int, seed: int) -> None:
    """Links in any order, weights of one by themselves, and sums over the whole graph: all equal to the bit."""
    topology = build({"kind": "random-regular", "nodes": 40, "degree": degree}, 1)
    sines, cosines = np.empty((2, 40))
    digits = digits_for(40)
    Circle(digits).of(phases, sines, cosines)
    links = Links(topology)
    expected = Sparse(links, np.ones(links.number)).sums(sines, cosines)
    assert np.array_equal(expected, Weighted(links, np.ones(links.number), digits).sums(sines, cosines))
    shuffled = Links(topology)
    random = np.random.default_rng(seed)
    for node in range(40):
        random.shuffle(shuffled.sources[shuffled.offsets[node] : shuffled.offsets[node + 1]])
    assert np.array_equal(expected, Sparse(shuffled, np.ones(links.number)).sums(sines, cosines))
    complete = Links(build({"kind": "mesh", "nodes": 40}, 1))
    field = MeanField().sums(sines, cosines)
    assert np.array_equal(field, Sparse(complete, np.ones(complete.number)).sums(sines, cosines))


def test_a_swarm_is_the_same_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many phases go through the operations together makes no difference."""
    topology = {"kind": "random-regular", "nodes": 200, "degree": 5}
    whole = swarm(topology, strength=2.0).run(10**9).digest()
    for module in (circle, motion):
        monkeypatch.setattr(module, "BLOCK", 64)
    assert swarm(topology, strength=2.0).run(10**9).digest() == whole


def test_other_seeds_give_other_runs() -> None:
    """The digest is not blind."""
    runs = {swarm({"kind": "ring", "nodes": 20}, seed=seed).run(10**9).digest() for seed in (1, 2)}
    assert len(runs) == 2


@given(arrays(np.uint64, 50, elements=st.integers(0, 2**64 - 1)))
def test_sines_are_those_of_the_library_within_the_grid(phases: np.ndarray) -> None:
    """The error is that of rounding to the grid, and the values lie on it."""
    sines, cosines = np.empty((2, 50))
    Circle(40).of(phases, sines, cosines)
    angles = phases.view(np.int64) * 2.0**-64 * 2 * pi
    assert np.abs(sines - np.sin(angles)).max() <= 2.0**-41 + 6e-15
    assert np.abs(cosines - np.cos(angles)).max() <= 2.0**-41 + 6e-15
    assert (sines * 2.0**40 % 1.0 == 0.0).all()


def test_sines_of_the_four_quarters_are_exact() -> None:
    """At whole quarters of a turn they are 0, 1 and -1."""
    sines, cosines = np.empty((2, 4))
    Circle(40).of(np.arange(4, dtype=np.uint64) << np.uint64(62), sines, cosines)
    assert sines.tolist() == [0.0, 1.0, 0.0, -1.0]
    assert cosines.tolist() == [1.0, 0.0, -1.0, 0.0]


@given(st.floats(-1, 1), st.integers(20, 40))
def test_the_grid_is_that_of_whole_multiples(value: float, digits: int) -> None:
    """Rounding is to the nearest multiple, halves to even."""
    values = np.array([value])
    to_grid(values, digits)
    assert values[0] == round(value * 2.0**digits) * 2.0**-digits


def test_the_grid_leaves_room_for_every_summand() -> None:
    """40 digits up to 2**13 summands, and one less whenever they double."""
    assert [digits_for(number) for number in (1, 8192, 8193, 1e5, 1e6)] == [40, 40, 39, 36, 33]


def test_noise_has_three_values_with_the_moments_of_a_gaussian() -> None:
    """Mean 0, variance 1, fourth moment 3; draws of an agent depend on its own number alone."""
    noise = Noise(1, "kuramoto", 3000, 0.5, 10**9)
    drawn = np.array([noise.increments(step) for step in range(50)]) / motion.UNITS_A_RADIAN
    assert len(np.unique(drawn)) == 3
    assert [np.mean(drawn**power) for power in (1, 2, 4)] == pytest.approx([0.0, 1.0, 3.0], abs=0.06)
    fewer = Noise(1, "kuramoto", 10, 0.5, 10**9)
    assert np.array_equal(fewer.increments(7), noise.increments(7)[:10])


def test_noise_is_made_of_splitmix64() -> None:
    """The third draw of an agent's generator, by the published algorithm in whole numbers, decides its third step."""
    word, state = 2**64, derive_seed(1, "kuramoto/0/noise") >> 64
    for _ in range(3):
        state = (state + 0x9E3779B97F4A7C15) % word
        mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % word
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % word
        mixed ^= mixed >> 31
    sign = int(mixed >= word - word // 6) - int(mixed < word // 6)
    assert np.sign(Noise(1, "kuramoto", 1, 0.5, 10**9).increments(2)[0]) == sign


def test_phases_are_recorded_to_nine_decimals() -> None:
    """From 0 to 2 pi, with no more digits than stated."""
    measured = snapshots(swarm({"kind": "ring", "nodes": 50}, snapshot="100ms"), "1s")
    assert len(measured) == 11
    assert ((measured >= 0) & (measured < 2 * pi)).all()
    assert (np.round(measured, 9) == measured).all()
