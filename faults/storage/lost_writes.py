"""Disks that lose what they had said was written: all that was not flushed, or the half of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from faults.storage.storage_fault import FaultyDisk, StorageFault
from sim.disk import MISSING, Values, put_back
from sim.storage import StorageError
from sim.units import PositiveDuration, Probability

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node
    from sim.randomness import Stream


class LostWrites(StorageFault):
    """Disks only say that they have written: a crash loses all that is still in a volatile cache.

    What was there before the first lost write of a key is there again. The cache is written out every `flush_every`,
    when the protocol syncs, where the disk honours that, and when the fault heals (Zheng et al., "Understanding the
    robustness of SSDs under power fault", FAST 2013). For the budget such a node counts as lying: it forgets what it
    promised. `touched` counts the values that were lost, and syncs that did nothing.
    """

    lies: ClassVar[bool] = True

    kind: Literal["lost-writes"] = "lost-writes"
    flush_every: PositiveDuration | None = Field(
        default=None, description="time from one writing out of the cache to the next; never when left out"
    )
    honours_sync: bool = Field(default=True, description="whether a sync of the protocol writes the cache out")

    def behaviour(self, strike: Strike, node: Node) -> FaultyDisk:
        """A disk with a volatile cache."""
        return _Cache(strike, self)

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, with disks that honour a sync or do not, and flush by themselves or do not."""
        fields: dict[str, Any] = {"target": drawing.nodes(), "heal_after": drawing.lasting()}
        fields["honours_sync"] = drawing.stream.random() < 0.5
        if drawing.stream.random() < 0.5:
            fields["flush_every"] = drawing.duration(1_000_000, drawing.longest)
        return fields


class _Cache(FaultyDisk):
    """`volatile` maps each key that was written since the last flush to what is on the medium."""

    def __init__(self, strike: Strike, fault: LostWrites) -> None:
        self._kernel = strike.simulation.kernel
        self._began = strike.began
        self._every = fault.flush_every
        self._honours_sync = fault.honours_sync
        self._flushes = 0
        self.volatile: dict[str, Any] = {}

    def writes(self, values: Values, name: str) -> None:
        self._flush_if_due()
        self.volatile.setdefault(name, values.get(name, MISSING))

    def _flush_if_due(self) -> None:
        """Nobody sees when the cache is written out, so that it is enough to do so before it matters."""
        if self._every is not None:
            flushes = (self._kernel.now - self._began) // self._every
            if flushes > self._flushes:
                self._flushes = flushes
                self.volatile.clear()

    def sync(self) -> None:
        if self._honours_sync:
            self.volatile.clear()
        else:
            self.touched += 1

    def crash(self, values: Values) -> None:
        self._flush_if_due()
        for name, value in self.volatile.items():
            put_back(values, name, value)
        self.touched += len(self.volatile)
        self.volatile.clear()

    def replaced(self) -> None:
        self.volatile.clear()


class TornWrite(StorageFault):
    """A crash catches the last batch of writes half done: those that one handler made, in their order.

    A drawn number of its first writes is kept, from none to all but one; the next one is half done, and the others have
    not begun. What cannot be read is gone once the fault heals, as after a check of the file system. Pillai et al.,
    "All file systems are not created equal" (OSDI 2014), show what applications make of such states. For the budget the
    node counts as lying. `touched` counts the writes that were undone or torn.
    """

    lies: ClassVar[bool] = True

    kind: Literal["torn-write"] = "torn-write"
    probability: Probability = Field(default=0.0, description="probability that a crash tears the last batch")
    window: PositiveDuration | None = Field(
        default=None, description="longest time from a batch to a crash that can tear it; any time when left out"
    )
    leaves: Literal["old", "missing", "unreadable"] = Field(
        default="unreadable",
        description="what is left of the write that is half done: the old value, none, or one that fails to be read",
    )

    @property
    def is_off(self) -> bool:
        """Whether no batch can be torn."""
        return self.probability == 0.0 or super().is_off

    def behaviour(self, strike: Strike, node: Node) -> FaultyDisk:
        """A disk that is slow to finish its last batch."""
        return _Tearing(strike, self, strike.stream(f"tear/{node.id}"))

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes; whatever is left of the torn write."""
        place = {"target": drawing.nodes(), "heal_after": drawing.lasting()}
        leaves = drawing.stream.choice(("old", "missing", "unreadable"))
        return {"probability": drawing.share(0.3, 1.0), "leaves": leaves, **place}


class _Tearing(FaultyDisk):
    """`batch` holds the writes of the last handler that wrote: keys and what they held before."""

    def __init__(self, strike: Strike, fault: TornWrite, stream: Stream) -> None:
        self._kernel = strike.simulation.kernel
        self._fault = fault
        self._stream = stream
        self._batch: list[tuple[str, Any]] = []
        self._handler = (-1, -1)
        self._unreadable: set[str] = set()

    def before_read(self, name: str) -> None:
        if name in self._unreadable:
            self.touched += 1
            raise StorageError("read", name, "the value was torn by a crash")

    def writes(self, values: Values, name: str) -> None:
        handler = (self._kernel.now, self._kernel.events_processed)
        if handler != self._handler:
            self._handler = handler
            self._batch.clear()
        self._batch.append((name, values.get(name, MISSING)))
        self._unreadable.discard(name)

    def crash(self, values: Values) -> None:
        stream, fault = self._stream, self._fault
        tears, place = stream.random() < fault.probability, stream.random()
        batch, self._batch = self._batch, []
        recent = fault.window is None or self._kernel.now - self._handler[0] <= fault.window
        if not (tears and recent and batch):
            return
        kept = int(place * len(batch))
        for name, value in reversed(batch[kept:]):
            put_back(values, name, value)
        torn = batch[kept][0]
        if fault.leaves == "missing":
            values.pop(torn, None)
        elif fault.leaves == "unreadable":
            values.setdefault(torn, None)
            self._unreadable.add(torn)
        self.touched += len(batch) - kept

    def replaced(self) -> None:
        self._batch.clear()
        self._unreadable.clear()

    def healed(self, values: Values) -> None:
        for name in sorted(self._unreadable):
            values.pop(name, None)
