"""The named metrics of a run: what studies ask for and what `murmur run --json` prints, with their units."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, Final

from analysis.convergence import AgreementTracker, ExtinctionTracker
from analysis.measurements import Measurements
from analysis.metric import Metric, Value
from analysis.metrics_of_actors import METRICS_OF_ACTORS
from analysis.metrics_of_clients import METRICS_OF_CLIENTS
from analysis.metrics_of_clocks import METRICS_OF_CLOCKS
from analysis.metrics_of_consensus import METRICS_OF_CONSENSUS
from analysis.metrics_of_effects import METRICS_OF_EFFECTS
from analysis.metrics_of_leases import METRICS_OF_LEASES
from analysis.metrics_of_load import METRICS_OF_LOAD
from analysis.metrics_of_memory import METRICS_OF_MEMORY
from analysis.metrics_of_quorums import METRICS_OF_QUORUMS
from analysis.metrics_of_shards import METRICS_OF_SHARDS
from analysis.metrics_of_shared_state import METRICS_OF_SHARED_STATE
from analysis.metrics_of_spacing import METRICS_OF_SPACING
from analysis.metrics_of_swarms import METRICS_OF_SWARMS
from analysis.metrics_of_tasks import METRICS_OF_TASKS
from analysis.metrics_of_trading import METRICS_OF_TRADING
from analysis.metrics_of_worker_pools import METRICS_OF_WORKER_POOLS
from topologies.errors import InputError


def _always(_: Measurements) -> bool:
    return True


def _declares_convergence(run: Measurements) -> bool:
    return run.convergence is not None


def _reaches_nodes(run: Measurements) -> bool:
    return run.convergence is not None and run.convergence.residue is not None


def _has_receipts(run: Measurements) -> bool:
    return run.receipts is not None


def _has_rounds(run: Measurements) -> bool:
    return run.receipts is not None and bool(run.receipts.rounds)


def _has_beliefs(run: Measurements) -> bool:
    return run.beliefs is not None and run.beliefs.claims > 0


def _has_cycles(run: Measurements) -> bool:
    return run.variance is not None


def _is_epidemic(run: Measurements) -> bool:
    return isinstance(run.tracker, ExtinctionTracker)


def _is_vote(run: Measurements) -> bool:
    return isinstance(run.tracker, AgreementTracker)


def _knows_traffic(run: Measurements) -> bool:
    return bool(run.traffic.by_outcome) or not run.balance or not run.balance.outcomes


def _of(part: str, name: str) -> Callable[[Measurements], Any]:
    return lambda run: getattr(getattr(run, part), name)


def _outcomes(run: Measurements, name: str) -> int:
    assert run.balance is not None
    return run.balance.outcomes.get(name, 0)


def _dropped(run: Measurements) -> dict[str, int]:
    assert run.balance is not None
    return {name: count for name, count in run.balance.outcomes.items() if name not in ("delivered", "lost")}


def _opinions(run: Measurements) -> dict[str, int]:
    assert isinstance(run.tracker, AgreementTracker)
    return run.tracker.opinions()


_METRICS: Final = (
    Metric(
        "converged_at",
        "ns",
        "time since which the run has been converged up to its end; none where it was not at the end",
        _declares_convergence,
        _of("convergence", "converged_at"),
        may_never_come=True,
        from_start=True,
    ),
    Metric(
        "first_converged_at",
        "ns",
        "time at which it converged first; none where never",
        _declares_convergence,
        _of("convergence", "first_converged_at"),
        may_never_come=True,
        from_start=True,
    ),
    Metric(
        "convergence_losses",
        "times",
        "how often convergence was lost again",
        _declares_convergence,
        lambda run: len(run.convergence.lost) if run.convergence else None,
    ),
    Metric(
        "longest_standstill",
        "ns",
        "longest time without progress while not converged",
        _declares_convergence,
        lambda run: run.convergence.progress.longest_standstill(run.end) if run.convergence else None,
    ),
    Metric(
        "shortfall",
        "share",
        "share of what convergence asks for that was missing at the end",
        _declares_convergence,
        lambda run: 1 - run.convergence.progress.at(run.end) if run.convergence else None,
    ),
    Metric("residue", "share", "share of nodes that were never reached", _reaches_nodes, _of("convergence", "residue")),
    Metric(
        "mean_receipt_time",
        "ns",
        "mean time from announcement to first receipt",
        _has_receipts,
        _of("receipts", "mean_time"),
    ),
    Metric(
        "last_receipt_time",
        "ns",
        "longest time from announcement to first receipt",
        _has_receipts,
        _of("receipts", "last_time"),
    ),
    Metric(
        "mean_receipt_round",
        "rounds",
        "true mean round of first receipt (t_ave)",
        _has_rounds,
        _of("receipts", "mean_round"),
    ),
    Metric(
        "mean_hit_round",
        "rounds",
        "t_ave as printed for push by Demers et al. 1987: further hits in the round of first receipt are in the sum",
        _has_rounds,
        _of("receipts", "mean_hit_round"),
    ),
    Metric(
        "last_receipt_round",
        "rounds",
        "round of the last first receipt (t_last)",
        _has_rounds,
        _of("receipts", "last_round"),
    ),
    Metric("messages", "messages", "messages sent", _always, _of("balance", "sent")),
    Metric(
        "messages_per_node",
        "messages/node",
        "mean number of messages sent by a node",
        _always,
        lambda run: run.balance.sent / run.population if run.balance else None,
    ),
    Metric(
        "messages_per_node_max",
        "messages",
        "most messages sent by one node",
        lambda run: run.sent is not None,
        lambda run: max(run.sent) if run.sent else None,
    ),
    Metric(
        "received_per_node_max",
        "messages",
        "most messages delivered to one node",
        _knows_traffic,
        lambda run: int(run.traffic.delivered_to.max()),
    ),
    Metric(
        "messages_by_kind",
        "messages",
        "messages of each kind whose fate is known",
        _knows_traffic,
        _of("traffic", "by_kind"),
    ),
    Metric(
        "messages_per_node_by_kind",
        "messages/node",
        "the same per node",
        _knows_traffic,
        lambda run: {kind: count / run.population for kind, count in run.traffic.by_kind.items()},
    ),
    Metric("delivered", "messages", "messages delivered", _always, lambda run: _outcomes(run, "delivered")),
    Metric("lost", "messages", "messages lost on a link", _always, lambda run: _outcomes(run, "lost")),
    Metric("dropped", "messages", "messages dropped for any cause", _always, lambda run: sum(_dropped(run).values())),
    Metric("dropped_by_cause", "messages", "messages dropped, by cause", _always, _dropped),
    Metric("in_flight", "messages", "messages still under way at the end", _always, _of("balance", "in_flight")),
    Metric(
        "waiting",
        "messages",
        "messages that wait at paused or busy nodes at the end",
        _always,
        _of("balance", "waiting"),
    ),
    Metric("duplicated", "messages", "second copies made by the network", _always, _of("balance", "duplicated")),
    Metric(
        "traffic_bytes",
        "bytes",
        "bytes of all messages whose fate is known; needs detail messages or all",
        lambda run: run.traffic.bytes is not None,
        _of("traffic", "bytes"),
    ),
    Metric(
        "believed_too_early",
        "share of node-time",
        "time in which nodes believed all had converged while it was not so",
        _has_beliefs,
        lambda run: run.beliefs.share(run.beliefs.too_early) if run.beliefs else None,
    ),
    Metric(
        "believed_too_late",
        "share of node-time",
        "time in which nodes did not believe so while all had converged",
        _has_beliefs,
        lambda run: run.beliefs.share(run.beliefs.too_late) if run.beliefs else None,
    ),
    Metric(
        "wrong_claims",
        "share",
        "share of the nodes' claims that all had converged which were wrong when made",
        _has_beliefs,
        lambda run: run.beliefs.wrong_claims / run.beliefs.claims if run.beliefs else None,
    ),
    Metric(
        "variance_ratio",
        "ratio",
        "geometric mean of the variance after a cycle over that before, the first cycle left out",
        _has_cycles,
        _of("variance", "ratio"),
    ),
    Metric(
        "final_size",
        "nodes",
        "nodes that the epidemic reached",
        _is_epidemic,
        lambda run: run.tracker.begun if isinstance(run.tracker, ExtinctionTracker) else None,
    ),
    Metric("opinions", "nodes", "nodes that are up by what they hold at the end", _is_vote, _opinions),
    *METRICS_OF_SPACING,
    *METRICS_OF_CLOCKS,
    *METRICS_OF_CLIENTS,
    *METRICS_OF_CONSENSUS,
    *METRICS_OF_SWARMS,
    *METRICS_OF_LOAD,
    *METRICS_OF_LEASES,
    *METRICS_OF_SHARDS,
    *METRICS_OF_SHARED_STATE,
    *METRICS_OF_MEMORY,
    *METRICS_OF_EFFECTS,
    *METRICS_OF_TASKS,
    *METRICS_OF_WORKER_POOLS,
    *METRICS_OF_ACTORS,
    *METRICS_OF_QUORUMS,
    *METRICS_OF_TRADING,
)

METRICS: Final[dict[str, Metric]] = {metric.name: metric for metric in _METRICS}


def known_metric(name: str) -> Metric:
    """Return the metric of this name, or of the mapping in `NAME.KEY`; raises InputError with the nearest name."""
    metric = METRICS.get(name) or METRICS.get(name.partition(".")[0])
    if metric is None:
        near = get_close_matches(name, METRICS, 1)
        hint = f"did you mean {near[0]}?" if near else "`murmur list metrics` names them"
        raise InputError(f"unknown metric {name!r}; {hint}")
    return metric


def metrics_of(run: Measurements, names: Iterable[str] | None = None) -> dict[str, Value]:
    """Return metrics of a run that has ended: all that apply, or those named, None for one that does not apply.

    `NAME.KEY` is one entry of a mapping, 0 where it is missing. Raises InputError for a name that is none.
    """
    if names is None:
        return {metric.name: metric.value(run) for metric in _METRICS if metric.applies(run)}
    return {name: _value(run, name) for name in names}


def _value(run: Measurements, name: str) -> Value:
    metric = known_metric(name)
    found = metric.value(run) if metric.applies(run) else None
    key = name.partition(".")[2]
    if key and isinstance(found, dict):
        return found.get(key, 0)
    if key and found is not None:
        raise InputError(f"metric {metric.name} is a single number and has no {key!r}; ask for {metric.name}")
    return found
