"""How workers come by the agents that they update in a step."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

from sim.hardware.shared.atomic import Atomic
from sim.hardware.shared.costs import drawn

if TYPE_CHECKING:
    from sim.hardware.shared.cache_line import CacheLines
    from sim.hardware.shared.costs import SharedCosts
    from sim.hardware.task import Thread
    from sim.protocols.worker_pool.config import WorkerPoolConfig
    from sim.randomness import Stream

Chunk = range
Next = Generator[Any, Any, Chunk | None]
QUEUE: Final = 1 << 40
"""Where counters and queues begin in memory, beyond all agents."""


class Chunks:
    """Base: `begin` prepares a step, `next` gives a worker agents, None when there are no more in this step.

    `stolen` counts chunks that a worker took from another.
    """

    def __init__(self, config: WorkerPoolConfig, costs: SharedCosts, lines: CacheLines, stream: Stream) -> None:
        self.agents, self.workers, self.size = config.agents, config.workers, config.chunk
        self.costs, self.lines, self.stream = costs, lines, stream
        self.stolen = 0

    def begin(self) -> None:
        """A step begins."""
        raise NotImplementedError

    def next(self, thread: Thread, worker: int) -> Next:
        """Give a worker its next agents."""
        raise NotImplementedError

    def share(self, worker: int) -> Chunk:
        """An equal share of the agents."""
        return range(worker * self.agents // self.workers, (worker + 1) * self.agents // self.workers)


class StaticChunks(Chunks):
    """Each worker has the same agents in every step, as many as the others but for one."""

    def begin(self) -> None:
        """Every worker has its share before it."""
        self._waiting = [self.share(worker) for worker in range(self.workers)]

    def next(self, thread: Thread, worker: int) -> Next:
        """Give the share, once."""
        yield 0
        share, self._waiting[worker] = self._waiting[worker], range(0)
        return share or None


class OrderedChunks(StaticChunks):
    """One worker updates all agents in ascending order, so that nothing depends on who is faster: for tests."""

    def share(self, worker: int) -> Chunk:
        """All agents, for the first worker."""
        return range(self.agents) if worker == 0 else range(0)


class DynamicChunks(Chunks):
    """Whoever is done takes the next chunk from a common counter, by one atomic addition."""

    def begin(self) -> None:
        """All agents are to be had."""
        self._next = Atomic(0, self.costs, self.stream, lines=self.lines, address=QUEUE)

    def next(self, thread: Thread, worker: int) -> Next:
        """Give the next so many agents."""
        first = yield from self._next.fetch_add(thread, self.size)
        return range(first, min(self.agents, first + self.size)) or None


class GuidedChunks(DynamicChunks):
    """Chunks are a worker's share of what is left, so that they get smaller (Polychronopoulos and Kuck, "Guided
    self-scheduling", IEEE Trans. Computers 36(12), 1987); what is left is shared by compare-and-swap."""

    def next(self, thread: Thread, worker: int) -> Next:
        """Give a share of what is left."""
        while True:
            first, version = yield from self._next.load(thread)
            if first >= self.agents:
                return None
            last = min(self.agents, first + max(self.size, -(-(self.agents - first) // self.workers)))
            if (yield from self._next.swap(thread, last, version)):
                return range(first, last)


class StolenChunks(Chunks):
    """Each worker has a queue with its share in chunks; one that has none left takes half of another's, from its end.

    Taking from a queue, also in vain, costs what a compare-and-swap does, and the move of the queue's cache line.
    """

    def begin(self) -> None:
        """Every worker has its share before it, cut into chunks."""
        self._queues: list[deque[Chunk]] = []
        for worker in range(self.workers):
            share = self.share(worker)
            places = range(share.start, share.stop, self.size)
            self._queues.append(deque(range(place, min(place + self.size, share.stop)) for place in places))
        self._look = drawn(self.costs.compare_and_swap, self.stream)

    def next(self, thread: Thread, worker: int) -> Next:
        """Give the next chunk of its own, or else of another's."""
        mine = self._queues[worker]
        yield self._visit(thread, worker)
        if mine:
            return mine.popleft()
        others = [other for other in range(self.workers) if other != worker]
        self.stream.shuffle(others)
        for victim in others:
            yield self._visit(thread, victim)
            theirs = self._queues[victim]
            if theirs:
                half = -(-len(theirs) // 2)
                self.stolen += half
                mine.extendleft([theirs.pop() for _ in range(half)])
                return mine.popleft()
        return None

    def _visit(self, thread: Thread, queue: int) -> int:
        address = QUEUE + queue * self.lines.size
        return self._look() + (self.lines.move(thread.core, address, writes=True) or 0)


CHUNKS: Final[dict[str, type[Chunks]]] = {
    "static": StaticChunks,
    "dynamic": DynamicChunks,
    "guided": GuidedChunks,
    "stealing": StolenChunks,
    "ordered": OrderedChunks,
}
