"""How far a metric of a study depends on each of its factors: Sobol indices of a design for them, else main effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan
from typing import TYPE_CHECKING, Any, Final

from analysis.metrics import known_metric
from analysis.plots.study_values import runs_of
from analysis.study_view import StudyView, chosen_factor, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

FIRST_ORDER: Final = "first order"
TOTAL: Final = "total"
MAIN_EFFECT: Final = "main effect"
WIDEST: Final = 0.5
"""Width of an interval of a Sobol index, as a share of the variance, beyond which it says too little."""
MOST_FACTORS: Final = 20
MOST_GROUPS: Final = 4
COLUMNS: Final = ("group", "factor", "index", "value", "low", "high", "direction", "p", "points", "runs")


def sensitivity_frame(study: StudyView, metric: str | None = None, by: str | None = None) -> pd.DataFrame:
    """Return how far a metric depends on each factor that varies, a row for each factor and index.

    Columns: `group`, the level of the factor `by`, within which all is done (empty unless given); `factor`; `index`,
    which is `first order` and `total`, the Sobol indices of the mean over seeds, where the cells are a design for them
    and all have a value, otherwise `main effect`, the share of the variance of ranks that a factor explains by itself;
    `value`; `low` and `high`, the 95 % interval of a Sobol index; `direction`, Spearman's correlation, and `p`,
    corrected by Holm, of a main effect; NaN for what an index does not have; `points`, of a sampled design those that
    it is taken over, for Sobol indices base points, and 0 of others; and `runs`.
    Raises InputError where no factor varies.
    """
    import pandas as pd

    rows, chosen = runs_of(study), chosen_metric(study, metric)
    group = None if by is None else chosen_factor(study, by)
    parts = [("", rows)] if group is None else [(str(level), part) for level, part in rows.groupby(group, sort=False)]
    if len(parts) > MOST_GROUPS:
        raise InputError(f"{by} has {len(parts)} levels; the plot sensitivity has at most {MOST_GROUPS} parts")
    found = []
    for words, part in parts:
        factors = [name for name in study.factors if name != group and part[name].nunique() > 1]
        if not factors:
            within = f" within {words}" if words else ""
            raise InputError(
                f"no factor of the study {study.name} varies{within}; the plot sensitivity needs a study that "
                "sweeps something, or has a sampled design"
            )
        if len(factors) > MOST_FACTORS:
            raise InputError(f"found {len(factors)} factors; the plot sensitivity has at most {MOST_FACTORS}")
        indices = list(_sobol(part, factors, chosen)) or list(_main_effects(part, factors, chosen))
        found += [(words, *row, len(part)) for row in indices]
    return pd.DataFrame(found, columns=list(COLUMNS))


Row = tuple[str, str, float, float, float, float, float, int]


def _sobol(rows: pd.DataFrame, factors: Sequence[str], metric: str) -> Iterator[Row]:
    """Yield first and total indices of each factor; nothing where the cells are no design for them."""
    from analysis.statistics.sensitivity import sobol_of

    cells = rows.groupby("cell", sort=True)
    if not is_sobol_design(cells[list(factors)].first(), factors):
        return
    means = cells[metric].agg(lambda values: values.mean(skipna=not known_metric(metric).may_never_come))
    if means.isna().any():
        return
    indices = sobol_of(means.tolist(), list(factors))
    for factor in sorted(factors, key=lambda name: -indices.total[name].value):
        for index, estimates in ((FIRST_ORDER, indices.first), (TOTAL, indices.total)):
            found = estimates[factor]
            yield factor, index, found.value, _known(found.low), _known(found.high), nan, nan, indices.points


def is_sobol_design(cells: pd.DataFrame, factors: Sequence[str]) -> bool:
    """Whether cells, a row for each with its factors, are the matrices A, B and AB of a design for Sobol indices.

    First come n points, n a power of two, then n others, then for each factor in turn the first ones with that factor
    of the others (Saltelli and others, Computer Physics Communications 181, 2010).
    """
    points, rest = divmod(len(cells), len(factors) + 2)
    if rest or points < 2 or points & (points - 1):
        return False
    values = {factor: cells[factor].tolist() for factor in factors}
    for factor, column in values.items():
        for block, mixed in enumerate(factors, start=2):
            source = column[points : 2 * points] if factor == mixed else column[:points]
            if column[block * points : (block + 1) * points] != source:
                return False
    return True


def _main_effects(rows: pd.DataFrame, factors: Sequence[str], metric: str) -> Iterator[Row]:
    from analysis.statistics.screening import POINT, main_effects

    for effect in main_effects(rows, factors, metric):
        points = effect.units if POINT in rows else 0
        yield effect.factor, MAIN_EFFECT, effect.share, nan, nan, _known(effect.direction), effect.adjusted, points


def too_few_points(frame: pd.DataFrame) -> bool:
    """Whether an interval of a Sobol index is wider than `WIDEST`, so that the design has too few points to tell."""
    return bool((frame["high"] - frame["low"] > WIDEST).any())


def _known(value: Any) -> float:
    return nan if value is None else float(value)
