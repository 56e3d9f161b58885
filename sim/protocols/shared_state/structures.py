"""What threads share: each structure with how it is read and updated, and what is in it in the end.

The words of a structure count its updates, so that all are equal: words that differ in one read are a mixture of before
and after an update.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.hardware.shared.atomic import Atomic
from sim.hardware.shared.cache_line import CacheLines
from sim.hardware.shared.channel import CLOSED, Channel
from sim.hardware.shared.costs import Draw, drawn
from sim.hardware.shared.layout import Layout
from sim.hardware.shared.mutex import Mutex
from sim.hardware.shared.read_copy_update import ReadCopyUpdate

if TYPE_CHECKING:
    from sim.hardware.processor import Processor
    from sim.hardware.shared.costs import SharedCosts
    from sim.hardware.task import Thread
    from sim.protocols.shared_state.config import SharedStateConfig
    from sim.randomness import Stream

COUNTER: Final = 8
"""Bytes of a counter."""
Words = tuple[int, ...]
Reading = Generator[Any, Any, Words]
Updating = Generator[Any, Any, int]


@dataclass(frozen=True, slots=True)
class Parts:
    """What structures are made from."""

    config: SharedStateConfig
    processor: Processor
    stream: Stream
    lines: CacheLines
    inside: Draw

    @property
    def costs(self) -> SharedCosts:
        """What operations cost on this processor."""
        return self.processor.shared

    @classmethod
    def of(cls, config: SharedStateConfig, processor: Processor, stream: Stream) -> Parts:
        """The parts for threads of one processor."""
        lines = CacheLines(processor, processor.shared, stream, config.line)
        return cls(config, processor, stream, lines, drawn(config.inside, stream))


class Structure:
    """Base of structures. `read` gives the words, `update` how often it had to begin."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def read(self, thread: Thread, number: int) -> Reading:
        """Read all words, as thread `number`."""
        raise NotImplementedError

    def update(self, thread: Thread, number: int) -> Updating:
        """Add one to each word, as thread `number`."""
        raise NotImplementedError

    def serve(self, thread: Thread) -> Generator[Any, Any, None]:
        """What a thread of the structure's own does, where it has one."""
        raise NotImplementedError

    def close(self) -> None:
        """Take in that no operation will come any more."""

    @property
    def value(self) -> int:
        """How many updates are in it."""
        raise NotImplementedError


class UnderMutex(Structure):
    """Words under a mutex, read and written one half before the work inside, and one after it."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        config = parts.config
        self.words = [0] * config.words
        self.mutex = Mutex(
            parts.costs,
            parts.stream,
            spin=config.spin,
            hands_off=config.hand_off,
            lines=parts.lines,
        )
        self.excludes = "exclusion" not in config.ablate
        self.half = config.words // 2

    def read(self, thread: Thread, number: int) -> Reading:
        """Read under the mutex."""
        if self.excludes:
            yield from self.mutex.acquire(thread)
        first = tuple(self.words[: self.half])
        yield self.parts.inside()
        seen = first + tuple(self.words[self.half :])
        if self.excludes:
            yield from self.mutex.release(thread)
        return seen

    def update(self, thread: Thread, number: int) -> Updating:
        """Update under the mutex."""
        if self.excludes:
            yield from self.mutex.acquire(thread)
        after = [word + 1 for word in self.words]
        self.words[: self.half] = after[: self.half]
        yield self.parts.inside()
        self.words[self.half :] = after[self.half :]
        if self.excludes:
            yield from self.mutex.release(thread)
        return 1

    @property
    def value(self) -> int:
        """The last word."""
        return self.words[-1]


class ByCompareAndSwap(Structure):
    """A pointer to words that never change: an update swaps it for one to new words."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        config = parts.config
        words = (0,) * config.words
        compares = "compare" not in config.ablate
        self.atomic = Atomic(words, parts.costs, parts.stream, lines=parts.lines, compares=compares)

    def read(self, thread: Thread, number: int) -> Reading:
        """Read the words that the pointer leads to."""
        words: Words
        words, _ = yield from self.atomic.load(thread)
        yield self.parts.inside()
        return words

    def update(self, thread: Thread, number: int) -> Updating:
        """Swap, until nobody came between."""
        return (yield from self.atomic.update(thread, _next, self.parts.inside))

    @property
    def value(self) -> int:
        """The first word."""
        return int(self.atomic.value[0])


