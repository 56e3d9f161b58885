"""Which way a metric gets better: less for times, costs and losses, more for what is carried out or held."""

from __future__ import annotations

from typing import Final

MORE_IS_BETTER: Final = frozenset(
    {
        "agent_updates",
        "agent_updates_per_second",
        "availability",
        "coherence",
        "coherence_by_region",
        "coherence_mean",
        "coherence_r2",
        "connections",
        "decay_rate",
        "delivered",
        "effects_per_second",
        "entries_committed",
        "gathers_complete",
        "hit_ratio",
        "item_throughput",
        "items_delivered",
        "job_throughput",
        "jobs_finished",
        "leaders_elected",
        "local_coherence",
        "lowest_coherence_after_strike",
        "operations_completed",
        "orders_executed",
        "parallel_speed_up",
        "requests_per_call",
        "thread_operations",
        "thread_operations_per_second",
        "throughput",
        "time_within_tolerance",
    }
)
"""Metrics of which more is better; of all others less is."""


def more_is_better(metric: str) -> bool:
    """Whether a larger value of a metric, or of an entry `NAME.KEY` of one, is the better one."""
    return metric.partition(".")[0] in MORE_IS_BETTER
