"""How a measurement grows with the size of a system: laws fitted to samples at several sizes, and compared.

All laws are fitted to the logarithms of the values by least squares, so that they can be compared; what they describe
is the geometric mean at each size, which is the median where logarithms are symmetric.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, isfinite, log
from typing import TYPE_CHECKING, Any, Final, Literal

from analysis.estimates import CONFIDENCE, Estimate
from topologies.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[Any]

Law = Literal["logarithmic", "power", "linear"]

LEAST_SIZES: Final = 3
LEAST_VALUES: Final = 5
"""Values that the comparison of laws with three unknowns takes."""
UNKNOWNS: Final = 3
"""Of each law: its two parameters, and how far values scatter about it."""
FORMULAS: Final[Mapping[Law, tuple[tuple[str, str], str]]] = {
    "logarithmic": (("intercept", "slope"), "intercept + slope · ln(size)"),
    "power": (("factor", "exponent"), "factor · size^exponent"),
    "linear": (("intercept", "slope"), "intercept + slope · size"),
}
"""The parameters of each law, and what it says."""


@dataclass(frozen=True)
class Scatter:
    """By how much the parameters of a law, of a factor its logarithm, move with the mean logarithm at each size.

    `moves` has a row for each parameter and a column for each size: what one standard error there does to it. `spare`
    is one less than the values at each size.
    """

    moves: Floats
    spare: Floats

    def margins(self, directions: Floats) -> Floats:
        """Return half of 95 % intervals of sums of the parameters, of which a row says how often each is in it.

        Student's t, with the degrees of freedom of Satterthwaite ("An approximate distribution of estimates of variance
        components", Biometrics Bulletin 2, 1946), as few sizes, or one, may make up the error.
        """
        import numpy as np
        from scipy.stats import t

        parts = (directions @ self.moves) ** 2
        variance = parts.sum(axis=1)
        freedom = np.where(variance > 0, variance, 1) ** 2 / np.maximum((parts**2 / self.spare).sum(axis=1), 1e-300)
        half: Floats = t.ppf((1 + CONFIDENCE) / 2, np.minimum(freedom, self.spare.sum())) * np.sqrt(variance)
        return half


@dataclass(frozen=True)
class Fit:
    """A law with its parameters, and how it does beside the others.

    `aicc` is Akaike's criterion corrected for small samples, the lower the better; `weight` is the share that speaks
    for this law among those that were fitted; `r_squared` is the share of the variance of the logarithms of all values
    that the law explains. `scatter` says how far the parameters may be off; None where there is a single value at some
    size.
    """

    law: Law
    parameters: Mapping[str, Estimate]
    aicc: float
    weight: float
    r_squared: float
    scatter: Scatter | None = field(default=None, repr=False, compare=False)

    @property
    def formula(self) -> str:
        """What the law says, in the names of its parameters."""
        return FORMULAS[self.law][1]

    def predict(self, sizes: Sequence[float]) -> Floats:
        """Return what the law says at some sizes."""
        import numpy as np

        first, second = (estimate.value for estimate in self.parameters.values())
        return _values(self.law, first, second, np.asarray(sizes, dtype=float))

    def band(self, sizes: Sequence[float]) -> tuple[Floats, Floats] | None:
        """Return the 95 % interval of what the law says at each size by itself, None where there is none.

        By the delta method on logarithms, with the covariance of parameters that allows another scatter at each size
        (White 1980). Assumes that the law is right: how far another one lies off is not in it.
        """
        import numpy as np

        if self.scatter is None:
            return None
        at = np.asarray(sizes, dtype=float)
        first, second = (estimate.value for estimate in self.parameters.values())
        factor = np.exp(self.scatter.margins(_slopes(self.law, at, (first, second))))
        return self.predict(sizes) / factor, self.predict(sizes) * factor


def scaling_fits(sizes: Sequence[float], samples: Sequence[Sequence[float]]) -> list[Fit]:
    """Return the laws fitted to a sample of values at each size, the best one first.

    Empty where there are fewer than three sizes or five values. Raises InputError for a value or a size that is not
    above 0 and finite, such as a time that never came: `paired_estimates.exponent_of` takes those. Assumes independent
    values that scatter by about the same factor at all sizes; the weights ("Model Selection and Multimodel Inference",
    Burnham and Anderson, 2002, chapter 2) only compare these three laws, of which none need be right: look
    at `r_squared`, and at the fit. Intervals of parameters allow another scatter at each size (White, "A
    heteroskedasticity-consistent covariance matrix estimator", Econometrica 48, 1980), by Student's t; they need two
    values at each size.
    """
    import numpy as np

    if len(sizes) != len(samples):
        raise InputError(f"found {len(sizes)} sizes and {len(samples)} samples; expected a sample for each size")
    kept = [(float(size), np.asarray(sample, dtype=float)) for size, sample in zip(sizes, samples, strict=True)]
    kept = [(size, sample[~np.isnan(sample)]) for size, sample in kept]
    kept = [(size, sample) for size, sample in kept if len(sample)]
    for size, sample in kept:
        _check(size, sample)
    if len({size for size, _ in kept}) < LEAST_SIZES or sum(len(sample) for _, sample in kept) < LEAST_VALUES:
        return []
    at = np.array([size for size, _ in kept])
    logs = [np.log(sample) for _, sample in kept]
    found = [(law, *_fitted(law, at, logs)) for law in FORMULAS]
    least = min(_aicc(logs, error) for _, _, error in found)
    shares = [exp(-(_aicc(logs, error) - least) / 2) for _, _, error in found]
    fits = [
        Fit(
            law,
            _estimates(law, at, logs, parameters),
            _aicc(logs, error),
            share / sum(shares),
            1 - error / _all(logs),
            _scatter(law, at, logs, parameters),
        )
        for (law, parameters, error), share in zip(found, shares, strict=True)
    ]
    return sorted(fits, key=lambda fit: fit.aicc)


def _check(size: float, sample: Floats) -> None:
    wrong = [value for value in (size, *sample.tolist()) if not (isfinite(value) and value > 0)]
    if wrong:
        raise InputError(f"size {size:g}: found {wrong[0]:g}; expected numbers above 0 that are not infinite")


def _values(law: Law, first: float, second: float, sizes: Floats) -> Floats:
    import numpy as np

    if law == "power":
        grown: Floats = first * sizes**second
        return grown
    line: Floats = first + second * (np.log(sizes) if law == "logarithmic" else sizes)
    return line


def _fitted(law: Law, sizes: Floats, logs: Sequence[Floats]) -> tuple[tuple[float, float], float]:
    """Return the parameters of a law, and the sum of squares of what it misses logarithms by."""
    import numpy as np

    counts, means = np.array([len(each) for each in logs]), np.array([each.mean() for each in logs])
    parameters = _power(sizes, counts, means) if law == "power" else _line(law, sizes, counts, means)
    with np.errstate(divide="ignore", invalid="ignore"):
        missed = means - np.log(_values(law, *parameters, sizes))
    within = sum(float(((each - each.mean()) ** 2).sum()) for each in logs)
    return parameters, float((counts * missed**2).sum()) + within


def _power(sizes: Floats, counts: Floats, means: Floats) -> tuple[float, float]:
    import numpy as np

    exponent, factor = np.polyfit(np.log(sizes), means, 1, w=np.sqrt(counts))
    return exp(factor), float(exponent)


def _line(law: Law, sizes: Floats, counts: Floats, means: Floats) -> tuple[float, float]:
    """Return the line whose logarithm is nearest, found from the one with the least relative errors."""
    import numpy as np
    from scipy.optimize import least_squares

    scale = np.log(sizes) if law == "logarithmic" else sizes / sizes.max()
    level = exp(float(means.mean()))
    weights, values = np.sqrt(counts), np.exp(means) / level

    def missed(line: Floats) -> Floats:
        off: Floats = weights * (np.log(np.maximum(line[0] + line[1] * scale, 1e-9)) - np.log(values))
        return off

    slope, intercept = np.polyfit(scale, values, 1, w=weights / values)
    start = [intercept, slope] if (intercept + slope * scale).min() > 0 else [1.0, 0.0]
    found = least_squares(missed, start, xtol=1e-12, ftol=1e-12, gtol=1e-12).x * level
    return float(found[0]), float(found[1] / (1.0 if law == "logarithmic" else sizes.max()))


def _all(logs: Sequence[Floats]) -> float:
    import numpy as np

    every = np.concatenate(logs)
    return max(float(((every - every.mean()) ** 2).sum()), 1e-300)


def _aicc(logs: Sequence[Floats], error: float) -> float:
    values = sum(map(len, logs))
    exact = values * 1e-24  # below this the logarithms differ from the law by rounding alone
    correction = 2 * UNKNOWNS * (UNKNOWNS + 1) / (values - UNKNOWNS - 1)
    return values * log(max(error, exact) / values) + 2 * UNKNOWNS + correction


def _estimates(law: Law, sizes: Floats, logs: Sequence[Floats], found: tuple[float, float]) -> dict[str, Estimate]:
    names = FORMULAS[law][0]
    if min(map(len, logs)) < 2:
        return {name: Estimate(value, None, None) for name, value in zip(names, found, strict=True)}
    bounds = _bounds(law, sizes, logs, found)
    return {name: Estimate(value, *each) for name, value, each in zip(names, found, bounds, strict=True)}


def _bounds(law: Law, sizes: Floats, logs: Sequence[Floats], found: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the intervals of parameters, by how the mean of logarithms scatters at each size."""
    import numpy as np

    scatter = _scatter(law, sizes, logs, found)
    assert scatter is not None
    margins = scatter.margins(np.eye(2))
    if law == "power":
        centre = log(found[0])
        first = (exp(centre - margins[0]), exp(centre + margins[0]))
    else:
        first = (found[0] - float(margins[0]), found[0] + float(margins[0]))
    return [first, (found[1] - float(margins[1]), found[1] + float(margins[1]))]


def _scatter(law: Law, sizes: Floats, logs: Sequence[Floats], found: tuple[float, float]) -> Scatter | None:
    import numpy as np

    if min(map(len, logs)) < 2:
        return None
    inner = _slopes(law, sizes, found)
    counts = np.array([len(each) for each in logs], dtype=float)
    errors = np.array([each.std(ddof=1) for each in logs]) / np.sqrt(counts)
    weighted = inner * counts[:, None]
    return Scatter(np.linalg.pinv(inner.T @ weighted) @ weighted.T * errors, counts - 1)


def _slopes(law: Law, sizes: Floats, found: tuple[float, float]) -> Floats:
    """Return how the logarithm of a law at each size changes with its parameters; of a factor, with its logarithm."""
    import numpy as np

    if law == "power":
        return np.stack([np.ones_like(sizes), np.log(sizes)], axis=1)
    scale = np.log(sizes) if law == "logarithmic" else sizes
    return np.stack([np.ones_like(sizes), scale], axis=1) / _values(law, *found, sizes)[:, None]
