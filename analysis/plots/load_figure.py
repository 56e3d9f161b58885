"""From the records of what agents do at their ticks to what the plot of their load draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.node_life import AFTER, DOWN, LIFE
from analysis.plots.load_over_time import LoadFigure, LoadSeries
from analysis.plots.run_figures import facts, labels_of, spans_of
from sim.units import format_duration, parse_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.plots.run_view import RunView

MOST_ROWS: Final = 6
MOST_INTERVALS: Final = 100_000
INTERVALS: Final = 200
"""Intervals of a run, where nobody says how long they are."""


def load_over_time_figure(runs: Sequence[RunView], interval: str | None = None) -> LoadFigure:
    """Return the load of each run in equal intervals of time, a 200th of the longest run unless `interval` says.

    Raises InputError where runs are too many, or do different things, or nothing that loads anybody.
    """
    if len(runs) > MOST_ROWS:
        raise InputError(f"found {len(runs)} runs; the plot load-over-time has at most {MOST_ROWS} rows: draw fewer")
    end = max(run.end for run in runs)
    length = _length(interval, end)
    kinds = {kind: run.name for run in runs for kind in [_kind_of(run)]}
    if len(kinds) > 1:
        told = "; ".join(f"{name}: {kind}" for kind, name in kinds.items())
        raise InputError(f"found runs that load others in different ways ({told}); draw them one by one")
    (kind,) = kinds
    words, count = _COUNTS[kind]
    labels = _labels(runs)
    series = [
        LoadSeries(label, count(run, length), length, spans_of(run)) for label, run in zip(labels, runs, strict=True)
    ]
    quantity = words.format(interval=format_duration(length))
    return LoadFigure(series, quantity, end, ", ".join(dict.fromkeys(run.name for run in runs)), facts(runs))


def _length(interval: str | None, end: int) -> int:
    """Return how long an interval is, in nanoseconds."""
    if interval is None:
        return max(1, _rounded(end // INTERVALS))
    try:
        length = parse_duration(interval)
    except ValueError as error:
        raise InputError(f"found the interval {interval[:40]!r}: {error}; expected one such as 10ms") from None
    least = max(1, -(-end // MOST_INTERVALS))
    if not least <= length <= max(end, 1):
        found = f"found an interval of {format_duration(length)}"
        raise InputError(
            f"{found}; expected one from {format_duration(least)} to {format_duration(end)}, the run's end"
        )
    return length


def _rounded(length: int) -> int:
    """Return the nearest length below that has one digit."""
    size = int(10 ** (len(str(length)) - 1))
    return length // size * size


def _kind_of(run: RunView) -> str:
    found = next(iter(run.states(tuple(_COUNTS))), None)
    if found is None:
        raise InputError(
            f"{run.name}: found no records of calls, jobs or attempts, which the plot load-over-time needs; "
            "draw a run whose agents have a duty, such as batch, job or connect"
        )
    return found.kind


def _labels(runs: Sequence[RunView]) -> list[str]:
    """Return what tells the runs apart: their names, the fields that differ, or their seeds."""
    if len({run.seed for run in runs}) == len(runs) > 1 and len({str(run.scenario) for run in runs}) == 1:
        return [f"seed {run.seed}" for run in runs]
    return labels_of([run.scenario for run in runs])


def _each(run: RunView, kind: str, interval: int) -> NDArray[np.int64]:
    """Return how many records of a kind there are in each interval."""
    times = np.array([record.time for record in run.states((kind,))], np.int64)
    return np.bincount(_place(times, run.end, interval), minlength=_number(run.end, interval))


def _number(end: int, interval: int) -> int:
    return max(1, -(-end // interval))


def _place(times: NDArray[np.int64], end: int, interval: int) -> NDArray[np.int64]:
    """Return the interval of each time; what happens at the very end belongs to the last one."""
    return np.minimum(times // interval, _number(end, interval) - 1)


def _running(run: RunView, interval: int) -> NDArray[np.int64]:
    """Return the largest number of jobs that run at once in each interval; a crash ends those of its node."""
    changes = sorted(change for begin, end in _jobs(run) for change in ((begin, 1), (end, -1)))
    times = np.array([time for time, _ in changes], np.int64)
    counts = np.cumsum([step for _, step in changes])
    loads = np.zeros(_number(run.end, interval), np.int64)
    np.maximum.at(loads, _place(times, run.end, interval), counts)
    starts = np.arange(len(loads)) * interval
    before = np.searchsorted(times, starts, side="right")
    return np.maximum(loads, np.where(before > 0, counts[before - 1], 0))


def _jobs(run: RunView) -> list[tuple[int, int]]:
    """Return begin and end of each job, up to the end of the run."""
    jobs: list[tuple[int, int]] = []
    open_jobs: dict[int, list[tuple[int, int]]] = {}
    for record in run.states(("job", *LIFE)):
        if record.node is None:
            continue
        mine = open_jobs.setdefault(record.node, [])
        if record.kind == "job":
            mine.append((record.time, min(record.time + record.fields["length"], run.end)))
        elif AFTER[record.kind] == DOWN:
            jobs += [(begin, min(end, record.time)) for begin, end in mine]
            mine.clear()
    return jobs + [job for node in sorted(open_jobs) for job in open_jobs[node]]


def _counted(kind: str) -> Callable[[RunView, int], NDArray[np.int64]]:
    return lambda run, interval: _each(run, kind, interval)


_COUNTS: Final[dict[str, tuple[str, Callable[[RunView, int], NDArray[np.int64]]]]] = {
    "call": ("Calls in {interval}", _counted("call")),
    "job": ("Jobs running at once", _running),
    "attempt": ("Connection attempts in {interval}", _counted("attempt")),
}
"""For each kind of record that tells of load: what it is called, and how it is counted."""
