"""Metrics of swarms of phase oscillators: how coherent they are, how near to their goal, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from analysis.coherence_tracker import CoherenceTracker
from analysis.metric import Metric, Value
from analysis.swarm import order
from analysis.swarm.looks import Looks
from analysis.swarm.neighborhoods import Neighborhoods
from analysis.swarm.strikes import Recovered, longest_by_fault, longest_of, median_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analysis.measurements import Measurements

RINGS: Final = ("ring", "circulant")
"""Topologies whose nodes lie in a circle in the order of their numbers."""


def _is_swarm(run: Measurements) -> bool:
    return isinstance(run.tracker, CoherenceTracker)


def _tracker(run: Measurements) -> CoherenceTracker:
    assert isinstance(run.tracker, CoherenceTracker)
    return run.tracker


def _phases(run: Measurements) -> NDArray[np.float64]:
    """The phases of all nodes at the end, NaN of those that do not count."""
    return _tracker(run).phases.of_nodes(run.end)


def _counted(value: Callable[[NDArray[np.float64]], Value]) -> Callable[[Measurements], Value]:
    """Of the phases of the agents that count at the end; None where there is none."""

    def of_run(run: Measurements) -> Value:
        phases = _tracker(run).phases.at(run.end)
        return value(phases) if phases.size else None

    return of_run


def _second_half(value: Callable[[Looks], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(Looks(_tracker(run), run.end, run.end // 2))


def _whole(value: Callable[[Looks], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(Looks(_tracker(run), run.end))


def _local_coherence(run: Measurements) -> Value:
    import numpy as np

    phases = _phases(run)
    assert run.topology is not None
    return Neighborhoods(run.topology()).coherence(phases) if np.isfinite(phases).any() else None


def _has_topology(run: Measurements) -> bool:
    return _is_swarm(run) and run.topology is not None


def _has_regions(run: Measurements) -> bool:
    return _has_topology(run) and run.topology is not None and run.topology().regions is not None


def _by_region(run: Measurements) -> Value:
    regions = run.topology().regions if run.topology is not None else None
    assert regions is not None
    return order.coherence_by_region(_phases(run), regions)


def _is_ring(run: Measurements) -> bool:
    return _has_topology(run) and run.topology is not None and run.topology().kind in RINGS


def _winding(value: Callable[[order.Winding], Value]) -> Callable[[Measurements], Value]:
    def of_run(run: Measurements) -> Value:
        import numpy as np

        phases = _phases(run)
        return value(order.winding(phases)) if np.isfinite(phases).all() else None

    return of_run


def _has_goal_phase(run: Measurements) -> bool:
    return isinstance(run.tracker, CoherenceTracker) and run.tracker.declared.phase is not None


def _goal_phase_distance(run: Measurements) -> Value:
    tracker = _tracker(run)
    declared, snapshots = tracker.declared, tracker.phases.snapshots
    assert declared.phase is not None
    goal = order.goal_phase(declared.phase, declared.period, snapshots[-1] if snapshots else run.end)
    return _counted(lambda phases: order.distance_on_circle(order.mean_phase(phases), goal))(run)


def _goal_period_distance(run: Measurements) -> Value:
    tracker = _tracker(run)
    period = Looks(tracker, run.end, run.end // 2).period
    return None if period is None else round(abs(period - tracker.declared.period))


def _has_energy(run: Measurements) -> bool:
    return isinstance(run.tracker, CoherenceTracker) and run.tracker.phases.energy_spent is not None


def _struck(run: Measurements) -> bool:
    return _is_swarm(run) and run.strikes is not None and bool(run.strikes.struck)


def _recovered(value: Callable[[list[Recovered]], Value]) -> Callable[[Measurements], Value]:
    return lambda run: value(run.strikes.recovered(_tracker(run).held)) if run.strikes is not None else None


def _lowest_after_strike(run: Measurements) -> Value:
    assert run.strikes is not None
    return Looks(_tracker(run), run.end, run.strikes.struck[0][0] + 1).lowest


METRICS_OF_SWARMS: Final = (
    Metric(
        "coherence",
        "share",
        "Kuramoto order parameter of the agents that are up, at the end",
        _is_swarm,
        lambda run: _tracker(run).coherence_at(run.end),
    ),
    Metric(
        "coherence_mean",
        "share",
        "its mean over the second half of the run",
        _is_swarm,
        _second_half(lambda looks: looks.mean),
    ),
    Metric(
        "coherence_sd",
        "share",
        "its standard deviation over time in the second half of the run",
        _is_swarm,
        _second_half(lambda looks: looks.deviation),
    ),
    Metric(
        "time_within_tolerance",
        "share",
        "share of time in which coherence was within tolerance of its target",
        _is_swarm,
        _whole(lambda looks: looks.share_within),
    ),
    Metric(
        "coherence_r2",
        "share",
        "second order parameter at the end: 1 also for two opposite clusters",
        _is_swarm,
        _counted(lambda phases: order.coherence(phases, 2)),
    ),
    Metric(
        "local_coherence",
        "share",
        "mean over agents of the coherence of each with its neighbours, at the end",
        _has_topology,
        _local_coherence,
    ),
    Metric("coherence_by_region", "share", "coherence in each region at the end", _has_regions, _by_region),
    Metric(
        "phase_entropy",
        "share",
        "entropy of the phases at the end, in 36 bins of 10 degrees: 0 all in one, 1 spread evenly over all",
        _is_swarm,
        _counted(order.entropy),
    ),
    Metric(
        "gap_ratio",
        "ratio",
        "largest gap between neighbours on the circle at the end over the mean gap: 1 where evenly spaced",
        _is_swarm,
        _counted(order.gap_ratio),
    ),
    Metric(
        "winding",
        "turns",
        "turns that the phases make once around the ring at the end; none where an agent is down",
        _is_ring,
        _winding(lambda winding: winding.number),
    ),
    Metric(
        "twisted",
        "yes or no",
        "whether these turns are made in equal steps, within 0.1 rad: a twisted state, in step where it has no turns",
        _is_ring,
        _winding(lambda winding: winding.twisted),
    ),
    Metric(
        "goal_phase_distance",
        "rad",
        "how far the mean phase is from that of the goal at the end, or in the last snapshot; at most pi",
        _has_goal_phase,
        _goal_phase_distance,
    ),
    Metric(
        "goal_period_distance",
        "ns",
        "how far the mean time of a turn of the mean phase is from the goal's period, in the second half of the run; "
        "none where coherence was below 0.5 in it, or snapshots are half a period apart",
        _is_swarm,
        _goal_period_distance,
    ),
    Metric(
        "decay_rate",
        "1/s",
        "exponential rate at which the phases come together, from a hundredth of their largest spread to a "
        "ten-thousandth, by least squares of its logarithm",
        _is_swarm,
        _whole(lambda looks: looks.decay_rate),
    ),
    Metric(
        "energy_spent",
        "energy",
        "by how much the agents' energy has fallen from one record to the next, all together, with what faults drain",
        _has_energy,
        lambda run: round(_tracker(run).phases.energy_spent or 0.0, 6),
    ),
    Metric(
        "lowest_coherence_after_strike",
        "share",
        "lowest coherence after a fault has struck for the first time",
        _struck,
        _lowest_after_strike,
    ),
    Metric(
        "swarm_recovery_by_fault",
        "ns",
        "time from a strike until coherence is within tolerance for the dwell again, 0 where it is not lost before the "
        "next strike: longest of each kind of fault, of those that came",
        _struck,
        _recovered(longest_by_fault),
    ),
    Metric(
        "swarm_recovery_median",
        "ns",
        "the same, median of all strikes",
        _struck,
        _recovered(median_of),
        may_never_come=True,
    ),
    Metric(
        "swarm_recovery_max",
        "ns",
        "the same, longest of all strikes",
        _struck,
        _recovered(longest_of),
        may_never_come=True,
    ),
    Metric(
        "swarm_unrecovered_strikes",
        "strikes",
        "strikes after which it was not so again",
        _struck,
        _recovered(lambda recovered: sum(one.took is None for one in recovered)),
    ),
)
