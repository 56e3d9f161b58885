"""From the records of what agents do at their ticks to what the plot of their load draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.load import PARTS, Load
from analysis.plots.load_over_time import LoadFigure, LoadSeries
from analysis.plots.run_figures import facts, labels_of, spans_of
from sim.convergence import Coherence
from sim.units import format_duration, parse_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.plots.run_view import RunView

MOST_ROWS: Final = 6
MOST_INTERVALS: Final = 100_000
INTERVALS: Final = 200
"""Intervals of a run without a cycle, where nobody says how long they are."""
MOST_UNASKED: Final = 5_000
"""Intervals that a run has unless asked for."""


def load_over_time_figure(runs: Sequence[RunView], interval: str | None = None) -> LoadFigure:
    """Return the load of each run in equal intervals of time, as long as `interval` says.

    Unless said they are a tenth of the shortest cycle, as in the metrics of load, but longer in very long runs.

    Raises InputError where runs are too many, or do different things, or nothing that loads anybody.
    """
    if len(runs) > MOST_ROWS:
        raise InputError(f"found {len(runs)} runs; the plot load-over-time has at most {MOST_ROWS} rows: draw fewer")
    end = max(run.end for run in runs)
    length = _usual_length(runs, end) if interval is None else _length(interval, end)
    loads = [_load_of(run, length) for run in runs]
    kinds = {_kind_of(load): run.name for run, load in zip(runs, loads, strict=True)}
    if len(kinds) > 1:
        told = "; ".join(f"{name}: {kind}" for kind, name in kinds.items())
        raise InputError(f"found runs that load others in different ways ({told}); draw them one by one")
    (kind,) = kinds
    words, count = _COUNTS[kind]
    series = [
        LoadSeries(label, count(load), length, spans_of(run))
        for label, run, load in zip(_labels(runs), runs, loads, strict=True)
    ]
    quantity = words.format(interval=format_duration(length))
    return LoadFigure(series, quantity, end, ", ".join(dict.fromkeys(run.name for run in runs)), facts(runs))


def _usual_length(runs: Sequence[RunView], end: int) -> int:
    cycles = [_cycle(run) for run in runs]
    length = max(1, _rounded(end // INTERVALS) if None in cycles else min(filter(None, cycles)) // PARTS)
    while end // length > MOST_UNASKED:
        length *= 10
    return min(length, max(end, 1))


def _cycle(run: RunView) -> int | None:
    """Return the period of a run's protocol, in nanoseconds, where it has one."""
    if isinstance(run.convergence, Coherence):
        return run.convergence.period
    period = run.scenario.get("protocol", {}).get("period")
    return parse_duration(period) if isinstance(period, str) else None


def _length(interval: str, end: int) -> int:
    """Return how long an interval is that a user names, in nanoseconds."""
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


def _load_of(run: RunView, interval: int) -> Load:
    load = Load(interval)
    for record in run.states(Load.kinds):
        load.observe(record)
    load.finish(run.end)
    if not load.events:
        raise InputError(
            f"{run.name}: found no records of calls, jobs or attempts, which the plot load-over-time needs; "
            "draw a run whose agents have a duty, such as batch, job or connect"
        )
    return load


def _kind_of(load: Load) -> str:
    return "call" if load.calls else "job" if load.jobs else "attempt"


def _labels(runs: Sequence[RunView]) -> list[str]:
    """Return what tells the runs apart: their names, the fields that differ, or their seeds."""
    if len({run.seed for run in runs}) == len(runs) > 1 and len({str(run.scenario) for run in runs}) == 1:
        return [f"seed {run.seed}" for run in runs]
    return labels_of([run.scenario for run in runs])


def _running(load: Load) -> NDArray[np.int64]:
    """Return the largest number of jobs that run at once in each whole interval."""
    number, lasts = load.running()
    begins = np.cumsum(np.concatenate(([0], lasts[:-1])))
    begins, number = begins[lasts > 0], number[lasts > 0]
    most = number[np.searchsorted(begins, np.arange(load.end // load.interval) * load.interval, side="right") - 1]
    place = begins // load.interval
    whole = place < len(most)
    np.maximum.at(most, place[whole], number[whole])
    return most


_COUNTS: Final[dict[str, tuple[str, Callable[[Load], NDArray[np.int64]]]]] = {
    "call": ("Calls in {interval}", Load.counts),
    "job": ("Jobs running at once", _running),
    "attempt": ("Connection attempts in {interval}", Load.counts),
}
"""For each kind of record that tells of load: what it is called, and how it is counted."""
