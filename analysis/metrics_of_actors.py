"""Metrics of actors: what went through, what mailboxes held, who waited for whom, what was started again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analysis.client_operations import quantile_of
from analysis.load import SECOND, mean_of
from analysis.metric import Metric, Value

if TYPE_CHECKING:
    from analysis.actors_run import ActorsRun
    from analysis.measurements import Measurements


def _acted(run: Measurements) -> bool:
    return bool(run.actors.counts["spawned"])


def _offered(run: Measurements) -> bool:
    return bool(run.actors.counts["item-offered"])


def _delivered(run: Measurements) -> bool:
    return bool(run.actors.latency)


def _of(value: Callable[[ActorsRun], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.actors)


def _count(kind: str) -> Callable[[Measurements], Value]:
    return lambda run: run.actors.counts[kind]


def _throughput(actors: ActorsRun) -> float | None:
    if actors.first_offer is None or actors.last_delivery <= actors.first_offer:
        return None
    return actors.counts["item-delivered"] * SECOND / (actors.last_delivery - actors.first_offer)


def _mean_depth(run: Measurements) -> float | None:
    """By Little's law: messages in a mailbox over time are the times that they spend in it."""
    waits = run.actors.waited
    return max(waits.values()) / run.end if waits and run.end else None


def _mean_wait(actors: ActorsRun) -> float | None:
    taken = sum(actors.taken.values())
    return sum(actors.waited.values()) / taken if taken else None


METRICS_OF_ACTORS: Final = (
    Metric("items_offered", "items", "items that sources offered", _offered, _count("item-offered")),
    Metric("items_delivered", "items", "items that the sink took in", _offered, _count("item-delivered")),
    Metric(
        "item_throughput", "items/s", "items delivered per second from the first offer on", _offered, _of(_throughput)
    ),
    Metric(
        "item_latency_mean", "ns", "time from offer to delivery: mean", _delivered, _of(lambda a: mean_of(a.latency))
    ),
    Metric("item_latency_p50", "ns", "the same, median", _delivered, _of(lambda a: quantile_of(a.latency, 0.5))),
    Metric(
        "item_latency_p99", "ns", "the same, 99th percentile", _delivered, _of(lambda a: quantile_of(a.latency, 0.99))
    ),
    Metric("item_queued_mean", "ns", "part of it in mailboxes: mean", _delivered, _of(lambda a: mean_of(a.queued))),
    Metric(
        "item_ran_mean", "ns", "part of it with actors, cores included: mean", _delivered, _of(lambda a: mean_of(a.ran))
    ),
    Metric(
        "item_between_mean",
        "ns",
        "part of it waiting for room and on the network: mean",
        _delivered,
        _of(lambda a: mean_of(a.between)),
    ),
    Metric(
        "mailbox_peak", "messages", "most that a mailbox held", _acted, _of(lambda a: max(a.peaks.values(), default=0))
    ),
    Metric("mailbox_mean", "messages", "mean over time of the mailbox that held most in the mean", _acted, _mean_depth),
    Metric("mailbox_wait_mean", "ns", "time that a message was in a mailbox: mean", _acted, _of(_mean_wait)),
    Metric(
        "mailboxes_pressed",
        "times",
        "times that a mailbox reached its high watermark",
        _acted,
        _of(lambda a: a.pressed),
    ),
    Metric(
        "time_blocked",
        "ns",
        "time that actors waited for room, all together",
        _acted,
        _of(lambda a: sum(a.blocked.values())),
    ),
    Metric(
        "messages_given_up",
        "messages",
        "messages of actors that were dropped, on record",
        _acted,
        _count("dropped-message"),
    ),
    Metric("actors_spawned", "actors", "actors that were started", _acted, _count("spawned")),
    Metric("actor_failures", "times", "times that an actor failed", _acted, _count("failed")),
    Metric("actor_restarts", "times", "times that one was started again", _acted, _count("restarted-actor")),
)
