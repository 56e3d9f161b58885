"""A study as tables, plots and reports see it: its runs in a tidy frame, and what tells its cells apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from analysis.metrics import known_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


MOST_LISTED: Final = 20


@dataclass(frozen=True)
class StudyView:
    """What is seen of a study: its name, its runs, what tells its cells apart, its metrics and checks.

    `frame` is tidy: a row for each run, in the order of cells, with a column for each factor, for `cell`, `replicate`,
    `seed`, `ended_ns`, `error`, `check.NAME` for each check, and for each metric, which is NaN where a run has none.
    `scenarios` has the scenario of each cell, as plain data; `description` is what the study asks, for people.
    Time series that runs have are named in `series`: the column `series.NAME` has a list of values for each run, at the
    times of `series_times`, in nanoseconds.
    """

    name: str
    frame: pd.DataFrame
    factors: Sequence[str]
    metrics: Sequence[str]
    scenarios: Sequence[Mapping[str, Any]] = ()
    description: str = ""
    checks: Sequence[str] = ()
    series: Sequence[str] = ()
    series_times: Sequence[int] = ()

    def whole(self) -> pd.DataFrame:
        """Return the rows of the runs that did not end in an error."""
        return self.frame[self.frame["error"].isna()]

    def varied(self) -> list[str]:
        """Return the factors that have more than one value."""
        return [factor for factor in self.factors if self.frame[factor].nunique(dropna=False) > 1]

    def numeric(self) -> list[str]:
        """Return the factors whose values are all numbers."""
        from pandas.api.types import is_bool_dtype, is_numeric_dtype

        columns = {factor: self.frame[factor] for factor in self.factors}
        return [name for name, column in columns.items() if is_numeric_dtype(column) and not is_bool_dtype(column)]

    def cells(self) -> Iterator[tuple[int, pd.DataFrame]]:
        """Yield each cell by its number, with the rows of its runs that did not end in an error."""
        for number, rows in self.frame.groupby("cell", sort=True):
            yield int(str(number)), rows[rows["error"].isna()]

    def curves(self, name: str) -> pd.DataFrame:
        """Return a time series in long form, without what is not known: cell, replicate, time in ns, value.

        Raises InputError where the study has not kept it.
        """
        if name not in self.series:
            kept = f"it has {', '.join(self.series)}" if self.series else "say `series` in its file"
            raise InputError(f"the study {self.name} has kept no time series {name}; {kept}")
        column = f"series.{name}"
        rows = self.whole()[["cell", "replicate", column]].rename(columns={column: "value"})
        times: list[Any] = [list(self.series_times)] * len(rows)
        rows = rows.assign(time=times).explode(["time", "value"], ignore_index=True)
        rows = rows[["cell", "replicate", "time", "value"]].astype({"time": "int64", "value": float})
        return rows.dropna(subset="value").reset_index(drop=True)

    def label(self, cell: int, among: Sequence[str] | None = None) -> str:
        """Return the words that tell a cell from the others: its values of `among`, by default of what varies."""
        rows = self.frame[self.frame["cell"] == cell]
        factors = (self.varied() or list(self.factors)) if among is None else among
        return ", ".join(str(rows[factor].iloc[0]) for factor in factors)


def chosen_metric(study: StudyView, metric: str | None) -> str:
    """Return the metric to look at, the first by default; raises InputError where the study does not have it."""
    if metric is None:
        if not study.metrics:
            raise InputError(f"the study {study.name} reports no metric; name one of its runs by --metric")
        return study.metrics[0]
    never_came = known_metric(metric).may_never_come and metric in study.metrics  # which is an answer as well
    if metric not in study.frame or not (never_came or study.frame[metric].notna().any()):
        named = ", ".join(study.metrics) or "none"
        raise InputError(f"no run of the study {study.name} has a value of {metric}; it reports {named}")
    return metric


def chosen_factor(study: StudyView, named: str) -> str:
    """Return the factor of this name, or whose path ends in it; raises InputError where there is none, or several.

    The unit of a sampled factor, as in `loss (%)`, may be left out.
    """
    ending = [factor for factor in study.factors if named in (_ending(factor), _ending(_unitless(factor)))]
    ending = ending or [factor for factor in study.factors if _unitless(factor) == named]
    found = [named] if named in study.factors else ending
    if len(found) == 1:
        return found[0]
    shown = f"{named[:80]!r}"
    if found:
        raise InputError(f"found the factor {shown}, which may be {' or '.join(found)}; give the whole path")
    words = [*study.factors, *(_ending(_unitless(each)) for each in study.factors)]
    near = get_close_matches(named[:80], words, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    known = ", ".join(study.factors[:MOST_LISTED]) or "none"
    raise InputError(f"found the factor {shown}; the study {study.name} has {known}{hint}")


def _ending(factor: str) -> str:
    return factor.rpartition(".")[2]


def _unitless(factor: str) -> str:
    return factor.rpartition(" (")[0] if factor.endswith(")") and " (" in factor else factor


def times_of(rows: pd.DataFrame, metric: str) -> tuple[list[float], list[bool]]:
    """Return when something came in each run, in nanoseconds, and whether it did: where not, when it was censored.

    A time from the beginning of a run is censored at the end of the run. Of one since anything else it is only known
    that it did not come while the run lasted: it is censored at the longest that came.
    """
    import numpy as np

    values = rows[metric].to_numpy(dtype=float)
    observed = ~np.isnan(values)
    ends = rows["ended_ns"].to_numpy(dtype=float)
    if not known_metric(metric).from_start:
        ends = np.full(len(values), values[observed].max(initial=0.0))
    return np.where(observed, values, ends).tolist(), observed.tolist()
