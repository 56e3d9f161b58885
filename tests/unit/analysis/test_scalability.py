"""Laws of scalability have the values of their sources, and fits find the law that made the measurements."""

from __future__ import annotations

from math import inf, sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.scalability import Scalability, fit_scalability

SIZES = (1, 2, 4, 8, 16, 32, 48, 64)


def test_amdahl_and_the_peak_are_as_published() -> None:
    """Amdahl's law gives 9.143 at a serial share of 0.05 and 16 threads; the peak of the other is 9.04, at 30.8."""
    assert Scalability(1.0, 0.05).speedup(16) == pytest.approx(1 / (0.05 + 0.95 / 16))
    assert Scalability(1.0, 0.05).speedup(16) == pytest.approx(9.143, abs=5e-4)
    assert Scalability(1.0, 0.05).peak == inf
    law = Scalability(2.0, 0.05, 0.001)
    assert law.peak == pytest.approx(sqrt(0.95 / 0.001))
    assert law.speedup(law.peak) == pytest.approx(9.04, abs=5e-3)
    assert law.amdahl == Scalability(2.0, 0.05)


@settings(max_examples=30)
@given(st.floats(0.1, 1e7), st.floats(0, 0.9), st.floats(0, 0.05))
def test_a_law_is_found_again(rate: float, contention: float, coherence: float) -> None:
    """From what a law says, without noise, the fit gives the law, and its interval holds it."""
    law = Scalability(rate, contention, coherence)
    fit = fit_scalability(SIZES, [law.throughput(n) for n in SIZES], SIZES)
    assert fit.worst < 1e-6
    assert fit.law.rate == pytest.approx(rate, rel=1e-6)
    assert fit.law.contention == pytest.approx(contention, abs=1e-6)
    assert fit.law.coherence == pytest.approx(coherence, abs=1e-6)
    assert fit.contention.low is not None
    assert fit.contention.low <= fit.law.contention


def test_intervals_hold_the_law_as_often_as_they_say() -> None:
    """With noise of 5 %, intervals of the contention of 60 fits hold it at least 50 times, and not for being wide."""
    law = Scalability(1e6, 0.08, 0.0005)
    random = Random(5)
    held, widths = 0, []
    for _ in range(60):
        noisy = [law.throughput(n) * random.gauss(1, 0.05) for n in SIZES for _ in range(2)]
        fit = fit_scalability([n for n in SIZES for _ in range(2)], noisy, (64,))
        assert fit.contention.low is not None
        assert fit.contention.high is not None
        held += fit.contention.low <= law.contention <= fit.contention.high
        widths.append(fit.contention.high - fit.contention.low)
    assert held >= 50
    assert sorted(widths)[30] < 0.08


@pytest.mark.parametrize(
    ("threads", "throughput"), [((1, 2), (1, 2)), ((1, 2, 4), (1, 0, 3)), ((1, 2, 4), (1, 2)), ((0, 2, 4), (1, 2, 3))]
)
def test_too_little_is_refused(threads: tuple[float, ...], throughput: tuple[float, ...]) -> None:
    """Two sizes do not tell three unknowns, and a throughput of 0 no law."""
    with pytest.raises(ValueError, match="three different numbers of threads"):
        fit_scalability(threads, throughput, (1,))
