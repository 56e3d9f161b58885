"""Pauses: nodes stop for a while and know nothing of it, as in a long garbage collection or a suspended machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from faults.fault import Fault
from faults.target import Target, check_target, choose, shown_target
from sim.units import PositiveDuration, format_duration

if TYPE_CHECKING:
    from sim.simulation import Simulation


class Pause(Fault):
    """Pause nodes; `resume_after` in nanoseconds, None: they never go on.

    Memory is kept. Messages that arrive and timers that come due wait, and are handled at once on resuming.
    """

    kind: Literal["pause"] = "pause"
    target: Target
    resume_after: PositiveDuration | None = Field(
        default=None, description="time after which those that it paused go on; they never do when left out"
    )

    def arm(self, simulation: Simulation) -> None:
        """Schedule the pause; raises InputError where a node does not exist."""
        check_target(self.target, len(simulation.nodes))
        super().arm(simulation)

    def strike(self, simulation: Simulation) -> None:
        """Pause the nodes that are up."""
        chosen = choose(self.target, simulation.nodes, lambda node: node.life == "up", lambda: self.stream(simulation))
        paused = tuple(node for node in chosen if simulation.pause(node))
        self.report(simulation, "begin", chosen, len(paused))
        if self.resume_after is not None and paused:
            simulation.kernel.call_after(self.resume_after, self._resume, simulation, paused)

    def _resume(self, simulation: Simulation, paused: tuple[int, ...]) -> None:
        self.report(simulation, "end", paused, sum(map(simulation.resume, paused)))

    @property
    def description(self) -> str:
        """The fault in a few words, for people."""
        back = f", resumed {format_duration(self.resume_after)} later" if self.resume_after else ""
        return f"pause of {shown_target(self.target)} at {format_duration(self.at)}{back}"
