"""The course of a run: how far it had come at each time, and when each node was first reached, told from its records.

What counts as progress is what the protocol says (`sim.convergence`); nodes that are down are not waited for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.convergence import SpreadTracker, tracker_of
from analysis.plots.run_view import RunView
from sim.convergence import Agreement, Coherence, Completion, Convergence, Coverage, Extinction, Spread
from sim.records import Record
from topologies.errors import InputError


@dataclass(frozen=True)
class Curve:
    """From `times[i]`, in nanoseconds and ascending, the value is `values[i]`; before the first one it is `before`."""

    times: NDArray[np.int64]
    values: NDArray[np.float64]
    before: float = 0.0

    def at(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the values at these times."""
        last = np.searchsorted(self.times, times, side="right")
        return np.concatenate(([self.before], self.values))[last]


@dataclass(frozen=True)
class Course:
    """The course of a run: a `curve` of a `quantity`, and the time of an `event` on each node, in nanoseconds.

    `items` is the number of things that were spread or agreed on, of which the curve is the mean. `logarithmic`: the
    quantity falls by orders of magnitude.
    """

    curve: Curve
    quantity: str
    moments: dict[int, int]
    event: str
    items: int = 1
    logarithmic: bool = False


def course_of(run: RunView) -> Course:
    """Return the course of a run.

    Raises InputError where its protocol does not say what progress is, where too little was recorded, and where
    nothing of it happened.
    """
    if run.convergence is None:
        raise InputError(
            f"{run.name}: its protocol does not say which records mean progress, which this plot needs; "
            "set `convergence` in the protocol's class, and name its module, or that of its strategy, with --plugin if "
            "it is one of your own, or draw another plot that `murmur list plots` names"
        )
    course = _READERS[type(run.convergence)](run.convergence, run)
    if not course.moments:
        raise InputError(
            f"{run.name}: nothing has spread in this run, so that there is nothing to draw; "
            "let it run longer, or give it a workload"
        )
    return course


def _curve(points: dict[int, float], before: float = 0.0) -> Curve:
    """Return the curve of values by time, in order of time."""
    return Curve(np.fromiter(points.keys(), np.int64), np.fromiter(points.values(), np.float64), before)


def _tracked(declared: Convergence, run: RunView) -> tuple[Iterator[Record], Callable[[], Curve]]:
    """Return the records that a tracker of convergence wants, which it sees as they are taken, and then its curve."""
    tracker = tracker_of(declared, run.nodes)

    def records() -> Iterator[Record]:
        for record in run.states(tracker.kinds):
            tracker.observe(record)
            yield record

    def curve() -> Curve:
        progress = tracker.finish().progress
        return Curve(np.array(progress.times, np.int64), np.array(progress.fractions, np.float64))

    return records(), curve


def _covered(declared: Coverage, run: RunView) -> Course:
    """The share of pairs of a node that is up and an announced item in which the node has the item."""
    records, curve = _tracked(declared, run)
    items: dict[Any, None] = {}
    first: dict[int, int] = {}
    for record in records:
        if record.kind not in (declared.announced, declared.reached):
            continue
        item = record.fields[declared.item]
        items.setdefault(item)
        if record.kind == declared.reached and record.node is not None and item == next(iter(items)):
            first.setdefault(record.node, record.time)
    event = "first receipt" if len(items) <= 1 else "receipt of the first update"
    return Course(curve(), "Informed (fraction of nodes up)", first, event, len(items))


def _agreed(declared: Agreement, run: RunView) -> Course:
    """The share of nodes that are up and hold the value that most of them hold, as the mean over items."""
    records, curve = _tracked(declared, run)
    changed: dict[int, int] = {}
    items = set()
    for record in records:
        if record.kind == declared.kind and record.node is not None:
            changed[record.node] = record.time
            items.add(record.fields[declared.item] if declared.item else None)
    return Course(curve(), "In agreement (fraction of nodes up)", changed, "last change", len(items))


def _begun(declared: Extinction, run: RunView) -> Course:
    """The share of nodes that were ever active."""
    first: dict[int, int] = {}
    for record in run.states((declared.begin,)):
        if record.node is not None:
            first.setdefault(record.node, record.time)
    counts = {time: (number + 1) / run.nodes for number, time in enumerate(first.values())}
    return Course(_curve(counts), "Ever active (fraction of nodes)", first, "first activity")


def _completed(declared: Completion, run: RunView) -> Course:
    """The share of the work that is over, and when each node last made a record about it."""
    records, curve = _tracked(declared, run)
    told: dict[int, int] = {}
    for record in records:
        if record.node is not None:
            told[record.node] = record.time
    return Course(curve(), "Work that is over (fraction)", told, "last record of work")


class _DeviationTracker(SpreadTracker):
    """Keeps the standard deviation over the nodes that are up, as a share of the initial one, at each time."""

    def __init__(self, declared: Spread, population: int) -> None:
        super().__init__(declared, population)
        self.shares: dict[int, float] = {}

    def observe(self, record: Record) -> None:
        """Take the next record of the run."""
        super().observe(record)
        if self.initial:
            self.shares[record.time] = self._variance.deviation / self.initial


def _narrowed(declared: Spread, run: RunView) -> Course:
    """The standard deviation over the nodes that are up, as a share of the initial one."""
    tracker = _DeviationTracker(declared, run.nodes)
    changed: dict[int, int] = {}
    for record in run.states(tracker.kinds):
        tracker.observe(record)
        if record.kind == declared.kind and record.node is not None:
            changed[record.node] = record.time
    curve = _curve(tracker.shares, before=1.0)
    return Course(curve, "Standard deviation (fraction of initial)", changed, "last change", logarithmic=True)


def _cohered(declared: Coherence, run: RunView) -> Course:
    """The order parameter of the nodes that are up, at each look at it."""
    from analysis.coherence_tracker import CoherenceTracker

    tracker = CoherenceTracker(declared, run.nodes)
    told: dict[int, int] = {}
    for record in run.states(tracker.kinds):
        tracker.observe(record)
        if record.kind == declared.kind and record.node is not None:
            told[record.node] = record.time
        elif record.kind == declared.snapshot:
            told = dict.fromkeys(range(run.nodes), record.time)
    tracker.advance(run.end)
    curve = Curve(np.array(tracker.times, np.int64), np.array(tracker.coherences, np.float64))
    return Course(curve, "Coherence (order parameter)", told, "last record of its phase")


_READERS: Final[dict[type[Any], Callable[[Any, RunView], Course]]] = {
    Coverage: _covered,
    Agreement: _agreed,
    Extinction: _begun,
    Completion: _completed,
    Spread: _narrowed,
    Coherence: _cohered,
}
