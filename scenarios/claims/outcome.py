"""What one setup of a claim came to: the number that was measured, from how many runs, and whether the claim holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, isfinite
from typing import TYPE_CHECKING, Any, Final

from analysis.estimates import Estimate, mean_of, median_of, quantile_of, share_of
from analysis.paired_estimates import difference_of, exponent_of, fit_of, ratio_of
from scenarios.claims.bound import Bounds
from scenarios.claims.measure import Came, Compared, Growth, Holds, Value
from scenarios.study.answer import NEVER

if TYPE_CHECKING:
    import pandas as pd

    from analysis.paired_estimates import Statistic
    from scenarios.claims.plan import Role

NORMAL: Final = 1.959963984540054
"""Quantile of the normal distribution for an interval of 95 %."""
LAWS: Final = ("power", "log")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a setup came to in so many runs of a study, of which `failed` ended in an error and `missing` have no value.

    Runs of a comparison or of a growth are one in each cell, under the same seed. `parts` has the statistic of each
    cell, `fits` the exponent of each law of growth and by what part it misses those; `needed` is how many runs would
    tell, where all runs agree and are too few.
    """

    name: str
    study: str
    verdict: str
    runs: int
    failed: int
    missing: int
    estimate: Estimate | None
    parts: Mapping[str, float] = field(default_factory=dict)
    fits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    needed: int | None = None
    error: str | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        low, high = (self.estimate.low, self.estimate.high) if self.estimate else (None, None)
        return {
            "name": self.name,
            "study": self.study,
            "verdict": self.verdict,
            "runs": self.runs,
            "failed": self.failed,
            "missing": self.missing,
            "value": None if self.estimate is None else _number(self.estimate.value),
            "interval": [None if each is None else _number(each) for each in (low, high)],
            "parts": {name: _number(value) for name, value in self.parts.items()},
            "fits": {law: {"exponent": exponent, "misfit": misfit} for law, (exponent, misfit) in self.fits.items()},
            "needed": self.needed,
            "error": self.error,
        }


def outcome_of(
    name: str,
    study: str,
    measure: Value | Came | Holds | Compared | Growth,
    bounds: Bounds,
    cells: Mapping[Role, pd.DataFrame],
) -> Outcome:
    """Return what a setup came to, by the rows of the runs of its cells in a study."""
    if isinstance(measure, Value | Came | Holds):
        (runs,) = cells.values()
        return _of_one(name, study, measure, bounds, runs)
    return _of_several(name, study, measure, bounds, cells)


def _of_one(name: str, study: str, measure: Value | Came | Holds, bounds: Bounds, runs: pd.DataFrame) -> Outcome:
    whole = runs[runs["error"].isna()]
    found = _verdicts(whole, measure.check) if isinstance(measure, Holds) else whole[measure.metric]
    known = found.dropna().tolist()
    missing = len(whole) - len(known)
    if isinstance(measure, Value):
        estimate = _statistic(measure, known, missing if measure.may_never_come else 0)
        needed = None
    else:
        holding = len(known) if isinstance(measure, Came) else known.count("holds")
        of = len(whole) if isinstance(measure, Came) else len(known)
        estimate = share_of(holding, of)
        needed = _needed(holding, of, bounds)
    verdict = bounds.verdict(estimate)
    return Outcome(
        name, study, verdict, len(runs), len(runs) - len(whole), missing, estimate,
        needed=needed if verdict == "undecided" else None, error=_first_error(runs),
    )  # fmt: skip


def _statistic(measure: Value, known: list[float], never: int) -> Estimate | None:
    if measure.statistic == "mean":
        return mean_of(known)
    if measure.statistic == "median":
        return median_of(known, never)
    return quantile_of(known, _probability(measure.statistic), never)


def _probability(statistic: str) -> float:
    return float(statistic[1:]) / 100


def _verdicts(whole: pd.DataFrame, check: str) -> pd.Series[Any]:
    import pandas as pd

    column = f"check.{check}"
    return whole[column] if column in whole else pd.Series([None] * len(whole), dtype=object)


def _needed(holding: int, of: int, bounds: Bounds) -> int | None:
    """Return how many runs tell by Wilson's interval that a share is within bounds, if all went as they all did."""
    if of and holding == of and 0 < bounds.low < 1 <= bounds.high:
        return ceil(NORMAL**2 * bounds.low / (1 - bounds.low))
    if of and holding == 0 and bounds.low <= 0 < bounds.high < 1:
        return ceil(NORMAL**2 * (1 - bounds.high) / bounds.high)
    return None


def _of_several(
    name: str, study: str, measure: Compared | Growth, bounds: Bounds, cells: Mapping[Role, pd.DataFrame]
) -> Outcome:
    import pandas as pd

    errors = pd.DataFrame({role: runs.set_index("replicate")["error"].notna() for role, runs in cells.items()})
    values = pd.DataFrame({role: runs.set_index("replicate")[measure.metric] for role, runs in cells.items()})
    failed = errors.any(axis=1)
    whole = values[~failed].astype(float)
    missing = int(whole.isna().any(axis=1).sum())
    whole = whole.fillna(float("inf")) if measure.may_never_come else whole.dropna()
    samples = [whole[role].tolist() for role in cells]
    statistic = _along_last_axis(measure.statistic)
    parts = {str(role): float(statistic(whole[role].to_numpy())) for role in cells} if len(whole) else {}
    if isinstance(measure, Growth):
        sizes = [int(role) for role in cells]
        estimate = exponent_of(samples, sizes, statistic, measure.law)
        fits = _fits(list(parts.values()), sizes)
    else:
        estimate = (ratio_of if measure.kind == "ratio" else difference_of)(samples, statistic)
        fits = {}
    error = next((told for runs in cells.values() if (told := _first_error(runs))), None)
    return Outcome(
        name,
        study,
        bounds.verdict(estimate),
        len(values),
        int(failed.sum()),
        missing,
        estimate,
        parts,
        fits,
        error=error,
    )


def _fits(values: list[float], sizes: list[int]) -> dict[str, tuple[float, float]]:
    if not values or any(not isfinite(value) or value <= 0 for value in values):
        return {}
    return {law: fit_of(values, sizes, law) for law in LAWS}


def _along_last_axis(statistic: str) -> Statistic:
    import numpy as np

    if statistic == "mean":
        return lambda sample: np.mean(sample, axis=-1)
    if statistic == "median":
        return lambda sample: np.median(sample, axis=-1)
    probability = _probability(statistic)
    return lambda sample: np.quantile(sample, probability, axis=-1, method="inverted_cdf")


def _first_error(runs: pd.DataFrame) -> str | None:
    told = runs["error"].dropna()
    return None if told.empty else str(told.iloc[0])


def _number(value: float) -> float | str:
    return value if isfinite(value) else NEVER
