"""From the records of a swarm of oscillators to what the plots of its phases draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from math import tau
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.plots.fault_spans import FaultSpan, cut_links, merged
from analysis.plots.phase_circle import Moment, PhaseCircles
from analysis.plots.phase_map import PhaseMap
from analysis.plots.phase_raster import PhaseRaster
from analysis.plots.run_figures import facts, spans_of
from analysis.plots.run_view import RunView
from analysis.plots.swarm_course import (
    PHASE,
    PHASES,
    Times,
    mean_field,
    no_phases,
    swarm_course,
    ticks_of,
)
from analysis.plots.time_axis import told_time
from analysis.swarm.order import goal_phase
from sim.convergence import Coherence
from sim.units import format_duration, parse_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_MOMENTS: Final = 12
EVEN_MOMENTS: Final = 6
MOST_FAULTS_SHOWN: Final = 3
"""Times of faults that have a moment before, during and after them."""
MOST_ROWS: Final = 400
"""Agents in a raster."""
MOST_CYCLES: Final = 30
"""Cycles in a raster; in longer runs it turns with the agents, so that what is seen is how they differ."""
_MOST_FOR_REGIONS: Final = 2_000
"""Nodes up to which the topology is built for a raster, to see whether it has regions."""
_NOUNS: Final = {"crashed": "crash", "paused": "pause", "absent": "absence"}
_IN_ORDER: Final = frozenset(("ring", "line", "circulant", "small-world"))
"""Topologies in which nodes with near numbers are near."""


def phases_figure(run: RunView, at: str | None = None) -> PhaseCircles:
    """Return the phases at the moments that `at` names, else before, during and after faults, else evenly spaced."""
    course = swarm_course(run, "phases")
    moments = _moments_named(at, run.end) if at is not None else _moments_of(spans_of(run), run.end, course.known_after)
    instants = np.array([time for time, _ in moments])
    agents, goal = course.agents, goal_of(run)
    told = [
        Moment(look.phases, f"{words}\n{told_time(time)}, {told_coherence(look.phases, agents)}".strip(), goal(time))
        for (time, words), look in zip(moments, course.looks(instants), strict=True)
    ]
    return PhaseCircles(told, run.name, facts([run]))


def goal_of(run: RunView) -> Callable[[int], float | None]:
    """Return what phase (radians) the goal of a run has at a time (ns), None where it names none."""
    declared = run.convergence
    if not isinstance(declared, Coherence) or declared.phase is None:
        return lambda time: None
    begin, period = declared.phase, declared.period
    return lambda time: goal_phase(begin, period, time)


def told_coherence(phases: NDArray[np.float64], agents: int) -> str:
    """Return the coherence of some phases in words, and how many agents are up where not all of them are."""
    known = int(np.isfinite(phases).sum())
    up = "" if known == agents else f"\n{known:,} up"
    return f"R = {abs(mean_field(phases)):.2f}{up}" if known else "none up"


def _moments_named(at: str, end: int) -> list[tuple[int, str]]:
    """Return the moments that a user names, such as `2s,4s`, in order."""
    try:
        times = sorted({parse_duration(part.strip()) for part in at.split(",")})
    except ValueError as error:
        raise InputError(f"found the moments {at[:40]!r}: {error}; expected times such as 2s,4s") from None
    if len(times) > MOST_MOMENTS or times[-1] > end:
        what = f"{len(times)} moments" if len(times) > MOST_MOMENTS else f"the moment {format_duration(times[-1])}"
        raise InputError(f"found {what}; expected at most {MOST_MOMENTS}, up to {format_duration(end)}, the run's end")
    return [(time, "") for time in times]


def _moments_of(spans: Sequence[FaultSpan], end: int, known: Callable[[int], int]) -> list[tuple[int, str]]:
    """Return a moment just before, within and after each of the first faults; evenly spaced ones where none was.

    `known` gives the first time from which one knows what a strike at a moment did.
    """
    struck = [(begin, stop) for begin, stop in merged(spans) if begin < end]
    if not struck:
        times = np.unique(np.linspace(0, end, EVEN_MOMENTS).astype(np.int64))
        return [(int(time), "") for time in times]
    shown = struck[:MOST_FAULTS_SHOWN]
    moments: dict[int, str] = {}
    for (begin, stop), (following, _) in pairwise([*shown, (struck[len(shown)][0] if len(struck) > 3 else end, end)]):
        words = _kinds_between(spans, begin, stop)
        moments.setdefault(max(begin - 1, 0), f"before {words}")
        moments.setdefault(
            *((min(known(begin), following), words) if stop == begin else ((begin + stop) // 2, f"during {words}"))
        )
        if stop < following:
            moments.setdefault(following if following == end else following - 1, f"after {words}")
    if struck[-1][1] == end:
        moments.setdefault(end, "at the end")
    return sorted(moments.items())


def _kinds_between(spans: Sequence[FaultSpan], begin: int, stop: int) -> str:
    kinds = list(dict.fromkeys(_NOUNS.get(span.kind, span.kind) for span in spans if begin <= span.begin <= stop))
    return kinds[0] if len(kinds) == 1 else "faults"


def raster_figure(run: RunView) -> PhaseRaster:
    """Return phases by agent and time, and ticks; raises InputError where a run recorded neither.

    Of more than 400 agents every second, third, ... is drawn. A run of more than 30 cycles is seen from a frame that
    turns with the mean of the agents.
    """
    ticks = ticks_of(run)
    if not _records_phases(run):
        if not len(ticks[0]):
            raise no_phases(run, "phase-raster")
        agents, order, words = _rows(run, np.zeros(run.nodes))
        empty = np.empty((len(agents), 0))
        return PhaseRaster(
            agents, empty[0], empty, _marked(ticks, order), run.end, run.name, facts([run]) + words, spans=spans_of(run)
        )
    course = swarm_course(run, "phase-raster")
    instants = course.instants
    phases = np.stack([look.phases for look in course.looks(instants[:-1])], axis=1)
    turning = course.snapshots or course.cycles > MOST_CYCLES
    agents, order, words = _rows(run, _drift(phases) if course.snapshots else course.frequencies)
    return PhaseRaster(
        agents=agents,
        times=instants[:-1],
        phases=(_seen_turning(phases) if turning else phases)[agents],
        ticks=_marked(((), ()) if turning else ticks, order),
        end=run.end,
        name=run.name,
        facts=facts([run]) + words,
        phase="Phase in a turning frame (rad)" if turning else "Phase (rad)",
        order="Agent" if _is_in_order(run) else f"Agent, {_told_regions(run)}slowest at the top",
        spans=spans_of(run),
    )


def _records_phases(run: RunView) -> bool:
    return next(iter(run.states((PHASE, PHASES))), None) is not None


def _is_in_order(run: RunView) -> bool:
    return str(run.scenario.get("topology", {}).get("kind")) in _IN_ORDER


def _rows(run: RunView, drift: NDArray[np.float64]) -> tuple[list[int], dict[int, int], str]:
    """Return the agents that have a row, the row of each, and in words how many are left out."""
    order = np.arange(run.nodes) if _is_in_order(run) else np.lexsort((drift, _places_of_regions(run)))
    order = order[np.isfinite(drift[order])]  # servers do not oscillate
    step = -(-len(order) // MOST_ROWS)
    agents = [int(agent) for agent in order[::step]]
    words = f"; {len(agents)} agents drawn" if step > 1 else ""
    return agents, {agent: row for row, agent in enumerate(agents)}, words


def _places_of_regions(run: RunView) -> NDArray[np.int64]:
    """Return the place of the region of each node, in the order in which nodes are numbered; 0 where there is none."""
    regions = run.topology().regions if run.nodes <= _MOST_FOR_REGIONS else None
    if regions is None:
        return np.zeros(run.nodes, np.int64)
    places = {region: place for place, region in enumerate(dict.fromkeys(regions))}
    return np.array([places[region] for region in regions], np.int64)


def _told_regions(run: RunView) -> str:
    return "by region, " if _places_of_regions(run).any() else ""


def _drift(phases: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much each agent turned from one time to the next, in all (agents, times)."""
    turned = (np.diff(phases, axis=1) + tau / 2) % tau - tau / 2
    return np.asarray(np.nan_to_num(turned).sum(axis=1))


