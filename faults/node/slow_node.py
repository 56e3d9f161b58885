"""Slow nodes: handling takes longer than it should, even where it takes no time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.core.core_fault import CoreFault
from sim.network.latency import Latency

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.hardware.processor import Processor, SomeCores


class SlowNode(CoreFault):
    """Nodes take extra time for each message, timer and request, one after the other: a gray failure.

    Such a node answers, but late ("limplock": Do et al., "Limplock", SoCC 2013; Huang et al., "Gray failure", HotOS
    2017). On any node: one without a core gets one for as long as it is slow. `touched` counts what it handled so.
    """

    layer: ClassVar[str] = "node"
    needs_cores: ClassVar[bool] = False

    kind: Literal["slow-node"] = "slow-node"
    extra: Latency | None = Field(
        default=None, description="further time for each message, timer and request: a duration or a distribution"
    )

    @property
    def is_off(self) -> bool:
        """Whether nothing takes longer."""
        return self.extra is None or super().is_off

    def disturb(self, strike: Strike, node: int, processor: Processor | SomeCores) -> Callable[[], int]:
        """Have all that is submitted from now on take longer."""
        assert self.extra is not None
        cost = partial(self.extra.sampler(), strike.stream(f"extra/{node}"))
        processor.costs.append(cost)
        return cost

    def settle(self, strike: Strike, processor: Processor | SomeCores, added: Callable[[], int]) -> None:
        """Have it take as long as before."""
        processor.costs.remove(added)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, from a tenth of a millisecond to a tenth of a second in the mean."""
        extra = {"kind": "exponential", "mean": drawing.duration(100_000, 100_000_000)}
        return {"target": drawing.nodes(), "extra": extra, "heal_after": drawing.lasting()}
