"""From the records of a swarm to the frames of its film."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.plots.coherence_figure import coherence_of
from analysis.plots.fault_spans import cut_links
from analysis.plots.film import FRAMES, MOST_FRAMES, Film, Frame
from analysis.plots.phase_circle import Moment
from analysis.plots.run_figures import facts, spans_of
from analysis.plots.swarm_course import Times, swarm_course
from analysis.plots.swarm_figures import goal_of, told_coherence, turned_between
from analysis.plots.topology_snapshot import MOST_LINKS
from topologies.errors import InputError

if TYPE_CHECKING:
    from analysis.plots.run_view import RunView

FEWEST_FRAMES: Final = 2
FRAMES_A_CYCLE: Final = 8
"""With fewer, the eye sees agents jump or turn back: then the film turns with them."""


def film_of(run: RunView, frames: str | None = None) -> Film:
    """Return the film of a run, of 200 frames unless `frames` says; raises InputError where it recorded no phases.

    Where a cycle would have less than eight frames, or phases are known only now and then, it is seen from a frame of
    reference that turns with the mean of the agents.
    """
    number = _number(frames)
    course = swarm_course(run, "animation")
    instants = _spread_evenly(course.instants, number) if course.snapshots else _evenly(run.end, number)
    looks = list(course.looks(instants))
    turning = course.snapshots or course.cycles * FRAMES_A_CYCLE > number
    turned = _turns([look.phases for look in looks]) if turning else [0.0] * len(looks)
    spans, topology, goal = spans_of(run), run.topology(), goal_of(run)
    links = [] if topology.implicit or topology.links > MOST_LINKS else list(topology.edges())
    made = []
    for look, angle in zip(looks, turned, strict=True):
        now = [
            span for span in spans if span.begin <= look.time < span.end or (span.unmended and look.time >= span.begin)
        ]
        aim = goal(look.time)
        moment = Moment(
            (look.phases - angle) % (2 * np.pi),
            told_coherence(look.phases, course.agents),
            None if aim is None else aim - angle,
        )
        down = sorted({span.node for span in now if span.kind == "crashed" and span.node is not None})
        made.append(Frame(look.time, moment, down, sorted(cut_links(now, links, topology.nodes))))
    words = "Phase in a turning frame (rad)" if turning else "Phase (rad)"
    curve, _ = coherence_of(run)
    return Film(made, topology, curve, run.end, run.name, facts([run]), words, spans)


def _number(frames: str | None) -> int:
    """Return how many frames there are."""
    if frames is None:
        return FRAMES
    if not frames.isascii() or not frames.isdecimal() or not FEWEST_FRAMES <= int(frames[:9]) <= MOST_FRAMES:
        raise InputError(f"found {frames[:40]!r} frames; expected a number from {FEWEST_FRAMES} to {MOST_FRAMES}")
    return int(frames)


def _evenly(end: int, number: int) -> Times:
    return np.linspace(0, end, number).astype(np.int64)


def _spread_evenly(instants: Times, number: int) -> Times:
    """Return so many of the instants, the first and the last included, or all where they are fewer."""
    if len(instants) <= number:
        return instants
    return instants[np.linspace(0, len(instants) - 1, number).astype(np.int64)]


def _turns(phases: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]) -> list[float]:
    """Return by which angle the agents have turned at each of some times, in the mean."""
    return list(accumulate((turned_between(before, after) for before, after in pairwise(phases)), initial=0.0))
