"""A metric of a study against a number that it sweeps, with a line for each set of the other factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.estimates import Estimate, mean_of
from analysis.metrics import METRICS
from analysis.study_view import StudyView, chosen_metric
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MOST_LINES: Final = 8
LEAST_RUNS: Final = 6
"""Runs at a point from which on its mean has an interval."""
SIZES: Final = ("threads", "cores", "workers", "clients", "agents", "nodes")
"""Numbers against which one looks first, by the last word of a factor's path."""


@dataclass(frozen=True)
class SweptLine:
    """One line: its words, the estimate of the mean at each number, and the values of all runs with their numbers."""

    label: str
    means: Mapping[float, Estimate]
    numbers: tuple[float, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Sweep:
    """What is drawn: the lines, the `factor` that is swept, the metric with its unit, and the words of the plot."""

    lines: Sequence[SweptLine]
    factor: str
    metric: str
    unit: str
    name: str
    facts: str


def sweep_of(study: StudyView, plot: str, metric: str | None, preferred: Sequence[str], unit: str) -> Sweep:
    """Return a metric against the number that a study sweeps: of threads, cores and so on, otherwise the first one.

    `metric` None: one of those `preferred`, otherwise the first of the study with the `unit`. Raises InputError where
    the study sweeps no number, has no such metric, or has more than 8 lines.
    """
    chosen = _metric(study, plot, metric, preferred, unit)
    factor, numbers = _swept(study, plot)
    others = [name for name in study.factors if name != factor and study.frame[name].nunique() > 1]
    whole = study.frame[study.frame["error"].isna() & study.frame[chosen].notna()]
    lines = [_line(label, runs, chosen, numbers) for label, runs in _groups(whole, others)]
    if not lines:
        raise InputError(f"no run of the study {study.name} has a value of {chosen}, which the plot {plot} needs")
    if len(lines) > MOST_LINES:
        raise InputError(
            f"found {len(lines)} sets of points; the plot {plot} has at most {MOST_LINES} lines: draw fewer"
        )
    runs = sorted({len(line.values) // len(line.means) for line in lines})
    each = f"{runs[0]} to {runs[-1]} runs" if len(runs) > 1 else f"{runs[0]} run{'s' * (runs[0] != 1)}"
    how = "mean with an interval of 95 %" if runs[-1] >= LEAST_RUNS else "means"
    told = f"{each} at each point" + (f"; {how}" if runs[-1] > 1 else "")
    return Sweep(lines, words_of(factor), chosen, METRICS[chosen].unit if chosen in METRICS else "", study.name, told)


def words_of(factor: str) -> str:
    """Return what a factor is called on an axis: the last part of its path, in words."""
    words = factor.rpartition(".")[2].replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def _metric(study: StudyView, plot: str, metric: str | None, preferred: Sequence[str], unit: str) -> str:
    if metric is not None:
        return chosen_metric(study, metric)
    fitting = [name for name in study.metrics if name in METRICS and METRICS[name].unit.endswith(unit)]
    measured = [name for name in preferred if name in study.frame and study.frame[name].notna().any()]
    known = [name for name in preferred if name in study.metrics] or fitting or measured
    if not known:
        found = ", ".join(study.metrics) or "none"
        raise InputError(
            f"the study {study.name} reports {found}; the plot {plot} needs a metric in {unit}: have it report "
            f"{preferred[0]}, or name one by --metric"
        )
    return known[0]


def _swept(study: StudyView, plot: str) -> tuple[str, Mapping[int, float]]:
    """Return the factor that is drawn along the axis, and its number in each cell."""
    found: list[tuple[int, int, str, dict[int, float]]] = []
    for place, factor in enumerate(study.factors):
        values = study.frame.groupby("cell")[factor].first()
        numbers = {int(str(cell)): _number(value) for cell, value in values.items()}
        known = {cell: number for cell, number in numbers.items() if number is not None}
        if len(known) == len(numbers) and len(set(known.values())) > 1:
            last = factor.rpartition(".")[2]
            rank = SIZES.index(last) if last in SIZES else len(SIZES)
            found.append((rank, place, factor, known))
    if not found:
        raise InputError(
            f"the study {study.name} sweeps no number; the plot {plot} needs one that does, such as protocol.threads"
        )
    _, _, factor, numbers_of = min(found, key=lambda each: each[:2])
    return factor, numbers_of


def _number(value: Any) -> float | None:
    """Return a value of a factor as a number; a share may be written with a percent sign."""
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, str) and value.endswith("%"):
            return float(value[:-1]) / 100
        return float(value)
    except (TypeError, ValueError):
        return None


def _groups(runs: pd.DataFrame, others: list[str]) -> list[tuple[str, pd.DataFrame]]:
    if not others:
        return [("", runs)] if len(runs) else []
    groups = runs.groupby(others, sort=False)
    return [(", ".join(str(value) for value in np.atleast_1d(np.asarray(key, object))), part) for key, part in groups]


def _line(label: str, runs: pd.DataFrame, metric: str, numbers: Mapping[int, float]) -> SweptLine:
    at = tuple(numbers[int(cell)] for cell in runs["cell"])
    values = tuple(runs[metric].astype(float).tolist())
    means = {
        number: _mean([value for place, value in zip(at, values, strict=True) if place == number])
        for number in sorted(set(at))
    }
    return SweptLine(label, means, at, values)


def _mean(values: Sequence[float]) -> Estimate:
    if len(values) < LEAST_RUNS:
        return Estimate(fsum(values) / len(values), None, None)
    found = mean_of(values)
    assert found is not None
    return found
