"""One direction of a link: its delay, and the state of what can go wrong on it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from sim.network.config import BurstLoss, IndependentLoss, NetworkConfig
from sim.network.latency import Sampler
from sim.randomness import Stream, derive_seed

if TYPE_CHECKING:
    from sim.message import Message


class Link(Stream):
    """The way from one node to a neighbour, and the random stream of its latencies (`network/3→7`).

    `base` is the propagation delay that the topology measured, in nanoseconds; `delay` draws the rest from the link,
    and is None while more than latency can happen to a message: the network then decides its fate through
    `impairments`, made when first needed.
    """

    __slots__ = ("base", "code", "delay", "destination", "impairments", "receive", "source")

    def __init__(
        self,
        source: int,
        destination: int,
        base: int,
        delay: Sampler | None,
        seed: int,
        receive: Callable[[Message], None],
        code: int,
    ) -> None:
        super().__init__(seed)
        self.source = source
        self.destination = destination
        self.base = base
        self.delay = delay
        self.receive = receive
        self.code = code
        self.impairments: Impairments | None = None


class Impairments:
    """What can happen to a message on a link beside latency: loss, damage, holding back, waiting for bandwidth.

    Each kind of chance has a stream of its own (`network.loss/3→7`), so that turning one on or off leaves the draws of
    the others as they were. `name` is the link's (`3→7`), or the sender's where many links share it.
    """

    __slots__ = ("_bad", "_config", "_last_arrival", "_name", "_root", "_sample", "_starts", "_streams", "_wire_free")

    def __init__(self, config: NetworkConfig, root: int, name: str, sample: Sampler) -> None:
        self._config = config
        self._root = root
        self._name = name
        self._sample = sample
        self._streams: dict[str, Stream] = {}
        self._bad = False
        self._wire_free = 0
        self._starts: deque[int] = deque()
        self._last_arrival: dict[int, int] = {}

    def _draw(self, purpose: str) -> Stream:
        stream = self._streams.get(purpose)
        if stream is None:
            stream = Stream(derive_seed(self._root, f"network.{purpose}/{self._name}"))
            self._streams[purpose] = stream
        return stream

    def loses(self) -> bool:
        """Whether the link loses the next message."""
        loss = self._config.loss
        if isinstance(loss, IndependentLoss):
            return loss.probability > 0.0 and self._draw("loss").random() < loss.probability
        return self._burst_loses(loss)

    def _burst_loses(self, loss: BurstLoss) -> bool:
        stream = self._draw("loss")
        if stream.random() < (loss.leave_bad if self._bad else loss.enter_bad):
            self._bad = not self._bad
        return stream.random() < (loss.loss_bad if self._bad else loss.loss_good)

    def corrupts(self) -> bool:
        """Whether the link damages the next message."""
        probability = self._config.corruption
        return probability > 0.0 and self._draw("corruption").random() < probability

    def duplicates(self) -> bool:
        """Whether the next message arrives twice."""
        probability = self._config.duplication
        return probability > 0.0 and self._draw("duplication").random() < probability

    def departure(self, now: int, size: int) -> int | None:
        """When the last bit of a message of `size` bytes is on the wire; None when the queue is full."""
        config = self._config
        if config.bandwidth is None:
            return now
        starts = self._starts
        while starts and starts[0] <= now:
            starts.popleft()
        if config.queue is not None and len(starts) >= config.queue and self._wire_free > now:
            return None
        start = max(now, self._wire_free)
        starts.append(start)
        self._wire_free = start + -(-size * 8_000_000_000 // config.bandwidth)
        return self._wire_free

    def arrival(self, departure: int, base: int, stream: Stream, destination: int) -> int:
        """When a message that left at `departure` arrives, latency drawn from `stream`."""
        config = self._config
        arrival = departure + base + self._sample(stream)
        if config.jitter:
            arrival += self._draw("jitter").below(config.jitter + 1)
        reordering = config.reordering
        if reordering is not None:
            held_back = self._draw("reordering")
            if held_back.random() < reordering.probability:
                arrival += held_back.below(reordering.delay + 1)
        if config.ordered:
            arrival = max(arrival, self._last_arrival.get(destination, 0))
            self._last_arrival[destination] = arrival
        return arrival
