"""An agent's own judgement whether the swarm has converged, from its neighbourhood alone.

It can be wrong both ways: a wave around a ring looks like order to every agent in it. How often it is wrong is measured
from the records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.node import Node
    from sim.protocols.attractor.config import AttractorConfig
    from sim.protocols.attractor.strategy import Neighborhood


class Belief:
    """Watches the coherence of a neighbourhood, and records `believes` when the judgement changes."""

    __slots__ = ("_aim", "_converged", "_dwell", "_since", "_tolerance")

    def __init__(self, config: AttractorConfig) -> None:
        detector, goal = config.detector, config.goal
        assert detector is not None
        self._aim = goal.coherence
        self._tolerance = goal.tolerance if detector.tolerance is None else detector.tolerance
        self._dwell = (goal.dwell or config.period) if detector.dwell is None else detector.dwell
        self._since: int | None = None
        self._converged = False

    def look(self, node: Node, now: int, heard: Neighborhood) -> None:
        """Take what is heard at a time on the agent's clock, in nanoseconds; one who hears nobody believes nothing."""
        if not heard.turns or abs(heard.coherence - self._aim) > self._tolerance:
            self._since = None
        elif self._since is None:
            self._since = now
        converged = self._since is not None and now - self._since >= self._dwell
        if converged != self._converged:
            self._converged = converged
            node.record("believes", converged=converged)
