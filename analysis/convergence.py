"""Convergence, measured from state records: one tracker for each way in which a protocol may declare it.

A tracker sees the records of a run in order, live (`attach`) or from disk (`feed`). It follows the lives of the nodes:
who is crashed, paused or absent is not waited for. Memory dies with a crash, so that a node that was restarted is known
to hold only what it has recorded since, unless the protocol declares that its progress is durable; with its disk it
loses that too.
Each record takes constant time, one about a node's life time in proportion to the number of items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from analysis.coherence_tracker import CoherenceTracker
from analysis.item_trackers import AgreementTracker, CoverageTracker
from analysis.node_life import is_state
from analysis.state_trackers import CompletionTracker, ExtinctionTracker, SpreadTracker
from analysis.tracker import Tracker
from sim.convergence import Agreement, Coherence, Completion, Convergence, Coverage, Extinction, Spread
from sim.records import Record, Recorder

__all__ = [
    "TRACKERS",
    "AgreementTracker",
    "CoherenceTracker",
    "CompletionTracker",
    "CoverageTracker",
    "ExtinctionTracker",
    "SpreadTracker",
    "Tracker",
    "attach",
    "feed",
    "tracker_of",
]

TRACKERS: Final[dict[type[Any], Callable[[Any, int], Tracker]]] = {
    Coverage: CoverageTracker,
    Agreement: AgreementTracker,
    Spread: SpreadTracker,
    Extinction: ExtinctionTracker,
    Completion: CompletionTracker,
    Coherence: CoherenceTracker,
}


def tracker_of(declared: Convergence, population: int) -> Tracker:
    """Return a tracker of what a protocol declares, for a run of this many nodes."""
    return TRACKERS[type(declared)](declared, population)


def attach(tracker: Tracker, recorder: Recorder) -> Tracker:
    """Have a tracker told of the records of a run as they happen; gives it back."""
    recorder.observe(sorted(tracker.kinds), tracker.observe)
    return tracker


def feed(tracker: Tracker, records: Iterable[Record]) -> Tracker:
    """Tell a tracker of the records of a run that are kept; gives it back."""
    for record in records:
        if record.kind in tracker.kinds and is_state(record):
            tracker.observe(record)
    return tracker
