"""Laws of growth: each is found where it holds, with the parameters that made the values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import t

from analysis.statistics import Fit, scaling_fits
from topologies.errors import InputError

SIZES = [16.0, 64.0, 256.0, 1024.0, 4096.0]
LAWS: dict[str, Callable[[float], float]] = {
    "logarithmic": lambda size: -4 + 3 * float(np.log(size)),
    "power": lambda size: 0.5 * size**0.75,
    "linear": lambda size: 10 + 0.2 * size,
}
PARAMETERS = {
    "logarithmic": {"intercept": -4, "slope": 3},
    "power": {"factor": 0.5, "exponent": 0.75},
    "linear": {"intercept": 10, "slope": 0.2},
}


def scattered(law: str, seeds: int = 20) -> list[list[float]]:
    """Values about a law at each size, which scatter by a tenth."""
    stream = np.random.default_rng(11)
    return [[LAWS[law](size) * factor for factor in np.exp(stream.normal(0, 0.1, seeds)).tolist()] for size in SIZES]


@pytest.mark.parametrize("law", LAWS)
def test_the_law_that_made_the_values_is_found(law: str) -> None:
    """It comes first with nearly all the weight, and its intervals hold its parameters."""
    fits = scaling_fits(SIZES, scattered(law))
    assert fits[0].law == law
    assert fits[0].weight > 0.95
    assert sum(fit.weight for fit in fits) == pytest.approx(1)
    assert fits[0].r_squared > 0.9
    for name, truth in PARAMETERS[law].items():
        estimate = fits[0].parameters[name]
        assert estimate.low is not None
        assert estimate.high is not None
        assert estimate.low < truth < estimate.high
    assert fits == scaling_fits(SIZES, scattered(law))


@pytest.mark.parametrize("law", LAWS)
def test_values_without_scatter_are_met_exactly(law: str) -> None:
    """One value a size on the law itself gives its parameters, no interval, and the law's own predictions."""
    fit = scaling_fits(SIZES, [[LAWS[law](size)] for size in SIZES])[0]
    assert fit.law == law
    assert {name: each.value for name, each in fit.parameters.items()} == pytest.approx(PARAMETERS[law], rel=1e-5)
    assert all(estimate.low is None for estimate in fit.parameters.values())
    assert list(fit.predict([512, 1024])) == pytest.approx([LAWS[law](512), LAWS[law](1024)], rel=1e-5)


def test_akaikes_criterion_is_that_of_the_residuals() -> None:
    """n ln(RSS/n) + 2k + 2k(k+1)/(n-k-1), with RSS of the logarithms, computed here from the predictions."""
    samples = scattered("power", 4)
    for fit in scaling_fits(SIZES, samples):
        predicted = np.log(fit.predict(SIZES))
        error = sum(float(((np.log(each) - at) ** 2).sum()) for each, at in zip(samples, predicted, strict=True))
        assert fit.aicc == pytest.approx(20 * np.log(error / 20) + 6 + 24 / 16)


def best(fits: list[Fit]) -> str:
    """The law that comes first."""
    return fits[0].law


def test_falling_values_are_fitted_too() -> None:
    """A measurement that falls with the size has a negative exponent."""
    fit = next(each for each in scaling_fits(SIZES, [[1 / size] for size in SIZES]) if each.law == "power")
    assert fit.parameters["exponent"].value == pytest.approx(-1)
    assert best(scaling_fits(SIZES, [[1 / size] for size in SIZES])) == "power"


def test_a_constant_has_no_growth() -> None:
    """Equal values at all sizes give a growth of 0 by every law, and no complaint."""
    fits = scaling_fits(SIZES, [[4.0, 4.0]] * 5)
    growth = {"logarithmic": "slope", "power": "exponent", "linear": "slope"}
    assert len(fits) == 3
    assert all(abs(fit.parameters[growth[fit.law]].value) < 1e-9 for fit in fits)


def test_too_little_gives_no_law_and_wrong_values_are_refused() -> None:
    """Two sizes, or four values, tell no law from another; a time that never came has no logarithm."""
    assert scaling_fits([1, 2], [[1.0] * 9, [2.0] * 9]) == []
    assert scaling_fits([1, 2, 3, 4], [[1.0], [2.0], [3.0], [float("nan")]]) == []
    with pytest.raises(InputError, match="size 3: found inf; expected numbers above 0"):
        scaling_fits([1, 2, 3], [[1.0, 2.0], [2.0], [float("inf"), 3.0]])
    with pytest.raises(InputError, match="a sample for each size"):
        scaling_fits([1, 2], [[1.0]])


def test_the_band_is_that_of_a_weighted_mean_of_logarithms() -> None:
    """Of a power law, the variance of a prediction is that of the mean logarithms with the weights of least squares."""
    samples = [each[: 4 + 3 * place] for place, each in enumerate(scattered("power"))]
    fit = next(fit for fit in scaling_fits(SIZES, samples) if fit.law == "power")
    counts = np.array([len(each) for each in samples])
    places = np.log(SIZES)
    variances = np.array([np.log(each).var(ddof=1) for each in samples]) / counts
    middle = np.average(places, weights=counts)
    for size in (16, 300, 9000):
        weights = counts / counts.sum() + (np.log(size) - middle) * counts * (places - middle) / (
            counts @ (places - middle) ** 2
        )
        parts = weights**2 * variances
        freedom = parts.sum() ** 2 / (parts**2 / (counts - 1)).sum()  # of Welch and Satterthwaite
        margin = np.exp(t.ppf(0.975, freedom) * np.sqrt(parts.sum()))
        band = fit.band([size])
        assert band is not None
        assert [band[0][0], band[1][0]] == pytest.approx(
            [fit.predict([size])[0] / margin, fit.predict([size])[0] * margin]
        )


@pytest.mark.parametrize("law", LAWS)
def test_a_band_holds_the_law_that_made_the_values(law: str) -> None:
    """Of a law that is right the band holds the truth at each size; without scatter to know of there is none."""
    fit = scaling_fits(SIZES, scattered(law))[0]
    band = fit.band(SIZES)
    assert band is not None
    truth = np.array([LAWS[law](size) for size in SIZES])
    assert ((band[0] < truth) & (truth < band[1])).all()
    assert scaling_fits(SIZES, [[LAWS[law](size)] for size in SIZES])[0].band(SIZES) is None
