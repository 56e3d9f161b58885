"""Crash loops: nodes that crash again soon after each restart, as with a bad release or a poisoned input.

With a `backoff` above 1 each pause before a restart is longer than the one before, as Kubernetes restarts containers
(https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/: 10 s, doubled each time, at most 5 min).
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from faults.node.downtime_fault import DowntimeFault
from sim.units import MINUTE, PositiveDuration
from topologies.errors import InputError

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike


class CrashLoop(DowntimeFault):
    """Crash nodes over and over. Times in nanoseconds.

    Each node is down for `down_for`, runs for `up_for` and crashes again, `times` times in all or until it is healed.
    """

    healer: ClassVar[str | None] = "heal_after"

    kind: Literal["crash-loop"] = "crash-loop"
    down_for: PositiveDuration = Field(description="time from a crash to the restart; from the first, with a backoff")
    up_for: PositiveDuration = Field(description="time that a node runs before it crashes again")
    times: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="how often each node crashes; until it is healed when left out"
    )
    backoff: Annotated[float, Field(ge=1.0, le=100.0)] = Field(
        default=1.0, description="by what each time down is longer than the one before"
    )
    longest_down: PositiveDuration = Field(default=5 * MINUTE, description="longest time down that a backoff leads to")
    heal_after: PositiveDuration | None = Field(
        default=None, description="time after which those that are down restart for good; a heal's when left out"
    )

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.longest_down < self.down_for:
            raise InputError("found less than down_for; make it longer, 5min where it is left out", ("longest_down",))
        return self

    def hit(self, strike: Strike, node: int) -> bool:
        """Crash a node, and have it restart."""
        crashed = super().hit(strike, node)
        down = self.down_after(strike.state.times[node])
        strike.simulation.kernel.call_after(down, self._restart, strike, node)
        return crashed

    def down_after(self, crashes: int) -> int:
        """How long a node is down after so many crashes, in nanoseconds."""
        if (crashes - 1) * log(self.backoff) > log(self.longest_down / self.down_for) + 1:  # a power beyond all floats
            return self.longest_down
        return min(int(self.down_for * self.backoff ** (crashes - 1)), self.longest_down)

    def _restart(self, strike: Strike, node: int) -> None:
        if strike.over:
            return
        if node in strike.nodes:  # else something else has restarted it
            self.mend(strike, node)
        if node not in strike.nodes or strike.state.times[node] == self.times:
            self._leave_alone(strike, node)
        else:
            strike.simulation.kernel.call_after(self.up_for, self._crash, strike, node)

    def _crash(self, strike: Strike, node: int) -> None:
        if strike.over:
            return
        if strike.injector.over or node not in strike.nodes:  # over: the liveness phase has begun
            self._leave_alone(strike, node)
        else:
            strike.armed.effect += self.hit(strike, node)

    def _leave_alone(self, strike: Strike, node: int) -> None:
        strike.injector.acquit(strike, node)
        if not strike.nodes:
            strike.armed.end(strike)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """One or a few nodes, a few crashes long."""
        lasting = drawing.lasting()
        turn = max(2, lasting // (2 + drawing.stream.below(4)))
        up = max(1, int(turn * drawing.share(0.1, 0.9)))
        return {"target": drawing.nodes(), "down_for": turn - up, "up_for": up, "heal_after": lasting}
