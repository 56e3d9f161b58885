"""Partitions: no message crosses from one side to another, those on their way included, until the partition heals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from faults.fault import LastingFault
from faults.partition.groups import Groups, Halves, Isolate, Regions, check_groups, divide
from sim.network.separation import GroupSeparation

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.simulation import Simulation


class Partition(LastingFault):
    """Divide the nodes into sides; `heal_after` in nanoseconds, None: until a `heal` names it.

    Partitions that are in force at the same time add up: a message passes where none of them separates the nodes.
    """

    layer: ClassVar[str] = "partition"

    kind: Literal["partition"] = "partition"
    groups: Groups

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node or region does not exist."""
        check_groups(self.groups, simulation.topology)

    def begin(self, strike: Strike) -> None:
        """Cut the sides off from each other."""
        topology = strike.simulation.topology
        sides = divide(self.groups, topology, strike.stream)
        strike.state = GroupSeparation(self.name or "", sides)
        strike.simulation.separate(strike.state)
        strike.targets, strike.effect = sides, sum(map(len, sides))

    def end(self, strike: Strike) -> None:
        """Let the sides reach each other again."""
        self.count(strike)
        strike.simulation.reunite(strike.state)

    def count(self, strike: Strike) -> None:
        """Take in the messages that it has cut."""
        strike.touched = strike.state.touched

    def spare(self, strike: Strike, core: frozenset[int]) -> bool:
        """End it where it separates nodes of the core from each other."""
        members = sorted(core)
        apart = any(strike.state.separates(one, other) for one in members for other in members if one != other)
        if apart:
            self.end(strike)
        return apart

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Two sides drawn at random, for a while."""
        return {"groups": [drawing.side()], "heal_after": drawing.lasting()}

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        return f"partition {_shown(self.groups)}"


def _shown(groups: tuple[tuple[int, ...], ...] | Isolate | Halves | Regions) -> str:
    if isinstance(groups, Isolate):
        return f"that isolates node {groups.isolate}"
    if isinstance(groups, Halves):
        return "into random halves" if groups.halves == "random" else "into halves"
    if isinstance(groups, Regions):
        return f"that cuts off {', '.join(groups.regions)}"
    return "of " + " | ".join(",".join(map(str, side)) for side in groups)
