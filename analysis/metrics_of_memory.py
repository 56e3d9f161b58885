"""Metrics of nodes' memory: how much was taken, what was refused or evicted, and how long collections took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.client_operations import quantile_of
from analysis.metric import Metric

if TYPE_CHECKING:
    from analysis.measurements import Measurements


def _used(run: Measurements) -> bool:
    return run.memory.was_used


def _collected(run: Measurements) -> bool:
    return bool(run.memory.pauses)


def _looked_up(run: Measurements) -> bool:
    return run.memory.hit_ratio is not None


METRICS_OF_MEMORY: Final = (
    Metric(
        "memory_peak",
        "bytes",
        "most that the agents of one node took from its pool, to a hundredth of the pool",
        _used,
        lambda run: run.memory.peak,
    ),
    Metric(
        "memory_internal_fragmentation",
        "share",
        "share of the bytes taken in which nothing was stored, at that peak",
        _used,
        lambda run: run.memory.internal,
    ),
    Metric(
        "memory_external_fragmentation",
        "share",
        "share of the free bytes that were not in the largest free piece, at that peak",
        _used,
        lambda run: run.memory.external,
    ),
    Metric(
        "memory_refusals",
        "times",
        "blocks for which there was no room",
        _used,
        lambda run: run.memory.refusals.total(),
    ),
    Metric(
        "memory_refusals_by_reason",
        "times",
        "the same by reason: the agent's limit, the pool full, or free in too small pieces",
        _used,
        lambda run: dict(run.memory.refusals),
    ),
    Metric("evictions", "times", "blocks that were evicted", _used, lambda run: run.memory.evictions.total()),
    Metric(
        "evictions_by_reason",
        "times",
        "the same by reason: for room, for an agent's limit, or expired",
        _used,
        lambda run: dict(run.memory.evictions),
    ),
    Metric("collections", "times", "garbage collections", _collected, lambda run: len(run.memory.pauses)),
    Metric(
        "collection_pause_mean",
        "ns",
        "time for which a garbage collection stopped the cores: mean",
        _collected,
        lambda run: sum(run.memory.pauses) / len(run.memory.pauses),
    ),
    Metric(
        "collection_pause_p99",
        "ns",
        "the same, 99th percentile",
        _collected,
        lambda run: quantile_of(run.memory.pauses, 0.99),
    ),
    Metric("collection_pause_max", "ns", "the same, longest", _collected, lambda run: max(run.memory.pauses)),
    Metric(
        "collection_pause_share",
        "share of node-time",
        "time in which garbage collections stopped the cores",
        _collected,
        lambda run: sum(run.memory.pauses) / (run.end * run.population) if run.end else None,
    ),
    Metric(
        "hit_ratio",
        "share",
        "share of what was looked up in memory that was there",
        _looked_up,
        lambda run: run.memory.hit_ratio,
    ),
)
