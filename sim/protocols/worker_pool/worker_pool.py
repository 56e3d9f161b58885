"""A pool of workers: agents in chunks, updated in steps, with a barrier at the end of each.

The workers are threads on the cores of a node. In each step every agent is updated once; how workers come by agents is
up to `chunks`. Who is done waits at the barrier for the slowest. The last to come does alone what is left to do in the
step: it lets all see the new states, passes on the events of the step to listeners whose buffers have room, and does
`serial` work. The graph of the agents is read by read-copy-update, so that an update goes by the old or by the new one.
A pool that is asked to shut down ends the step that goes on, and lets its listeners hear what is in their buffers.

Records: `step` (step, took, waited: the sum over the workers, updates, timed_out, flushed, dropped); `rewired`
(version, took); `mixture` (thread, oldest, newest), when an update went by two versions of the graph; `listened` of
each listener (listener, heard, delay: the sum, from the flush); `pool` at the end (agents, workers, work, took, stolen,
moves, memory in bytes, shutdown: time from being asked until all were at their end, checksum of the states).
"""

from __future__ import annotations

from collections.abc import Generator, Hashable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sim.hardware.shared.barrier import Barrier
from sim.hardware.shared.body import thread_of
from sim.hardware.shared.cache_line import CacheLines
from sim.hardware.shared.channel import CLOSED, Channel
from sim.hardware.shared.costs import drawn
from sim.hardware.shared.read_copy_update import ReadCopyUpdate
from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.worker_pool.chunks import CHUNKS
from sim.protocols.worker_pool.config import WorkerPoolConfig
from sim.protocols.worker_pool.population import Population

if TYPE_CHECKING:
    from sim.hardware.processor import Processor
    from sim.hardware.task import Thread

SHUT_DOWN: Final = "shut down"
REWIRE: Final = "rewire"
GATE: Final = 1 << 42
"""Where those that came to the barrier are counted."""
RESULTS: Final = 1 << 41
"""Where the results of workers begin in memory, a line for each."""

Steps = Generator[Any, Any, None]


