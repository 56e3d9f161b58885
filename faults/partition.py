"""Partitions: no message crosses from one side to another, those on their way included, until the partition heals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from faults.fault import Fault
from faults.groups import Groups, Halves, Isolate, Regions, check_groups, divide
from sim.network.separation import GroupSeparation
from sim.units import PositiveDuration, format_duration

if TYPE_CHECKING:
    from sim.simulation import Simulation

PartitionName = Annotated[str, Field(min_length=1, max_length=100)]


class Partition(Fault):
    """Divide the nodes into sides; `heal_after` in nanoseconds, None: until a `heal` names it.

    Partitions that are in force at the same time add up: a message passes where none of them separates the nodes.
    """

    kind: Literal["partition"] = "partition"
    groups: Groups
    heal_after: PositiveDuration | None = Field(
        default=None, description="time after which it heals; only by a heal when left out"
    )
    name: PartitionName | None = Field(default=None, description="what a heal calls it")

    def arm(self, simulation: Simulation) -> None:
        """Schedule the partition; raises InputError where a node or region does not exist."""
        check_groups(self.groups, simulation.topology)
        super().arm(simulation)

    def strike(self, simulation: Simulation) -> None:
        """Cut the sides off from each other."""
        sides = divide(self.groups, simulation.topology, lambda: self.stream(simulation))
        separation = GroupSeparation(self.name or "", sides)
        simulation.separate(separation)
        apart = sum(map(len, sides))
        self.report(simulation, "begin", sides, apart, name=self.name)
        if self.heal_after is not None:
            simulation.kernel.call_after(self.heal_after, end_partition, simulation, separation)

    @property
    def description(self) -> str:
        """The fault in a few words, for people."""
        back = f", healed {format_duration(self.heal_after)} later" if self.heal_after else ""
        return f"partition {_shown(self.groups)} at {format_duration(self.at)}{back}"


class Heal(Fault):
    """End partitions: those of a name, or all."""

    kind: Literal["heal"] = "heal"
    name: PartitionName | None = Field(default=None, description="the partition to heal; all of them when left out")

    def strike(self, simulation: Simulation) -> None:
        """Let the sides reach each other again."""
        healed = [
            separation
            for separation in simulation.network.separations
            if isinstance(separation, GroupSeparation) and self.name in (None, separation.name)
        ]
        for separation in healed:
            end_partition(simulation, separation)
        self.report(simulation, "end", (), len(healed), name=self.name)

    @property
    def description(self) -> str:
        """The fault in a few words, for people."""
        return f"heal of {f'partition {self.name}' if self.name else 'all partitions'} at {format_duration(self.at)}"


def end_partition(simulation: Simulation, separation: GroupSeparation) -> None:
    """End one partition and record it, unless a heal was quicker."""
    if simulation.reunite(separation):
        sides = tuple(tuple(side) for side in separation.groups)
        apart = sum(map(len, sides))
        name = separation.name or None
        simulation.record("fault", fault="partition", phase="end", targets=sides, effect=apart, name=name)


def _shown(groups: tuple[tuple[int, ...], ...] | Isolate | Halves | Regions) -> str:
    if isinstance(groups, Isolate):
        return f"that isolates node {groups.isolate}"
    if isinstance(groups, Halves):
        return "into random halves" if groups.halves == "random" else "into halves"
    if isinstance(groups, Regions):
        return f"that cuts off {', '.join(groups.regions)}"
    return "of " + " | ".join(",".join(map(str, side)) for side in groups)
