"""Swizzles: nodes are cut off one by one, and come back one by one in another order.

After the swizzle-clog of FoundationDB's simulation (https://apple.github.io/foundationdb/testing.html), which finds
what a single break and heal do not: reorganisations that overlap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from faults.fault import LastingFault
from faults.target import Target, check_target, choose, shown_target, size_of
from sim.network.separation import GroupSeparation
from sim.units import PositiveDuration, format_duration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.simulation import Simulation


@dataclass(slots=True)
class _Cuts:
    """The state of a strike: the nodes that are cut off now, and those that were not yet."""

    waiting: list[int]
    cut: dict[int, GroupSeparation] = field(default_factory=dict)
    healed: list[int] = field(default_factory=list)
    touched: int = 0


class Swizzle(LastingFault):
    """Cut the nodes of a target off from all others, one by one at intervals, in a drawn order; times in nanoseconds.

    They are healed at the same intervals in another drawn order, the last of them `heal_after` the first cut. Where the
    target is known only when it strikes and is too large for that, intervals are as much shorter as it takes.
    """

    layer: ClassVar[str] = "partition"

    kind: Literal["swizzle"] = "swizzle"
    target: Target
    interval: PositiveDuration = Field(description="time from one cut to the next, and from one heal to the next")

    @model_validator(mode="after")
    def _has_time(self) -> Self:
        if isinstance(self.target, tuple) and self.heal_after is not None:
            least = 2 * (len(self.target) - 1) * self.interval
            if self.heal_after < least:
                found = f"found {format_duration(self.heal_after)} for {len(self.target)} nodes"
                raise InputError(f"{found}; expected at least {format_duration(least)}", ("heal_after",))
        return self

    def check(self, simulation: Simulation) -> None:
        """Raise InputError where a node, role or region does not exist, or all nodes take too long."""
        check_target(self.target, simulation)
        size = size_of(self.target, simulation.topology.nodes)
        if self.target == "all" and size is not None and self.heal_after is not None:
            least = 2 * (size - 1) * self.interval
            if self.heal_after < least:
                found = f"found {format_duration(self.heal_after)} for {size} nodes"
                raise InputError(f"{found}; expected at least {format_duration(least)}", ("heal_after",))

    def begin(self, strike: Strike) -> None:
        """Draw both orders, cut the first node off, and schedule the others."""
        cutting = list(choose(self.target, strike, lambda node: True))
        strike.stream("cut").shuffle(cutting)
        healing = list(cutting)
        strike.stream("heal").shuffle(healing)
        strike.state = _Cuts(cutting)
        strike.targets, strike.nodes = tuple(cutting), frozenset(cutting)
        steps = max(1, len(cutting) - 1)
        interval = self.interval if strike.lasting is None else min(self.interval, strike.lasting // (2 * steps))
        later = strike.simulation.kernel.call_after
        for place, node in enumerate(cutting):
            later(place * interval, self._cut, strike, node)
        if strike.lasting is not None:
            for place, node in enumerate(healing[:-1]):  # the last is healed when the strike ends
                later(strike.lasting - (steps - place) * interval, self._heal, strike, node)
        strike.effect = len(cutting)

    def _cut(self, strike: Strike, node: int) -> None:
        if not strike.over and node in strike.state.waiting:
            strike.state.waiting.remove(node)
            separation = strike.state.cut[node] = GroupSeparation(self.name or "", ((node,),))
            strike.simulation.separate(separation)

    def _heal(self, strike: Strike, node: int) -> None:
        separation = strike.state.cut.pop(node, None)
        if separation is not None:
            strike.state.touched += separation.touched
            strike.state.healed.append(node)
            strike.simulation.reunite(separation)

    def end(self, strike: Strike) -> None:
        """Let all come back that are still cut off."""
        for node in list(strike.state.cut):
            self._heal(strike, node)
        strike.state.waiting.clear()
        self.count(strike)
        strike.targets, strike.effect = tuple(strike.state.healed), len(strike.state.healed)

    def count(self, strike: Strike) -> None:
        """Take in the messages that it has cut."""
        strike.touched = strike.state.touched + sum(cut.touched for cut in strike.state.cut.values())

    def spare(self, strike: Strike, core: frozenset[int]) -> bool:
        """Let those of the core come back, and cut off nobody more; whether nobody else is cut off."""
        strike.state.waiting.clear()
        for node in sorted(core):
            self._heal(strike, node)
        if strike.state.cut:
            return False
        self.end(strike)
        return True

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, for a while."""
        size = min(2 + drawing.stream.below(4), drawing.topology.nodes)
        lasting = drawing.lasting()
        nodes = sorted(drawing.stream.sample(range(drawing.topology.nodes), size))
        interval = max(1, int(lasting * drawing.share(0.1, 0.9)) // max(1, 2 * (size - 1)))
        return {"target": nodes, "interval": interval, "heal_after": lasting}

    @property
    def words(self) -> str:
        """What breaks, in a few words, for people."""
        return f"swizzle of {shown_target(self.target)}"
