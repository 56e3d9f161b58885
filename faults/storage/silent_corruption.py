"""Disks that give back something else than was written, and do not say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.alteration import altered
from faults.storage.storage_fault import FaultyDisk, StorageFault
from sim.units import Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node
    from sim.randomness import Stream


class SilentCorruption(StorageFault):
    """Each read is wrong with the same probability while it lasts: one value in it is another of its type.

    The medium keeps what was written, so that another read may be right. Seen in the field by Bairavasundaram et al.,
    "An analysis of data corruption in the storage stack" (FAST 2008). A node that believes it counts as lying for the
    budget. `touched` counts the reads that were altered.
    """

    lies: ClassVar[bool] = True

    kind: Literal["silent-corruption"] = "silent-corruption"
    probability: Probability = Field(default=0.0, description="probability that a read is wrong")

    @property
    def is_off(self) -> bool:
        """Whether no read can be wrong."""
        return self.probability == 0.0 or super().is_off

    def behaviour(self, strike: Strike, node: Node) -> FaultyDisk:
        """A disk that lies."""
        return _Corrupt(self.probability, strike.stream(f"corrupt/{node.id}"), strike.stream(f"alter/{node.id}"))

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, few reads or nearly all."""
        place = {"target": drawing.nodes(), "heal_after": drawing.lasting()}
        return {"probability": drawing.share(0.01, 0.9), **place}


class _Corrupt(FaultyDisk):
    def __init__(self, probability: float, stream: Stream, alterations: Stream) -> None:
        self._probability = probability
        self._stream = stream
        self._alterations = alterations

    def read(self, value: Any) -> Any:
        if self._stream.random() >= self._probability:
            return value
        other = altered(value, self._alterations)
        if other is None:
            return value
        self.touched += 1
        return other
