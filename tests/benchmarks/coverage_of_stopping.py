"""How often the interval covers with which a study stops, with and without the correction for looking repeatedly.

`python tests/benchmarks/coverage_of_stopping.py [CASES]` prints a line for each distribution and statistic: samples are
drawn until half the interval is at most 10 % of the value, from 20 to 1,000, at the looks of a study's rule.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from math import exp, log
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from analysis.estimates import CONFIDENCE
from analysis.repeated_looks import Statistic, confidence_of_each, estimate_at, looks_of, relative_half_width

BOUND: Final = 0.1
SPREAD: Final = 0.5
Draw = Callable[[np.random.Generator, int], "np.ndarray[tuple[int], np.dtype[np.float64]]"]

DISTRIBUTIONS: Final[dict[str, tuple[Draw, float, float]]] = {
    "lognormal": (lambda rng, size: rng.lognormal(0.0, SPREAD, size), 1.0, exp(SPREAD**2 / 2)),
    "exponential": (lambda rng, size: rng.exponential(1.0, size), log(2), 1.0),
    "normal": (lambda rng, size: rng.normal(1.0, SPREAD, size), 1.0, 1.0),
}
"""Each with how it is drawn, its median and its mean."""


def stopped_at(
    sample: Sequence[float], statistic: Statistic, looks: Sequence[int], confidence: float
) -> tuple[float, float, int]:
    """Return the interval at which the rule stops, and after how many values."""
    for look in looks:
        estimate = estimate_at(sample[:look], 0, statistic, confidence)
        if relative_half_width(estimate) <= BOUND or look == looks[-1]:
            assert estimate is not None
            assert estimate.low is not None
            assert estimate.high is not None
            return estimate.low, estimate.high, look
    raise AssertionError("the last look always stops")


def coverage(
    name: str, statistic: Statistic, cases: int, *, corrected: bool, every: int | None = None
) -> tuple[float, float]:
    """Return in which share of cases the interval covers at which the rule stops, and the mean number of values."""
    draw, median, mean = DISTRIBUTIONS[name]
    truth = median if statistic == "median" else mean
    looks = looks_of(20, 1000, every)
    confidence = confidence_of_each(len(looks)) if corrected else CONFIDENCE
    rng = np.random.default_rng(7)
    covered = values = 0
    for _ in range(cases):
        low, high, took = stopped_at(draw(rng, looks[-1]).tolist(), statistic, looks, confidence)
        covered += low <= truth <= high
        values += took
    return covered / cases, values / cases


def main() -> None:
    """Print the coverage of each distribution and statistic."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    for every in (None, 20):
        for name in DISTRIBUTIONS:
            for statistic in ("median", "mean"):
                told = []
                for corrected in (False, True):
                    share, values = coverage(name, statistic, cases, corrected=corrected, every=every)
                    told.append(f"{'with' if corrected else 'without'} {100 * share:.1f} % ({values:.0f} runs)")
                print(f"look every {every or 'half more'}, {name}, {statistic}: {', '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
