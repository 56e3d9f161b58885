"""Metrics of sharded stores."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean
from typing import TYPE_CHECKING, Final

from analysis.metric import Metric

if TYPE_CHECKING:
    from analysis.measurements import Measurements
    from analysis.runtime.shard_use import ShardUse


def _shards(run: Measurements) -> bool:
    return run.shards is not None


def _of(value: Callable[[ShardUse], float | None]) -> Callable[[Measurements], float | None]:
    return lambda run: value(run.shards) if run.shards is not None else None


def _mean(values: list[float]) -> float | None:
    return fmean(values) if values else None


METRICS_OF_SHARDS: Final = (
    Metric(
        "shard_share_variation",
        "ratio",
        "standard deviation of the shares of the key space that the first members own, over their mean",
        _shards,
        _of(lambda shards: shards.variation),
    ),
    Metric(
        "shard_share_max",
        "ratio",
        "largest share of the key space that one of the first members owns, over the mean",
        _shards,
        _of(lambda shards: shards.largest),
    ),
    Metric(
        "shard_load_max",
        "ratio",
        "requests that the busiest node served, over the mean of the members",
        _shards,
        _of(lambda shards: shards.hottest),
    ),
    Metric(
        "moved_on_join",
        "share",
        "share of the key space that changes its owner when nodes join: mean",
        _shards,
        _of(lambda shards: _mean(shards.joins)),
    ),
    Metric(
        "moved_on_leave",
        "share",
        "share of the key space that changes its owner when nodes leave: mean",
        _shards,
        _of(lambda shards: _mean(shards.leaves)),
    ),
    Metric(
        "moved_elsewhere",
        "share",
        "share of the key space that changes of members move between members that stay: largest",
        _shards,
        _of(lambda shards: max(shards.elsewhere, default=None)),
    ),
    Metric(
        "keys_handed_over",
        "keys",
        "keys that went to another owner",
        _shards,
        lambda run: run.shards.keys_handed_over if run.shards else None,
    ),
)