def _next(words: Words) -> Words:
    return tuple([word + 1 for word in words])


class ByChannel(Structure):
    """Words of one thread, which others ask by a channel; it answers reads through channels of theirs."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        config = parts.config
        self.words = (0,) * config.words
        self.requests = self._channel(config.capacity, 0)
        self.answers = [self._channel(1, number + 1) for number in range(config.threads)]

    def _channel(self, capacity: int, place: int) -> Channel:
        parts = self.parts
        address = place * parts.lines.size
        return Channel(capacity, parts.processor, parts.costs, parts.stream, lines=parts.lines, address=address)

    def serve(self, thread: Thread) -> Generator[Any, Any, None]:
        """Carry out what comes."""
        while (asked := (yield from self.requests.take(thread))) is not CLOSED:
            yield self.parts.inside()
            if asked is None:
                self.words = _next(self.words)
            else:
                yield from asked.put(thread, self.words)

    def read(self, thread: Thread, number: int) -> Reading:
        """Ask, and wait for the answer."""
        answers = self.answers[number]
        yield from self.requests.put(thread, answers)
        words: Words = yield from answers.take(thread)
        return words

    def update(self, thread: Thread, number: int) -> Updating:
        """Ask, and go on as soon as the request is in the channel."""
        yield from self.requests.put(thread, None)
        return 1

    def close(self) -> None:
        """Let the thread end when it has carried out all."""
        self.requests.close()

    @property
    def value(self) -> int:
        """The first word."""
        return self.words[0]


class ByReadCopyUpdate(Structure):
    """Words that are read without a lock, while updates act on copies."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        config = parts.config
        waits = "grace-period" not in config.ablate
        words = [0] * config.words
        self.shared = ReadCopyUpdate(words, parts.costs, parts.stream, waits_for_readers=waits)

    def read(self, thread: Thread, number: int) -> Reading:
        """Read word by word."""
        return (yield from self.shared.read(thread, self.parts.inside))

    def update(self, thread: Thread, number: int) -> Updating:
        """Publish a copy, and wait for the grace period."""
        yield from self.shared.update(thread, _raise, self.parts.inside)
        return 1

    @property
    def value(self) -> int:
        """The first word."""
        return int(self.shared.words[0])


def _raise(words: list[int]) -> None:
    words[:] = [word + 1 for word in words]


class OnCacheLines(Structure):
    """A counter of its own for each thread, each 8 bytes long: what threads share is no more than a cache line."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        config = parts.config
        self.counters = [0] * config.threads
        self.layout = Layout(state=COUNTER, padding=config.padding, line=config.line)

    def read(self, thread: Thread, number: int) -> Reading:
        """Read one's own counter."""
        yield from self.parts.lines.read(thread, self.layout.address(number))
        yield self.parts.inside()
        return (self.counters[number],)

    def update(self, thread: Thread, number: int) -> Updating:
        """Write one's own counter."""
        yield self.parts.inside()
        yield from self.parts.lines.write(thread, self.layout.address(number))
        self.counters[number] += 1
        return 1

    @property
    def value(self) -> int:
        """The sum of the counters."""
        return sum(self.counters)


STRUCTURES: Final[dict[str, type[Structure]]] = {
    "mutex": UnderMutex,
    "compare-and-swap": ByCompareAndSwap,
    "channel": ByChannel,
    "read-copy-update": ByReadCopyUpdate,
    "cache-lines": OnCacheLines,
}
