"""Cores that stand still: for a time, or again and again as for the collection of garbage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.core.core_fault import ChosenCoresFault, CoreFault
from sim.network.latency import Latency

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.hardware.processor import Processor, SomeCores


class StalledCore(ChosenCoresFault):
    """Cores serve nothing while it lasts; messages, timers and requests wait, work in service goes on where it was.

    On any node: one whose handling takes no time lets them wait too. Unlike in a pause the node stays `up`: nothing
    tells that it does not work. `touched` counts what was waiting at the end.
    """

    takes_down: ClassVar[bool] = True
    needs_cores: ClassVar[bool] = False

    kind: Literal["stalled-core"] = "stalled-core"

    def disturb(self, strike: Strike, node: int, cores: Processor | SomeCores) -> None:
        """Stop the cores."""
        cores.stop()

    def settle(self, strike: Strike, cores: Processor | SomeCores, added: None) -> None:
        """Let them go on."""
        cores.go()

    def touches(self, cores: Processor | SomeCores, served: int, added: None) -> int:
        """What waits for the cores."""
        return len(cores.queued)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes for a while."""
        return {"target": drawing.nodes(), "heal_after": drawing.lasting()}


class GarbageCollection(CoreFault):
    """The node stands still for a drawn time, again and again: stop-the-world pauses of a garbage collector.

    On any node. `touched` counts what was waiting at the end of each pause.
    """

    needs_cores: ClassVar[bool] = False

    kind: Literal["garbage-collection"] = "garbage-collection"
    every: Latency = Field(description="time from the end of a pause to the next: a duration or a distribution")
    pause: Latency | None = Field(
        default=None, description="how long a pause takes: a duration or a distribution; none when left out"
    )

    @property
    def is_off(self) -> bool:
        """Whether there are no pauses."""
        return self.pause is None or super().is_off

    def disturb(self, strike: Strike, node: int, cores: Processor | SomeCores) -> _Collector:
        """Have a collector stop the core again and again."""
        assert self.pause is not None
        every, pause = self.every.sampler(), self.pause.sampler()
        stream = strike.stream(f"collector/{node}")
        collector = _Collector(strike, cores, lambda: every(stream), lambda: pause(stream))
        collector.wait()
        return collector

    def settle(self, strike: Strike, cores: Processor | SomeCores, added: _Collector) -> None:
        """End the present pause, and the collector."""
        added.end()

    def touches(self, cores: Processor | SomeCores, served: int, added: _Collector) -> int:
        """What has waited at the ends of its pauses, and waits now."""
        return added.touched + (len(cores.queued) if added.pausing else 0)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes; pauses are lognormal, and shorter than what is between them."""
        lasting = drawing.lasting()
        every = drawing.duration(max(1, lasting // 20), max(1, lasting))
        pause = {"kind": "lognormal", "median": max(1, every // 20), "sigma": 1.0}
        place = {"target": drawing.nodes(), "heal_after": lasting}
        return {"every": {"kind": "exponential", "mean": every}, "pause": pause, **place}


class _Collector:
    """The garbage collector of one node."""

    def __init__(self, strike: Strike, cores: Processor | SomeCores, every: Any, pause: Any) -> None:
        self._kernel = strike.simulation.kernel
        self._cores = cores
        self._every = every
        self._pause = pause
        self.pausing = False
        self.over = False
        self.touched = 0

    def wait(self) -> None:
        """Let the core work until the next pause."""
        self._kernel.call_after(max(1, self._every()), self._stop)

    def _stop(self) -> None:
        if not self.over:
            self.pausing = True
            self._cores.stop()
            self._kernel.call_after(self._pause(), self._go)

    def _go(self) -> None:
        if not self.over:
            self.touched += len(self._cores.queued)
            self.pausing = False
            self._cores.go()
            self.wait()

    def end(self) -> None:
        """Never stop the core again."""
        self.over = True
        if self.pausing:
            self.pausing = False
            self._cores.go()