def _seen_turning(phases: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return phases (agents, times) less the angle by which the agents turned in the mean since the first time."""
    angles = list(accumulate((turned_between(*pair) for pair in pairwise(phases.T)), initial=0.0))
    return np.asarray((phases - np.array(angles)) % tau)


def turned_between(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """Return by which angle (radians) the agents turned in the mean from one time to another, from -π to π."""
    turned = mean_field(after - before)
    return float(np.angle(turned)) if abs(turned) > 0 else 0.0


def _marked(
    ticks: tuple[Sequence[int] | Times, Sequence[int] | Times], order: dict[int, int]
) -> tuple[NDArray[np.int64], Times]:
    """Return row and time of the ticks of those agents that have a row."""
    kept = [(order[int(agent)], int(time)) for time, agent in zip(*ticks, strict=True) if int(agent) in order]
    table = np.array(kept, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def map_figure(run: RunView, at: str | None = None) -> PhaseMap:
    """Return the phases on the topology at a moment, the end unless `at` names one, and what was broken then."""
    time = run.end if at is None else _one_moment(at, run.end)
    return map_at(run, swarm_course(run, "phase-map").phases_at(time), spans_of(run), time)


def map_at(run: RunView, phases: NDArray[np.float64], spans: Sequence[FaultSpan], time: int) -> PhaseMap:
    """Return the phases of a moment on the topology, with what was broken at that moment."""
    topology = run.topology()
    until = [span for span in spans if span.begin <= time]
    now = [span for span in until if time < span.end or (span.unmended and time <= span.end)]
    crashed = {span.node for span in now if span.kind == "crashed" and span.node is not None}
    back = {span.node for span in until if span.kind == "crashed" and span.node is not None} - crashed
    return PhaseMap(
        topology=topology,
        phases=phases,
        name=run.name,
        facts=f"{facts([run])}; at {told_time(time)}, R\u00a0=\u00a0{abs(mean_field(phases)):.2f}",
        down=crashed,
        restarted=back,
        cut=set() if topology.implicit else cut_links(now, topology.edges(), topology.nodes),
    )


def _one_moment(at: str, end: int) -> int:
    moments = _moments_named(at, end)
    if len(moments) > 1:
        raise InputError(f"found {len(moments)} moments; the plot phase-map shows one: --at {format_duration(end)}")
    return moments[0][0]
