"""Rolling restarts: each node in turn is taken down and brought up again, as in the roll-out of a new release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.fault import Downtime
from faults.node.downtime_fault import Downs, DowntimeFault
from faults.target import choose
from sim.units import Duration, PositiveDuration

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike


class RollingRestart(DowntimeFault):
    """Crash and restart the nodes of a target one after the other, never two at once. Times in nanoseconds.

    It is over when each has had its turn. A node whom the budget does not let it crash is left out.
    """

    healer: ClassVar[str | None] = "heal_after"

    kind: Literal["rolling-restart"] = "rolling-restart"
    down_for: PositiveDuration = Field(description="time that each node is down")
    gap: Duration = Field(default=0, description="time from a node's restart to the next node's crash")
    order: Literal["listed", "random"] = Field(
        default="listed", description="whose turn is next: as the target lists them, else by number; or drawn"
    )
    heal_after: PositiveDuration | None = Field(
        default=None, description="time after which it is broken off; it goes to its end when left out"
    )

    def begin(self, strike: Strike) -> None:
        """Choose the nodes and their order, and crash the first."""
        nodes = list(choose(self.target, strike, self.changeable))
        if self.order == "random":
            strike.stream("order").shuffle(nodes)
        strike.state = Downs()
        strike.state.waiting.extend(nodes)
        strike.targets = tuple(nodes)
        strike.effect = self._take_turn(strike)
        if not nodes:
            strike.simulation.kernel.call_after(0, strike.armed.end, strike)

    def _take_turn(self, strike: Strike) -> int:
        """Crash the next node that the budget allows; how many that changed."""
        waiting = strike.state.waiting
        while waiting:
            (node,) = strike.injector.within_budget(strike, (waiting.popleft(),)) or (None,)
            if node is not None:
                strike.simulation.kernel.call_after(self.down_for, self._restart, strike, node)
                return int(self.hit(strike, node))
        return 0

    def _restart(self, strike: Strike, node: int) -> None:
        if strike.over:
            return
        if node in strike.nodes:
            self.mend(strike, node)
            strike.injector.acquit(strike, node)
        if strike.state.waiting:
            strike.simulation.kernel.call_after(self.gap, self._next, strike)
        else:
            strike.armed.end(strike)

    def _next(self, strike: Strike) -> None:
        if strike.over:
            return
        strike.armed.effect += self._take_turn(strike)
        if not strike.nodes:
            strike.armed.end(strike)

    def spare(self, strike: Strike, core: frozenset[int]) -> bool:
        """Restart the node that is down where it is of the core, and go no further."""
        strike.state.waiting.clear()
        return super().spare(strike, core)

    def downtime(self, population: int) -> Downtime | None:
        """One node at a time."""
        downtime = super().downtime(population)
        return None if downtime is None else downtime._replace(named=frozenset(), size=min(1, downtime.size))

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, or all of a small system."""
        nodes = drawing.nodes() if drawing.stream.random() < 0.5 else sorted(range(min(drawing.topology.nodes, 12)))
        lasting = drawing.lasting()
        turn = max(2, lasting // len(nodes))
        down = max(1, int(turn * drawing.share(0.2, 0.9)))
        return {"target": nodes, "down_for": down, "gap": turn - down, "heal_after": lasting}
