"""From the records of swarms to what the plots of their coherence and their energy draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analysis.coherence_tracker import CoherenceTracker
from analysis.plots.coherence import CoherenceFigure, CoherenceSeries
from analysis.plots.course import Curve
from analysis.plots.energy import INTERVAL, EnergyFigure
from analysis.plots.run_figures import by_scenario, facts, labels_of, spans_of
from analysis.plots.swarm_course import mean_field, no_phases, swarm_course
from sim.convergence import Coherence
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.plots.run_view import RunView


def coherence_figure(runs: Sequence[RunView]) -> CoherenceFigure:
    """Return the coherence of runs, those of one scenario as one series; raises InputError where one has no phases."""
    groups = by_scenario(runs)
    labels = labels_of([group[0].scenario for group in groups])
    goals = [(of.target, of.tolerance) for run in runs if isinstance(of := run.convergence, Coherence)]
    return CoherenceFigure(
        series=[_series(label, group) for label, group in zip(labels, groups, strict=True)],
        goals=list(dict.fromkeys(goals)),
        end=max(run.end for run in runs),
        name=", ".join(dict.fromkeys(run.name for run in runs)),
        facts=facts(runs),
        spans=[span for run in runs for span in spans_of(run)],
    )


def _series(label: str, runs: Sequence[RunView]) -> CoherenceSeries:
    found = [coherence_of(run) for run in runs]
    converged = [spans for _, spans in found if spans is not None]
    return CoherenceSeries(label, [curve for curve, _ in found], converged if len(converged) == len(found) else None)


def energy_figure(run: RunView) -> EnergyFigure:
    """Return the energy of the agents and the coherence of a run; raises InputError where it recorded no energy."""
    course = swarm_course(run, "energy")
    times = course.instants
    bounds = np.full((3, len(times)), np.nan)
    for place, look in enumerate(course.looks(times)):
        known = look.energies[np.isfinite(look.energies)]
        if len(known):
            bounds[:, place] = known.mean(), *np.quantile(known, INTERVAL)
    if not np.isfinite(bounds).any():
        raise InputError(
            f"{run.name}: found no records of energy, which the plot energy needs; "
            "give its agents some: protocol.energy of an attractor swarm"
        )
    curve, _ = coherence_of(run)
    mean, low, high = bounds
    options = run.scenario.get("protocol", {}).get("energy") or {}
    words = run.name, facts([run])
    return EnergyFigure(curve, times, mean, low, high, run.end, *words, options.get("minimum"), spans_of(run))


def coherence_of(run: RunView) -> tuple[Curve, list[tuple[int, int]] | None]:
    """Return the coherence at each look of its tracker, and when it was converged; None where no goal tells."""
    if not isinstance(run.convergence, Coherence):
        course = swarm_course(run, "coherence")
        instants = course.instants
        found = [abs(mean_field(look.phases)) for look in course.looks(instants)]
        return Curve(instants, np.array(found), np.nan), None
    tracker = CoherenceTracker(run.convergence, run.nodes)
    for record in run.states(tracker.kinds):
        tracker.observe(record)
    tracker.advance(run.end)
    values = np.array(tracker.coherences, np.float64)
    if not np.isfinite(values).any():
        raise no_phases(run, "coherence")
    spans = [(begin, run.end if end is None else end) for begin, end in tracker.held]
    return Curve(np.array(tracker.times, np.int64), values, np.nan), spans
