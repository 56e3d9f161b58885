"""Metrics of pools of workers that update agents in steps."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analysis.load import mean_of
from analysis.metric import Metric, Value

if TYPE_CHECKING:
    from analysis.measurements import Measurements


def _stepped(run: Measurements) -> bool:
    return bool(run.worker_pool.steps)


def _ended(run: Measurements) -> bool:
    return run.worker_pool.took > 0


def _flushed(run: Measurements) -> bool:
    return run.worker_pool.flushed > 0


def _has(name: str) -> Callable[[Measurements], bool]:
    return lambda run: bool(getattr(run.worker_pool, name))


def _sum(name: str) -> Callable[[Measurements], Value]:
    def total(run: Measurements) -> Value:
        value: int = getattr(run.worker_pool, name)
        return value

    return total


def _mean(name: str) -> Callable[[Measurements], Value]:
    def mean(run: Measurements) -> Value:
        values: array[int] = getattr(run.worker_pool, name)
        return mean_of(values)

    return mean


def _ratio(above: str, below: str, factor: float = 1.0) -> Callable[[Measurements], Value]:
    """Of two sums the ratio; none where nothing was summed."""

    def ratio(run: Measurements) -> Value:
        total = getattr(run.worker_pool, below)
        return getattr(run.worker_pool, above) * factor / total if total else None

    return ratio


METRICS_OF_WORKER_POOLS: Final = (
    Metric(
        "step_time_mean",
        "ns",
        "time of a step of a pool, in which every agent is updated: mean",
        _stepped,
        _mean("steps"),
    ),
    Metric("step_time_max", "ns", "the same, longest", _stepped, lambda run: max(run.worker_pool.steps)),
    Metric("agent_updates", "updates", "updates of agents that were carried out", _stepped, _sum("updates")),
    Metric(
        "agent_updates_per_second",
        "updates/s",
        "the same per second until the end",
        _ended,
        _ratio("updates", "took", 1e9),
    ),
    Metric("updates_timed_out", "updates", "updates that were given up as too long", _stepped, _sum("timed_out")),
    Metric(
        "parallel_speed_up",
        "ratio",
        "work of a pool over the time that it took: how much faster it is than one worker who waits for nothing",
        _ended,
        _ratio("work", "took"),
    ),
    Metric(
        "barrier_wait_share",
        "share",
        "share of the workers' time in which they waited at the barrier for others",
        _ended,
        _ratio("waited", "worker_time"),
    ),
    Metric("chunks_stolen", "chunks", "chunks that workers took from each other", _has("stolen"), _sum("stolen")),
    Metric(
        "memory_per_agent",
        "bytes",
        "memory of an agent, its list of neighbours included",
        _ended,
        _ratio("memory", "agents"),
    ),
    Metric("events_flushed", "events", "events of agents that were passed on", _flushed, _sum("flushed")),
    Metric("events_heard", "events", "the same as heard, by each listener", _flushed, _sum("heard")),
    Metric("events_dropped", "events", "the same as dropped, for a listener had no room", _flushed, _sum("dropped")),
    Metric(
        "event_delay_mean",
        "ns",
        "time from when events are passed on until they are heard: mean",
        _flushed,
        _ratio("delay", "heard"),
    ),
    Metric(
        "rewire_time_mean",
        "ns",
        "time of an update of the agents' graph, with its grace period: mean",
        _has("rewirings"),
        _mean("rewirings"),
    ),
    Metric(
        "shutdown_time",
        "ns",
        "time from being asked to shut down until all threads were at their end: mean",
        _has("shutdowns"),
        _mean("shutdowns"),
    ),
)
