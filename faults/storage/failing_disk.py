"""Disks that refuse: full ones, and such that fail to read. A protocol that does not catch the error stops its node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.storage.storage_fault import FaultyDisk, StorageFault
from sim.storage import StorageError
from sim.units import Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node
    from sim.randomness import Stream


class DiskFull(StorageFault):
    """Writes fail while it lasts; deletions and reads do not. `touched` counts the writes that failed.

    A node whose protocol does not catch the StorageError stops (fail-stop), as a database does; it stays down until a
    restart or the liveness phase. So it counts as down for the budget.
    """

    takes_down: ClassVar[bool] = True

    kind: Literal["disk-full"] = "disk-full"

    def behaviour(self, strike: Strike, node: Node) -> FaultyDisk:
        """A disk without room."""
        return _Full()

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes for a while."""
        return {"target": drawing.nodes(), "heal_after": drawing.lasting()}


class _Full(FaultyDisk):
    def before_write(self, name: str, deletes: bool) -> None:
        if not deletes:
            self.touched += 1
            raise StorageError("write", name, "no space is left")


class ReadError(StorageFault):
    """Each read fails with the same probability while it lasts, as with sectors that have gone bad.

    Latent sector errors are common (Bairavasundaram et al., "An analysis of latent sector errors in disk drives",
    SIGMETRICS 2007). A node whose protocol does not catch the StorageError stops, and counts as down for the budget.
    """

    takes_down: ClassVar[bool] = True

    kind: Literal["read-error"] = "read-error"
    probability: Probability = Field(default=0.0, description="probability that a read fails")

    @property
    def is_off(self) -> bool:
        """Whether no read can fail."""
        return self.probability == 0.0 or super().is_off

    def behaviour(self, strike: Strike, node: Node) -> FaultyDisk:
        """A disk with bad sectors."""
        return _Unreadable(self.probability, strike.stream(f"read/{node.id}"))

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, few reads or nearly all."""
        place = {"target": drawing.nodes(), "heal_after": drawing.lasting()}
        return {"probability": drawing.share(0.01, 0.9), **place}


class _Unreadable(FaultyDisk):
    def __init__(self, probability: float, stream: Stream) -> None:
        self._probability = probability
        self._stream = stream

    def before_read(self, name: str) -> None:
        if self._stream.random() < self._probability:
            self.touched += 1
            raise StorageError("read", name, "the medium cannot be read")
