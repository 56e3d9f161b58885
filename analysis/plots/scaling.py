"""How a metric of a study grows with a size that it sweeps: its values, their means, and the laws that fit them."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log, nan
from typing import TYPE_CHECKING, Final

from analysis.estimates import mean_of
from analysis.metrics import known_metric
from analysis.plots.study_values import runs_of
from analysis.plots.sweep import LEAST_RUNS, SIZES
from analysis.study_view import StudyView, chosen_factor, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from analysis.statistics.scaling import Fit

MOST_LINES: Final = 8


def scaling_frame(study: StudyView, metric: str | None = None, x: str | None = None) -> pd.DataFrame:
    """Return the value of a metric at each size, a row for each run; a line for each set of the other factors.

    Columns: `line`, the levels of the other factors in words; `size`; `seed`; `value` (times in nanoseconds), NaN where
    a time never came, and `came`, whether it did. `x` is the factor with the sizes, by default the number of nodes,
    agents, threads and so on, otherwise the first of numbers. Raises InputError where the study sweeps no numbers
    above 0, where values are not above 0, or where there are more than eight lines.
    """
    rows, chosen = runs_of(study), chosen_metric(study, metric)
    factor = size_of(study, x)
    others = [name for name in study.varied() if name != factor]
    if not known_metric(chosen).may_never_come:
        rows = rows[rows[chosen].notna()]
    frame = rows[["seed"]].assign(
        line=[", ".join(map(str, each)) for each in rows[others].itertuples(index=False)] if others else "",
        size=rows[factor].astype(float),
        value=rows[chosen].astype(float),
        came=rows[chosen].notna(),
    )[["line", "size", "seed", "value", "came"]]
    frame = frame.reset_index(drop=True)
    if (frame["value"] <= 0).any():
        raise InputError(
            f"found {chosen} of {frame['value'].min():g}; the plot scaling has logarithmic axes, for values above 0"
        )
    if frame["line"].nunique() > MOST_LINES:
        raise InputError(
            f"found {frame['line'].nunique()} sets of cells; the plot scaling has at most {MOST_LINES} lines: sweep "
            "fewer values, or draw the frame of murmur.open_study yourself"
        )
    return frame


def size_of(study: StudyView, x: str | None) -> str:
    """Return the factor along the axis of `scaling_frame`; raises InputError where there is none."""
    fitting = [name for name in study.numeric() if study.frame[name].nunique() > 1 and study.frame[name].min() > 0]
    if x is not None:
        chosen = chosen_factor(study, x)
        if chosen not in fitting:
            told = f"; {' or '.join(fitting)} has" if fitting else ""
            raise InputError(
                f"{chosen} has not several numbers above 0, which the plot scaling draws along its axis{told}"
            )
        return chosen
    if not fitting:
        raise InputError(
            f"the study {study.name} sweeps no numbers above 0; the plot scaling needs a size, such as topology.nodes"
        )
    return min(fitting, key=lambda name: (_rank(name), fitting.index(name)))


def _rank(factor: str) -> int:
    last = factor.rpartition(".")[2]
    return SIZES.index(last) if last in SIZES else len(SIZES)


def scaling_points(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the geometric mean of the values of each line at each size, which is what laws are fitted to.

    Takes what `scaling_frame` gives. Columns: `line`, `size`, `runs`, `never` (runs in which a time did not come),
    `value`, and `low` and `high`, the 95 % interval (BCa, of the logarithms); NaN where a time never came in some runs,
    as a mean of those in which it did would be too small, and bounds where there are fewer than six runs.
    """
    import pandas as pd

    points = []
    for line, of_line in frame.groupby("line", sort=False):
        for size, rows in of_line.groupby("size", sort=True):
            never = int((~rows["came"]).sum())
            found = None if never else mean_of([log(value) for value in rows["value"]])
            bounds = (None, None) if found is None or len(rows) < LEAST_RUNS else (found.low, found.high)
            parts = (None if found is None else found.value, *bounds)
            points.append((line, size, len(rows), never, *(nan if part is None else exp(part) for part in parts)))
    return pd.DataFrame(points, columns=["line", "size", "runs", "never", "value", "low", "high"])


def laws_of(frame: pd.DataFrame) -> Mapping[str, list[Fit]]:
    """Return the laws that are fitted to each line, the best first; none where it has fewer than three sizes.

    Takes what `scaling_frame` gives. Sizes at which a time never came in some runs are left out.
    """
    from analysis.statistics.scaling import scaling_fits

    laws = {}
    for line, rows in frame.groupby("line", sort=False):
        samples = {
            float(str(size)): at["value"].tolist() for size, at in rows.groupby("size", sort=True) if at["came"].all()
        }
        laws[str(line)] = scaling_fits(list(samples), list(samples.values()))
    return laws
