"""Time series of cores: how many were busy, and how many tasks waited for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from analysis.samples_file import Sample

if TYPE_CHECKING:
    from sim.hardware.processor import Processor
    from sim.simulation import Simulation

CORE_SERIES: Final = {
    "busy_cores": "cores that ran something, mean since the sample before: of all nodes, of each of the first 64",
    "run_queue": "tasks that waited for a core: of all nodes, of each of the first 64",
}
"""What is sampled of nodes with cores, where there are any."""
MOST_NODES: Final = 64
"""Nodes that are sampled one by one."""


class CoreSamples:
    """Samples the cores of a simulation; each call gives what was so since the one before."""

    def __init__(self) -> None:
        self._busy: dict[int, tuple[Processor, int]] = {}
        self._time = 0

    def at_present(self, simulation: Simulation) -> Iterator[Sample]:
        """Yield the samples of this moment; nothing where no node has cores."""
        now, since = simulation.now, max(simulation.now - self._time, 1)
        self._time = now
        whole_busy, whole_queue, found = 0.0, 0, False
        for node in simulation.nodes:
            processor = node.processor
            if processor is None:
                continue
            found = True
            busy = self._busy_since(node.id, processor) / since
            queue = len(processor.scheduler.queued())
            whole_busy += busy
            whole_queue += queue
            if node.id < MOST_NODES:
                yield Sample(now, node.id, "busy_cores", busy)
                yield Sample(now, node.id, "run_queue", float(queue))
        if found:
            yield Sample(now, None, "busy_cores", whole_busy)
            yield Sample(now, None, "run_queue", float(whole_queue))

    def _busy_since(self, node: int, processor: Processor) -> int:
        """Nanoseconds in which its cores ran something since the last call, of all cores together."""
        busy = sum(core.busy_until_now() for core in processor.cores)
        known, before = self._busy.get(node, (None, 0))
        self._busy[node] = processor, busy
        return busy - before if known is processor else busy
