"""Crashes: nodes lose their memory and timers and stop; and restarts, after which they run again from stable storage.

The crash-recovery model of Cachin, Guerraoui and Rodrigues, "Introduction to Reliable and Secure Distributed
Programming" (2011), section 2.2.4; without a restart it is the crash-stop model of section 2.2.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from faults.fault import Fault
from faults.target import Target, check_target, choose, shown_target
from sim.units import PositiveDuration, format_duration

if TYPE_CHECKING:
    from sim.simulation import Simulation


class Crash(Fault):
    """Crash nodes; `restart_after` in nanoseconds, None: they stay down."""

    kind: Literal["crash"] = "crash"
    target: Target
    restart_after: PositiveDuration | None = Field(
        default=None, description="time after which those that it crashed restart; they stay down when left out"
    )

    def arm(self, simulation: Simulation) -> None:
        """Schedule the crash; raises InputError where a node does not exist."""
        check_target(self.target, len(simulation.nodes))
        super().arm(simulation)

    def strike(self, simulation: Simulation) -> None:
        """Crash the nodes that are not down yet."""
        chosen = choose(
            self.target, simulation.nodes, lambda node: node.life != "crashed", lambda: self.stream(simulation)
        )
        crashed = tuple(node for node in chosen if simulation.crash(node))
        self.report(simulation, "begin", chosen, len(crashed))
        if self.restart_after is not None and crashed:
            simulation.kernel.call_after(self.restart_after, self._restart, simulation, crashed)

    def _restart(self, simulation: Simulation, crashed: tuple[int, ...]) -> None:
        self.report(simulation, "end", crashed, sum(map(simulation.restart, crashed)))

    @property
    def description(self) -> str:
        """The fault in a few words, for people."""
        back = f", restarted {format_duration(self.restart_after)} later" if self.restart_after else ""
        return f"crash of {shown_target(self.target)} at {format_duration(self.at)}{back}"


class Restart(Fault):
    """Restart nodes that an earlier fault has crashed."""

    kind: Literal["restart"] = "restart"
    target: Target

    def arm(self, simulation: Simulation) -> None:
        """Schedule the restart; raises InputError where a node does not exist."""
        check_target(self.target, len(simulation.nodes))
        super().arm(simulation)

    def strike(self, simulation: Simulation) -> None:
        """Restart those of the nodes that are down."""
        chosen = choose(
            self.target, simulation.nodes, lambda node: node.life == "crashed", lambda: self.stream(simulation)
        )
        self.report(simulation, "end", chosen, sum(map(simulation.restart, chosen)))

    @property
    def description(self) -> str:
        """The fault in a few words, for people."""
        return f"restart of {shown_target(self.target)} at {format_duration(self.at)}"