class WorkerPool(Protocol):
    """A node with a pool of workers and its agents, `population`."""

    Config: ClassVar[type[ProtocolConfig]] = WorkerPoolConfig
    config: WorkerPoolConfig
    payloads: ClassVar[tuple[type, ...] | None] = ()
    records: ClassVar[tuple[str, ...] | None] = ("step", "rewired", "mixture", "listened", "pool")

    def on_start(self) -> None:
        config, stream, processor = self.config, self.node.random, self.node.processor
        assert processor is not None, "workers run on cores"
        costs = processor.shared
        self.processor: Processor = processor
        self.kernel = processor.kernel
        self.population = Population(config.agents, config.neighbors, config.apply == "at-once", stream)
        self.lines = CacheLines(processor, costs, stream, config.layout.line)
        self.barrier = Barrier(config.workers, costs, stream, lines=self.lines, address=GATE)
        self.graph = ReadCopyUpdate(self.population.graph(0), costs, stream)
        self.chunks = CHUNKS[config.chunks](config, costs, self.lines, stream)
        self.ears = [Channel(config.buffer, processor, costs, stream) for _ in range(config.listeners)]
        self._update, self._serial = drawn(config.update, stream), drawn(config.serial, stream)
        self._listen = drawn(config.listen, stream)
        self.since = self.step_began = self.kernel._now
        self.step = self.work = self.dropped = 0
        self.asked: int | None = None
        self.over = False
        self._came: list[int] = []
        self._events: list[int] = []
        self._updates = self._timed_out = self._flushed = 0
        self._living = config.workers + config.listeners
        self.chunks.begin()
        self._begin_threads()

    def _begin_threads(self) -> None:
        config = self.config
        for worker in range(config.workers):
            thread_of(self.processor, partial(self._work, worker=worker), f"worker {worker}").start()
        for listener in range(config.listeners):
            thread_of(self.processor, partial(self._hear, listener=listener), f"listener {listener}").start()
        if config.lasts is not None:
            self.node.set_timer(SHUT_DOWN, config.lasts)
        if config.rewire_every is not None:
            self.node.set_timer(REWIRE, config.rewire_every)

    def on_timer(self, name: Hashable) -> None:
        if name == SHUT_DOWN:
            self.asked = self.kernel._now
        elif not self.over:
            thread_of(self.processor, self._rewire, "rewiring").start()

    # What workers do.

    def _work(self, thread: Thread, worker: int) -> Steps:
        while not self.over:
            while (chunk := (yield from self.chunks.next(thread, worker))) is not None:
                yield from self._update_all(thread, chunk, worker)
            if self.config.exchange:
                yield from self._exchange(thread, worker)
            self._came.append(self.kernel._now)
            yield from self.barrier.wait(thread, self._end_step)
        self._ended()

    def _update_all(self, thread: Thread, chunk: range, worker: int) -> Steps:
        """Update the agents of a chunk, which go by one graph."""
        offsets = None
        if self.config.rewire_every is not None:
            words = yield from self.graph.enter(thread)
            offsets = self._offsets(words, worker)
        if self.config.lines:
            for agent in chunk:
                address = self.config.layout.address(agent)
                yield from self._compute(range(agent, agent + 1), worker, offsets)
                yield from self.lines.write(thread, address)
        else:
            yield from self._compute(chunk, worker, offsets)
        if offsets is not None:
            yield from self.graph.leave(thread)
        if not self.config.flush_every:
            yield from self._flush(thread)

    def _compute(self, agents: range, worker: int, offsets: list[int] | None) -> Steps:
        """Do the work of some agents, then change those for which it did not take too long."""
        timeout, events, draw = self.config.timeout, self.config.events, self._update
        work, done = 0, []
        for agent in agents:
            cost = draw()
            if timeout is not None and cost > timeout:
                cost = timeout
                self._timed_out += 1
            else:
                done.append(agent)
            work += cost
        yield work
        self.work += work
        self._updates += len(done)
        self.population.update(done, self._offsets(self.graph.words, worker) if offsets is None else offsets)
        if events:
            self._events += [agent for agent in done if self.node.random.random() < events]

    def _offsets(self, words: Any, worker: int) -> list[int]:
        versions = [version for version, _ in words]
        if versions and min(versions) != max(versions):
            self.node.record("mixture", thread=worker, oldest=min(versions), newest=max(versions))
        return [offset for _, offset in words]

    def _exchange(self, thread: Thread, worker: int) -> Steps:
        """Write a result, and read those of all others, each beginning with its next, so that no two ask for one."""
        workers, size = self.config.workers, self.lines.size
        yield from self.lines.write(thread, RESULTS + worker * size)
        for other in range(1, workers):
            yield from self.lines.read(thread, RESULTS + (worker + other) % workers * size)

    def _end_step(self, thread: Thread) -> Steps:
        """What the last to come does alone."""
        serial = self._serial()
        yield serial
        self.work += serial
        self.population.end_step()
        every = self.config.flush_every
        if every and (self.step + 1) % every == 0:
            yield from self._flush(thread)
        now = self.kernel._now
        self.node.record(
            "step",
            step=self.step,
            took=now - self.step_began,
            waited=sum(now - came for came in self._came),
            updates=self._updates,
            timed_out=self._timed_out,
            flushed=self._flushed,
            dropped=self.dropped,
        )
        self.step += 1
        self.step_began = now
        self._came.clear()
        self._updates = self._timed_out = self._flushed = self.dropped = 0
        self.over = self.step >= self.config.steps or self.asked is not None
        if self.over:
            self._shut_down()
        else:
            self.chunks.begin()

    # Events and their listeners.

    def _flush(self, thread: Thread) -> Steps:
        """Pass on the events that have gathered, as one batch or each by itself; a listener without room drops them."""
        events, self._events = self._events, []
        self._flushed += len(events)
        size = max(1, len(events)) if self.config.flush_every else 1
        for place in range(0, len(events), size):
            batch = events[place : place + size]
            for ear in self.ears:
                if not (yield from ear.offer(thread, (self.kernel._now, batch))):
                    self.dropped += len(batch)

    def _hear(self, thread: Thread, listener: int) -> Steps:
        heard = delay = 0
        while (batch := (yield from self.ears[listener].take(thread))) is not CLOSED:
            flushed, events = batch
            yield sum([self._listen() for _ in events])
            heard += len(events)
            delay += (self.kernel._now - flushed) * len(events)
        self.node.record("listened", listener=listener, heard=heard, delay=delay)
        self._ended()

    # The graph.

    def _rewire(self, thread: Thread) -> Steps:
        """Put a new graph in the place of the one before."""
        began, version = self.kernel._now, self.graph.version + 1
        fresh = self.population.graph(version)

        def change(words: list[Any]) -> None:
            words[:] = fresh

        yield from self.graph.update(thread, change)
        self.node.record("rewired", version=version, took=self.kernel._now - began)
        if not self.over:
            assert self.config.rewire_every is not None
            self.node.set_timer(REWIRE, self.config.rewire_every)

    # The end.

    def _shut_down(self) -> None:
        for name in (SHUT_DOWN, REWIRE):
            self.node.cancel_timer(name)
        for ear in self.ears:
            ear.close()

    def _ended(self) -> None:
        self._living -= 1
        if self._living:
            return
        config, now = self.config, self.kernel._now
        self.node.record(
            "pool",
            agents=config.agents,
            workers=config.workers,
            work=self.work,
            took=self.step_began - self.since,
            stolen=self.chunks.stolen,
            moves=self.lines.transfers,
            memory=config.agents * config.layout.of_agent(self.population.neighbors),
            shutdown=None if self.asked is None else now - self.asked,
            checksum=self.population.checksum(),
        )
