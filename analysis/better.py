"""Whether less or more of a metric is better, for those of which it is clear whatever the question is."""

from __future__ import annotations

from typing import Final, Literal

Better = Literal["less", "more"]

_MORE: Final = """
agent_updates agent_updates_per_second availability decay_rate effects_per_second entries_committed gathers_complete
hit_ratio item_throughput items_delivered job_throughput jobs_finished operations_completed parallel_speed_up
thread_operations_per_second throughput time_within_tolerance
"""
_LESS: Final = """
converged_at first_converged_at convergence_losses longest_standstill shortfall residue mean_receipt_time
last_receipt_time mean_receipt_round mean_hit_round last_receipt_round messages messages_per_node
messages_per_node_max received_per_node_max messages_by_kind messages_per_node_by_kind lost dropped dropped_by_cause
traffic_bytes believed_too_early believed_too_late wrong_claims variance_ratio gap_error gap_error_factor
evenly_spaced_at clock_skew operations_failed operations_unknown latency_p50 latency_p90 latency_p99 latency_max
attempts_per_operation messages_per_operation longest_unavailability recovery_time_by_fault recovery_time_median
recovery_time_max unrecovered_strikes split_elections election_time_won election_time election_time_first
election_time_median election_time_max election_time_majority election_time_majority_max leaderless_time
terms_without_leader furthest_behind goal_phase_distance goal_period_distance energy_spent swarm_recovery_by_fault
swarm_recovery_median swarm_recovery_max swarm_unrecovered_strikes load_peak load_p99 load_peak_to_mean
load_peak_second_half call_wait_mean call_wait_p50 call_wait_p99 answer_time_mean answer_time_p50 answer_time_p99
job_collisions job_overlap connect_wait_mean connect_wait_p50 connect_wait_p99 lease_extension_share
shard_share_variation shard_share_max shard_load_max moved_on_join moved_on_leave moved_elsewhere tries_per_update
steps_per_update line_moves read_time_mean update_time_mean operation_time_p50 operation_time_p99 mixed_reads
lost_updates memory_peak memory_internal_fragmentation memory_external_fragmentation memory_refusals
memory_refusals_by_reason collection_pause_mean collection_pause_p99 collection_pause_max collection_pause_share
effect_time_p50 effect_time_p99 effect_time_max jobs_lost jobs_left jobs_resubmitted wait_mean wait_p50 wait_p99
wait_probability sojourn_mean sojourn_p50 sojourn_p99 jobs_in_system makespan makespan_ratio maximum_load
step_time_mean step_time_max updates_timed_out barrier_wait_share memory_per_agent events_dropped event_delay_mean
rewire_time_mean shutdown_time item_latency_mean item_latency_p50 item_latency_p99 mailbox_peak mailbox_mean
mailbox_wait_mean mailboxes_pressed time_blocked messages_given_up actor_failures actor_restarts gather_time_mean
gather_time_p50 gather_time_p99 gather_requests gather_attempts tick_to_order_mean tick_to_order_p50
tick_to_order_p99 tick_to_order_max
"""


MORE: Final = frozenset(_MORE.split())
LESS: Final = frozenset(_LESS.split())


def better_of(metric: str) -> Better | None:
    """Return which way a metric, or one key of it (`NAME.KEY`), is better; None where that depends on the question."""
    name = metric.partition(".")[0]
    return "less" if name in LESS else "more" if name in MORE else None
