"""Threads on the cores of a node that read and update a structure: under a mutex, by compare-and-swap, through a
channel, by read-copy-update, or each a counter of its own on cache lines.

Each thread takes operations until as many were begun as there are to be, and works outside between them. Nodes do not
speak to each other: each is a machine by itself. Which thread waits for which, what is tried again and which cache line
moves comes from the structure (see `sim/hardware/shared/`); nothing of it is a formula.

Records: `operation` (thread, operation, took) of some operations; `worked` of each thread at its end (thread, reads,
updates, tries, mixtures, read_time, update_time; ns); `mixture` (thread, oldest, newest), when a read saw words of
several updates; `shared` when all threads of the node are at their end (structure, threads, value, took, steps, moves).
`tries` counts how often an update had to begin, `steps` reads and swaps of compare-and-swap, `moves` of cache lines.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from sim.hardware.shared.body import thread_of
from sim.hardware.shared.costs import drawn
from sim.protocol import Protocol, ProtocolConfig
from sim.protocols.shared_state.config import SharedStateConfig
from sim.protocols.shared_state.structures import STRUCTURES, ByCompareAndSwap, Parts

if TYPE_CHECKING:
    from sim.hardware.processor import Processor
    from sim.hardware.task import Thread
    from sim.protocols.shared_state.structures import Structure


class SharedState(Protocol):
    """A node whose threads share `structure`."""

    Config: ClassVar[type[ProtocolConfig]] = SharedStateConfig
    config: SharedStateConfig
    payloads: ClassVar[tuple[type, ...] | None] = ()
    records: ClassVar[tuple[str, ...] | None] = ("operation", "worked", "mixture", "shared")

    structure: Structure

    def on_start(self) -> None:
        processor = processor_of(self.node)
        parts = Parts.of(self.config, processor, self.node.random)
        self.structure = STRUCTURES[self.config.structure](parts)
        self.begun = 0
        self.since = processor.kernel._now
        self.lines = parts.lines
        self._kernel = processor.kernel
        self._outside = drawn(self.config.outside, self.node.random)
        self._left = self.config.threads
        if self._has_owner:
            owner = thread_of(processor, self.structure.serve, "owner")
            owner.on_end = self._end
            owner.start()
        for number in range(self.config.threads):
            thread_of(processor, partial(self._work, number=number), f"thread {number}").start()

    @property
    def _has_owner(self) -> bool:
        return self.config.structure == "channel"

    def _takes_another(self) -> bool:
        """Whether one more operation is to be begun, and if so take it."""
        config = self.config
        over = config.lasts is not None and self._kernel._now - self.since >= config.lasts
        if over or self.begun >= config.operations:
            return False
        self.begun += 1
        return True

    def _work(self, thread: Thread, number: int) -> Generator[Any, Any, None]:
        config, kernel, stream = self.config, self._kernel, self.node.random
        structure, outside, every = self.structure, self._outside, self.config.sample_every
        reads = updates = tries = mixtures = read_time = update_time = 0
        while self._takes_another():
            yield outside()
            began = kernel._now
            is_read = config.reads > 0 and stream.random() < config.reads
            if is_read:
                words = yield from structure.read(thread, number)
                took = kernel._now - began
                reads += 1
                read_time += took
                if min(words) != max(words):
                    mixtures += 1
                    self.node.record("mixture", thread=number, oldest=min(words), newest=max(words))
            else:
                tries += yield from structure.update(thread, number)
                took = kernel._now - began
                updates += 1
                update_time += took
            if every and (reads + updates) % every == 0:
                self.node.record("operation", thread=number, operation="read" if is_read else "update", took=took)
        self.node.record(
            "worked",
            thread=number,
            reads=reads,
            updates=updates,
            tries=tries,
            mixtures=mixtures,
            read_time=read_time,
            update_time=update_time,
        )
        self._left -= 1
        if self._left == 0:
            self.structure.close()
            if not self._has_owner:
                self._end()

    def _end(self, _: Any = None) -> None:
        steps = self.structure.atomic.steps if isinstance(self.structure, ByCompareAndSwap) else 0
        self.node.record(
            "shared",
            structure=self.config.structure,
            threads=self.config.threads,
            value=self.structure.value,
            took=self._kernel._now - self.since,
            steps=steps,
            moves=self.lines.transfers,
        )


def processor_of(node: Any) -> Processor:
    """The processor that a node's threads run on."""
    processor: Processor | None = node.processor
    assert processor is not None, "threads run on cores"
    return processor
