"""Two metrics of a study against each other: a point for each cell, and the cells that no other one beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan
from typing import TYPE_CHECKING, Final

from analysis.better import better_of
from analysis.estimates import Estimate, median_of
from analysis.metrics import known_metric
from analysis.plots.study_values import median_with_interval, runs_of
from analysis.study_view import StudyView, chosen_metric, times_of
from topologies.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

USUAL: Final = ("messages_per_node", "converged_at")
"""What is drawn upwards, and against what, where the study has both."""
MOST_CELLS: Final = 1024
COLUMNS: Final = ("cell", "label", "runs", "never", "value", "low", "high")
AGAINST: Final = ("against", "against_low", "against_high", "never_against")


def trade_off_frame(study: StudyView, metric: str | None = None, against: str | None = None) -> pd.DataFrame:
    """Return the medians of two metrics in each cell, with their 95 % intervals, a row for each cell.

    Columns: `cell`, its `label`, its `runs`; `value`, `low`, `high` of the metric (times in nanoseconds, infinite where
    they do not come in half of the runs), and `never`, the runs in which its time never came; the same of the other one
    as `against`, `against_low`, `against_high`, `never_against`; and `front`, whether no other cell is at least as good
    in both and better in one. Raises InputError where there are not two metrics, or too many cells.
    """
    import pandas as pd

    runs_of(study)
    value, other = trade_off_metrics(study, metric, against)
    cells = study.frame["cell"].nunique()
    if cells > MOST_CELLS:
        raise InputError(
            f"found {cells} cells; the plot trade-off has at most {MOST_CELLS} points: sweep fewer values, or draw "
            "the frame of murmur.open_study yourself"
        )
    rows = []
    for cell, runs in study.cells():
        first, never = _median(runs, value)
        second, never_against = _median(runs, other)
        if first is None or second is None:
            continue
        numbers = [*(_number(part) for part in (first.value, first.low, first.high))]
        against_numbers = [*(_number(part) for part in (second.value, second.low, second.high)), never_against]
        rows.append((cell, _label(study, cell), len(runs), never, *numbers, *against_numbers))
    if not rows:
        raise InputError(
            f"no cell of the study {study.name} has values of both {value} and {other}, which the plot trade-off draws"
        )
    frame = pd.DataFrame(rows, columns=[*COLUMNS, *AGAINST])
    frame["front"] = front_of(
        frame["value"].tolist(), frame["against"].tolist(), better_of(value) == "more", better_of(other) == "more"
    )
    return frame


def _label(study: StudyView, cell: int) -> str:
    """Return what a cell is called: by the values of what varies, with its name where they are all numbers."""
    varied = study.varied()
    if len(varied) < 2 or set(varied) - set(study.numeric()):
        return study.label(cell)
    row = study.frame[study.frame["cell"] == cell].iloc[0]
    return ", ".join(_told(factor.rpartition(".")[2], float(row[factor])) for factor in varied)


def _told(factor: str, value: float) -> str:
    """Return a factor with its number, and with its unit where its name ends in one, as in `period (ms)`."""
    name, _, unit = factor.removesuffix(")").partition(" (")
    return f"{name} {value:g}{f' {unit}' if unit else ''}"


def trade_off_metrics(study: StudyView, metric: str | None, against: str | None) -> tuple[str, str]:
    """Return the metric that is drawn upwards, and the one that it is drawn against; by default those of `USUAL`."""
    reported = [*dict.fromkeys([*(name for name in USUAL if name in study.metrics), *study.metrics])]
    value = chosen_metric(study, metric or next((name for name in reported if name != against), None))
    other = against or next(
        (name for name in (*reversed(USUAL), *reported) if name in reported and name != value), None
    )
    if other is None:
        raise InputError(
            f"the study {study.name} reports {value} alone; the plot trade-off needs two metrics: name one of its runs "
            "by --against"
        )
    if other == value:
        raise InputError(f"found {value} against itself; name two metrics by --metric and --against")
    return value, chosen_metric(study, other)


def _median(runs: pd.DataFrame, metric: str) -> tuple[Estimate | None, int]:
    """Return the median of the runs of a cell, and in how many a time never came."""
    if not known_metric(metric).may_never_come:
        return median_of(runs[metric].dropna().astype(float).tolist()), 0
    times, came = times_of(runs, metric)
    return median_with_interval(times, came), came.count(False)


def _number(part: float | None) -> float:
    return nan if part is None else part


def front_of(
    values: Sequence[float], others: Sequence[float], more: bool = False, more_of_others: bool = False
) -> list[bool]:
    """Return which of the points are on the Pareto front: no other is at least as good in both and better in one.

    Less is better, unless `more`; likewise `more_of_others`. A point that is infinitely bad in one is on no front.
    """
    points = [
        (-value if more else value, -other if more_of_others else other)
        for value, other in zip(values, others, strict=True)
    ]
    return [
        all(isfinite(part) for part in point) and not any(_beats(rival, point) for rival in points) for point in points
    ]


def _beats(rival: tuple[float, float], point: tuple[float, float]) -> bool:
    return rival[0] <= point[0] and rival[1] <= point[1] and rival != point
