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

    Each kind of chance has a stream of its own (`network.loss/3→7`), and so have second copies, so that turning
    damage, duplication, jitter or reordering on or off leaves the draws of the others as they were. `name` is the
    link's (`3→7`), or the sender's where many links share its streams; the state of each link is its own all the same.
    """

    __slots__ = ("_bad", "_config", "_last_arrival", "_name", "_root", "_sample", "_starts", "_streams", "_wire_free")

    def __init__(self, config: NetworkConfig, root: int, name: str, sample: Sampler) -> None:
        self._config = config
        self._root = root
        self._name = name
        self._sample = sample
        self._streams: dict[str, Stream] = {}
        self._bad: set[int] = set()
        self._wire_free: dict[int, int] = {}
        self._starts: dict[int, deque[int]] = {}
        self._last_arrival: dict[int, int] = {}

    def _draw(self, purpose: str) -> Stream:
        stream = self._streams.get(purpose)
        if stream is None:
            stream = Stream(derive_seed(self._root, f"network.{purpose}/{self._name}"))
            self._streams[purpose] = stream
        return stream

    def loses(self, destination: int) -> bool:
        """Whether the link to `destination` loses the next message."""
        loss = self._config.loss
        if isinstance(loss, IndependentLoss):
            return loss.probability > 0.0 and self._draw("loss").random() < loss.probability
        return self._burst_loses(loss, destination)

    def _burst_loses(self, loss: BurstLoss, destination: int) -> bool:
        stream = self._draw("loss")
        bad = destination in self._bad
        if stream.random() < (loss.leave_bad if bad else loss.enter_bad):
            bad = not bad
            self._bad ^= {destination}
        return stream.random() < (loss.loss_bad if bad else loss.loss_good)

    def corrupts(self) -> bool:
        """Whether the link damages the next message."""
        probability = self._config.corruption
        return probability > 0.0 and self._draw("corruption").random() < probability

    def duplicates(self) -> bool:
        """Whether the next message arrives twice."""
        probability = self._config.duplication
        return probability > 0.0 and self._draw("duplication").random() < probability

    def departure(self, now: int, size: int, destination: int) -> int | None:
        """When the last bit of a message of `size` bytes is on the wire; None when the queue is full."""
        config = self._config
        if config.bandwidth is None:
            return now
        assert size >= 0, f"a message of {size} bytes"
        start = max(now, self._wire_free.get(destination, 0))
        if config.queue is not None and not self._queues(now, start, destination, config.queue):
            return None
        self._wire_free[destination] = free = start + -(-size * 8_000_000_000 // config.bandwidth)
        return free

    def _queues(self, now: int, start: int, destination: int, places: int) -> bool:
        """Whether a message whose turn comes at `start` finds a place among those that wait; it then takes it."""
        starts = self._starts.setdefault(destination, deque())
        while starts and starts[0] <= now:
            starts.popleft()
        if start > now:
            if len(starts) >= places:
                return False
            starts.append(start)
        return True

    def latency(self, stream: Stream, copy: str = "") -> int:
        """Time on the way beyond the propagation delay, drawn from `stream`, with jitter and holding back."""
        config = self._config
        latency = self._sample(stream)
        if config.jitter:
            latency += self._draw(f"jitter{copy}").below(config.jitter + 1)
        reordering = config.reordering
        if reordering is not None:
            held_back = self._draw(f"reordering{copy}")
            if held_back.random() < reordering.probability:
                latency += held_back.below(reordering.delay + 1)
        return latency

    def copy_latency(self) -> int:
        """The same for the second copy of a message, by draws of its own."""
        return self.latency(self._draw("latency.copy"), ".copy")

    def arrival(self, departure: int, latency: int, destination: int) -> int:
        """When a message that left at `departure` and takes `latency` arrives."""
        arrival = departure + latency
        if self._config.ordered:  # a nanosecond apart at least, for equal times may be shuffled
            arrival = max(arrival, self._last_arrival.get(destination, -1) + 1)
            self._last_arrival[destination] = arrival
        return arrival
