"""Metrics of elections and of replicated logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analysis.client_operations import quantile_of
from analysis.metric import Metric, Value

if TYPE_CHECKING:
    from analysis.divergence import Divergence
    from analysis.elections import Elections
    from analysis.measurements import Measurements


def _elects(run: Measurements) -> bool:
    return run.elections is not None


def _replicates(run: Measurements) -> bool:
    return run.divergence is not None


def _elections(value: Callable[[Elections], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.elections) if run.elections else None


def _logs(value: Callable[[Divergence], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.divergence) if run.divergence else None


METRICS_OF_CONSENSUS: Final = (
    Metric(
        "elections",
        "terms",
        "terms in which a server stood for election",
        _elects,
        _elections(lambda elections: elections.begun),
    ),
    Metric(
        "leaders_elected",
        "terms",
        "terms in which one was elected",
        _elects,
        _elections(lambda elections: elections.leaders),
    ),
    Metric(
        "split_elections",
        "terms",
        "terms in which one stood for election, and none was elected before another term began",
        _elects,
        _elections(lambda elections: elections.split),
    ),
    Metric(
        "election_time_won",
        "ns",
        "time from the loss of the leader until the next has its votes: the last, none if it goes on",
        _elects,
        _elections(lambda elections: elections.last_won),
        may_never_come=True,
    ),
    Metric(
        "last_elected_at",
        "ns",
        "simulated time at which the last leader had its votes",
        _elects,
        _elections(lambda elections: elections.last_elected_at),
    ),
    Metric(
        "election_time",
        "ns",
        "time from the loss of the leader until all voters that are up follow the next: the last, none if it goes on",
        _elects,
        _elections(lambda elections: elections.last_by_all),
        may_never_come=True,
    ),
    Metric(
        "election_time_first",
        "ns",
        "the same of the first election, from the start of the run",
        _elects,
        _elections(lambda elections: elections.all_times[0] if elections.all_times else None),
    ),
    Metric(
        "election_time_median",
        "ns",
        "the same, median of all elections",
        _elects,
        _elections(lambda elections: quantile_of(elections.all_times, 0.5)),
    ),
    Metric(
        "election_time_max",
        "ns",
        "the same, longest of all elections",
        _elects,
        _elections(lambda elections: max(elections.all_times, default=None)),
    ),
    Metric(
        "election_time_majority",
        "ns",
        "time from the loss of the leader until a majority of voters follows the next: the last, none if it goes on",
        _elects,
        _elections(lambda elections: elections.last_by_majority),
        may_never_come=True,
    ),
    Metric(
        "election_time_majority_max",
        "ns",
        "the same, longest of all elections",
        _elects,
        _elections(lambda elections: max(elections.majority_times, default=None)),
    ),
    Metric(
        "leaderless_time",
        "ns",
        "sum of all times from the loss of a leader until a majority follows the next",
        _elects,
        _elections(lambda elections: elections.leaderless),
    ),
    Metric("largest_term", "terms", "largest term", _elects, _elections(lambda elections: elections.largest_term)),
    Metric(
        "terms_without_leader",
        "terms",
        "most terms in a row without a leader",
        _elects,
        _elections(lambda elections: elections.longest_without),
    ),
    Metric(
        "entries_committed",
        "entries",
        "largest index that was committed",
        _replicates,
        _logs(lambda logs: logs.committed),
    ),
    Metric(
        "entries_removed",
        "entries",
        "entries that servers removed from their logs again, as another leader had others",
        _replicates,
        _logs(lambda logs: logs.removed),
    ),
    Metric(
        "most_divergent",
        "entries",
        "most entries that a server removed from its log at once",
        _replicates,
        _logs(lambda logs: logs.most_removed),
    ),
    Metric(
        "furthest_behind",
        "entries",
        "most committed entries that were missing in the log of a server, when it next heard of any",
        _replicates,
        _logs(lambda logs: logs.furthest_behind),
    ),
)
