"""Partitions: no message crosses from one side to another, those on their way included, until the partition heals.

The ways to divide are those of Jepsen's nemesis (isolated nodes, halves, bridge, majorities ring) and more, as data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from faults.fault import LastingFault
from faults.partition.division import divide, shown_groups
from faults.partition.groups import FEWEST_ON_A_RING, Bridge, Groups, GroupsValue, Isolate, check_groups
from topologies.errors import InputError

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
    groups: Groups | None = Field(
        default=None, description="the sides, or how they are found; nodes in none of the lists form one further side"
    )
    target: Groups | None = Field(default=None, description="another name for `groups`")
    one_way: Literal["out", "in"] | None = Field(
        default=None,
        description="out: messages still pass from a side to later ones, the last being that of all others; in: only "
        "from later ones; no way when left out",
    )

    @model_validator(mode="after")
    def _has_sides(self) -> Self:
        if (self.groups is None) == (self.target is None):
            found = "neither 'groups' nor 'target'" if self.groups is None else "both 'groups' and 'target'"
            raise InputError(f"found {found}, which mean the same; give one of them", ("groups",))
        if self.target is not None:
            self.__dict__.update(groups=self.target, target=None)  # so that both spellings are one fault
        if self.one_way is not None and self.groups == "majorities-ring":
            raise InputError("found beside a ring, which has no sides; leave it out", ("one_way",))
        return self

    @property
    def sides(self) -> GroupsValue:
        """How the nodes are divided."""
        assert self.groups is not None, "checked when it was made"
        return self.groups

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node or region does not exist."""
        try:
            check_groups(self.sides, simulation)
        except InputError as error:
            raise InputError(error.message, ("groups", *error.path)) from None

    def strikes_single_nodes(self) -> bool:
        """Whether a schedule can say which node it strikes."""
        return isinstance(self.groups, Isolate | Bridge)

    def begin(self, strike: Strike) -> None:
        """Cut the sides off from each other."""
        strike.targets, strike.state = divide(self.sides, strike, self.name or "", self.one_way)
        strike.simulation.separate(strike.state)
        strike.effect = len({node for side in strike.targets for node in side})

    def end(self, strike: Strike) -> None:
        """Let the sides reach each other again."""
        self.count(strike)
        strike.simulation.reunite(strike.state)

    def count(self, strike: Strike) -> None:
        """Take in the messages that it has cut."""
        strike.touched = strike.state.touched

    def spare(self, strike: Strike, core: frozenset[int]) -> bool:
        """End it where it separates nodes of the core from each other."""
        apart: bool = strike.state.parts(core)
        if apart:
            self.end(strike)
        return apart

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """Two sides drawn at random, sometimes one way only; now and then a bridge or a ring; for a while."""
        fields: dict[str, Any] = {"heal_after": drawing.lasting()}
        draw, population = drawing.stream.random(), drawing.topology.nodes
        if draw < 0.1 and population >= FEWEST_ON_A_RING:
            return {"groups": "majorities-ring", **fields}
        if draw < 0.2 and population > 2:
            return {"groups": {"bridge": drawing.stream.below(population)}, **fields}
        if draw < 0.35:
            fields["one_way"] = drawing.stream.choice(("out", "in"))
        return {"groups": [drawing.side()], **fields}

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        one_way = {"out": "one-way ", "in": "one-way ", None: ""}[self.one_way]
        return f"{one_way}partition {shown_groups(self.sides)}"
