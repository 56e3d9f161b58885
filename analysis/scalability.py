"""Laws of scalability, and how they are fitted: throughput against the number of threads, cores or nodes.

Amdahl, "Validity of the single processor approach", 1967; Gunther, "Guerrilla Capacity Planning", 2007, chapters 4-6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import TYPE_CHECKING, Any, Final

from analysis.estimates import CONFIDENCE, RESAMPLES, Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_SIZES: Final = 3
"""Different numbers of threads that a fit of three unknowns takes."""


@dataclass(frozen=True, slots=True)
class Scalability:
    """The universal scalability law: at n threads the throughput is r n / (1 + s (n - 1) + k n (n - 1)).

    `rate` r is that of one thread; `contention` s the share of the work that only one can do at a time, from 0 to 1;
    `coherence` k what each pair of threads costs for keeping one another's data the same, at least 0. Without the
    latter it is Amdahl's law.
    """

    rate: float
    contention: float
    coherence: float = 0.0

    def throughput(self, threads: float) -> float:
        """Return the throughput at a number of threads, in the unit of the rate."""
        slowed = 1 + self.contention * (threads - 1) + self.coherence * threads * (threads - 1)
        return self.rate * threads / slowed

    def speedup(self, threads: float) -> float:
        """Return how many times the throughput of one thread that is."""
        return self.throughput(threads) / self.rate

    @property
    def peak(self) -> float:
        """Return the number of threads beyond which throughput falls; infinite where there is none."""
        return sqrt((1 - self.contention) / self.coherence) if self.coherence > 0 else inf

    @property
    def amdahl(self) -> Scalability:
        """Return the law with the same rate and contention, and no cost of coherence."""
        return Scalability(self.rate, self.contention)


@dataclass(frozen=True)
class ScalabilityFit:
    """A law fitted to measurements, with 95 % intervals of its parts and of the throughput at each of `sizes`.

    Intervals are None where there are too few measurements to tell how far they scatter about the law. `worst` is the
    largest relative difference between a measurement and the law.
    """

    law: Scalability
    worst: float
    contention: Estimate
    coherence: Estimate
    peak: Estimate
    sizes: tuple[float, ...]
    low: tuple[float, ...] | None
    high: tuple[float, ...] | None


def fit_scalability(threads: Sequence[float], throughput: Sequence[float], sizes: Sequence[float]) -> ScalabilityFit:
    """Return the law that fits measurements best in their relative errors, and its throughput at some `sizes`.

    The law is linear in its unknowns where it is written as n / throughput = d + b n + c n (n - 1) with d, b, c >= 0,
    so that the best fit is one and is found by non-negative least squares (Lawson and Hanson, "Solving Least Squares
    Problems", 1974, chapter 23). Intervals resample the relative residuals (Efron and Tibshirani, "An Introduction to
    the Bootstrap", 1993, section 9.4). Raises ValueError for fewer than three different numbers of threads, or for
    a throughput that is not above 0.
    """
    import numpy as np

    n, x = np.asarray(threads, dtype=float), np.asarray(throughput, dtype=float)
    if len(n) != len(x) or len(set(n.tolist())) < LEAST_SIZES or n.min() < 1 or x.min() <= 0:
        raise ValueError("expected throughputs above 0 at three different numbers of threads, from 1 on")
    law = _fitted(n, x)
    at = np.asarray(sizes, dtype=float)
    laws = _resampled(law, n, x) if len(n) > LEAST_SIZES else []
    values = _values(laws, at) if laws else None
    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = (None, None) if values is None else np.quantile(values, tails, axis=0)
    return ScalabilityFit(
        law,
        float(np.abs(x / _values([law], n)[0] - 1).max()),
        _estimate(law.contention, [each.contention for each in laws]),
        _estimate(law.coherence, [each.coherence for each in laws]),
        _estimate(law.peak, [each.peak for each in laws]),
        tuple(at.tolist()),
        None if low is None else tuple(low.tolist()),
        None if high is None else tuple(high.tolist()),
    )


def _fitted(n: Floats, x: Floats) -> Scalability:
    import numpy as np
    from scipy.optimize import nnls

    weights = x / n
    columns = np.stack([np.ones_like(n), n, n * (n - 1)], axis=1) * weights[:, None]
    scale = columns.max(axis=0)
    (d, b, c), _ = nnls(columns / scale, np.ones_like(n))
    d, b, c = d / scale[0], b / scale[1], c / scale[2]
    return Scalability(1 / (d + b), b / (d + b), c / (d + b))


def _resampled(law: Scalability, n: Floats, x: Floats) -> list[Scalability]:
    """Return the fits to what the law says, with residuals drawn anew from those that were found."""
    import numpy as np

    expected = _values([law], n)[0]
    residuals = x / expected
    stream = np.random.Generator(np.random.PCG64(0))
    spread = (len(n) / max(1, len(n) - LEAST_SIZES)) ** 0.5  # those of a fit are too small
    widened = np.maximum(1 + (residuals - 1) * spread, 1e-6)
    return [_fitted(n, expected * stream.choice(widened, len(n))) for _ in range(RESAMPLES // 4)]


def _values(laws: Sequence[Scalability], at: Floats) -> Any:
    import numpy as np

    rate, s, k = (np.array([[getattr(law, part)] for law in laws]) for part in ("rate", "contention", "coherence"))
    return rate * at / (1 + s * (at - 1) + k * at * (at - 1))


def _estimate(value: float, resampled: Sequence[float]) -> Estimate:
    if not resampled:
        return Estimate(value, None, None)
    ordered = sorted(resampled)
    last = len(ordered) - 1
    low, high = (ordered[round(share * last)] for share in ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return Estimate(value, min(low, value), max(high, value))
