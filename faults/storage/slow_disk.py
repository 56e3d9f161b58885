"""Disks whose writes take time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from faults.storage.storage_fault import FaultyDisk, StorageFault
from sim.network.latency import Latency, Sampler
from sim.node_life import DOWN
from sim.node_waiting import have_wait

if TYPE_CHECKING:
    from faults.drawing import Drawing
    from faults.strike import Strike
    from sim.node import Node
    from sim.randomness import Stream


class SlowDisk(StorageFault):
    """Each write takes a time in which the node waits, as a process with one thread does.

    What the handler sends, sets and records after the write leaves when the write is over; messages and timers that
    come meanwhile wait. The value itself is on the medium at once: a crash in the wait takes back what would have
    followed, not the write. Without the fault a write takes no time. `touched` counts the writes.
    """

    kind: Literal["slow-disk"] = "slow-disk"
    write: Latency | None = Field(
        default=None, description="time that a write takes: a duration or a distribution; none when left out"
    )

    @property
    def is_off(self) -> bool:
        """Whether writes take no time."""
        return self.write is None or super().is_off

    def behaviour(self, strike: Strike, node: Node) -> FaultyDisk:
        """A disk that takes its time."""
        assert self.write is not None
        have_wait(node)
        return _Slow(node, self.write.sampler(), strike.stream(f"write/{node.id}"))

    def mended(self, node: Node) -> None:
        """Have the node wait no more, unless another such fault is on."""
        node.release_processor()

    @classmethod
    def drawn(cls, drawing: Drawing) -> dict[str, Any] | None:
        """A few nodes, from a millisecond to a second in the mean."""
        write = {"kind": "exponential", "mean": drawing.duration(1_000_000, 1_000_000_000)}
        return {"target": drawing.nodes(), "write": write, "heal_after": drawing.lasting()}


class _Slow(FaultyDisk):
    takes_time = True

    def __init__(self, node: Node, sample: Sampler, stream: Stream) -> None:
        self._node = node
        self._sample = sample
        self._stream = stream

    def written(self, name: str) -> None:
        duration = self._sample(self._stream)
        self.touched += 1
        if duration and self._node.life not in DOWN:
            self._node.own_processor().wait(duration)
