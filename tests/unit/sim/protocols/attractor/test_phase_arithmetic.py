"""Phases as whole numbers, and the sine that every platform agrees on."""

from __future__ import annotations

from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocols.attractor.phase import (
    TURN,
    between,
    frequency_of,
    radians_of,
    speed_of_frequency,
    speed_of_period,
    units_of,
)
from sim.protocols.attractor.sine import cosine, sine, sum_of_sines
from sim.units import HOUR, MILLISECOND, SECOND

TURNS = st.floats(-0.5, 0.5)


@given(TURNS)
def test_sine_and_cosine_are_right_to_a_ten_millionth_of_a_millionth(turns: float) -> None:
    """Both agree with the library's within 1e-12 everywhere in a turn."""
    assert sine(turns) == pytest.approx(sin(2 * pi * turns), abs=1e-12)
    assert cosine(turns) == pytest.approx(cos(2 * pi * turns), abs=1e-12)


@given(TURNS)
def test_sine_is_odd_and_cosine_even(turns: float) -> None:
    """Two agents that hear each other are pulled by the same amount, to the bit."""
    assert sine(-turns) == -sine(turns)
    assert cosine(-turns) == cosine(turns)


@given(st.lists(TURNS, max_size=9))
def test_sums_are_those_of_single_sines(angles: list[float]) -> None:
    """Adding up many gives the bits of adding one by one."""
    assert sum_of_sines(angles) == sum([sine(turns) for turns in angles], 0.0)


def test_sines_are_those_that_were_once_computed() -> None:
    """The bits of a few values: another result would be another run on this platform."""
    assert [sine(k / 7).hex() for k in (-3, -2, -1, 1, 2, 3)] == SINES


SINES = [
    "-0x1.bc4c04d71acbcp-2",
    "-0x1.f329c0558ea0ep-1",
    "-0x1.904c37505df44p-1",
    "0x1.904c37505df44p-1",
    "0x1.f329c0558ea0ep-1",
    "0x1.bc4c04d71acbcp-2",
]


@pytest.mark.parametrize("period", [50 * MILLISECOND, 200 * MILLISECOND, HOUR, 7 * SECOND + 1])
def test_a_phase_is_not_a_nanosecond_off_after_a_thousand_cycles(period: int) -> None:
    """Speeds are whole numbers, yet a period of any length is kept to one part in 10**16."""
    off = speed_of_period(period) * period * 1000 - 1000 * TURN
    assert abs(off) < TURN // period
    assert abs(off) < 1000 * TURN // 10**16


@given(st.floats(-1e4, 1e4))
def test_frequencies_go_there_and_back(radians_a_second: float) -> None:
    """A frequency is what its speed stands for, backwards too."""
    assert frequency_of(speed_of_frequency(radians_a_second)) == pytest.approx(radians_a_second, abs=1e-9)


@given(st.integers(0, TURN - 1), st.floats(-3.14, 3.14))
def test_how_far_one_phase_is_ahead(phase: int, ahead: float) -> None:
    """The difference is the short way around, with its sign."""
    assert between(phase + units_of(ahead), phase) == pytest.approx(ahead / (2 * pi), abs=1e-12)
    assert 0 <= radians_of(phase) <= 2 * pi
