"""Random streams: every chance in a run comes from a stream that is named for what it decides and for whom.

A stream is a 128-bit multiplicative congruential generator of which the highest 53 bits are given out (Lehmer 1951; the
multiplier is the one of Steele and Vigna, "Computationally easy, spectrally good multipliers for congruential
pseudorandom number generators", 2022). It starts where BLAKE2b of the root seed and the stream's name says. Integers
alone decide, so every platform draws the same; a stream costs a hundred bytes and a microsecond, where a Mersenne
Twister costs 2.9 KiB and four, so that each link and node can have its own. Where the compiled accelerator is installed
(`ACCELERATED`), `Stream` draws the same bits from it.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from hashlib import blake2b
from math import cos, exp, log, pi, sqrt
from typing import TYPE_CHECKING, TypeVar

try:
    from sim import _accelerator
except ImportError:
    ACCELERATED = False
else:
    ACCELERATED = True

T = TypeVar("T")

MULTIPLIER = 0xDA942042E4DD58B5
STATE_BITS = 128
MASK = (1 << STATE_BITS) - 1
SHIFT = 75
"""Bits of the state below those that are given out."""
UNIT = 2.0**-53


def derive_seed(root: int, name: str) -> int:
    """The 128-bit number that the root seed gives to a name; for streams, and for replicates of a study."""
    return int.from_bytes(blake2b(f"{root}/{name}".encode(), digest_size=16).digest(), "little")


class Distributions:
    """Draws that are made of others, whatever makes those."""

    __slots__ = ()

    if TYPE_CHECKING:

        def random(self) -> float:
            """Uniform on [0, 1)."""

        def below(self, bound: int, /) -> int:
            """A uniform integer from 0 to bound - 1."""

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """Normal (Box and Muller 1958; two draws for one value, so that each call takes the same number of them)."""
        radius = sqrt(-2.0 * log(1.0 - self.random()))
        return mean + sd * radius * cos(2.0 * pi * self.random())

    def lognormal(self, median: float, sigma: float) -> float:
        """Lognormal by its median and the standard deviation of its logarithm."""
        return median * exp(sigma * self.normal())

    def pareto(self, minimum: float, shape: float) -> float:
        """Pareto (type I) by its minimum and shape; the mean is infinite for a shape of at most 1."""
        return float(minimum * (1.0 - self.random()) ** (-1.0 / shape))

    def geometric(self, probability: float) -> int:
        """The number of trials up to and including the first success."""
        assert 0.0 < probability <= 1.0
        if probability == 1.0:
            return 1
        return int(log(1.0 - self.random()) / log(1.0 - probability)) + 1

    def sample(self, items: Sequence[T], size: int) -> list[T]:
        """Items at distinct positions in random order (a partial Fisher-Yates shuffle that stores only swaps)."""
        total = len(items)
        assert 0 <= size <= total
        moved: dict[int, int] = {}
        chosen = []
        for position in range(size):
            other = position + self.below(total - position)
            chosen.append(items[moved.get(other, other)])
            moved[other] = moved.get(position, position)
        return chosen

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Put the items into a random order, in place (Fisher and Yates)."""
        for position in range(len(items) - 1, 0, -1):
            other = self.below(position + 1)
            items[position], items[other] = items[other], items[position]


class PythonStream(Distributions):
    """Draws for one purpose. `state` is the generator itself, odd: a hot loop may advance it as `random` does."""

    __slots__ = ("state",)

    def __init__(self, seed: int) -> None:
        self.state = (seed | 1) & MASK

    def random(self) -> float:
        """Uniform on [0, 1), a multiple of 2**-53."""
        self.state = state = self.state * MULTIPLIER & MASK
        return (state >> SHIFT) * UNIT

    def bits(self, number: int, /) -> int:
        """A uniform integer of that many bits, at most 64."""
        assert 0 < number <= 64
        self.state = state = self.state * MULTIPLIER & MASK
        return state >> (STATE_BITS - number)

    def below(self, bound: int, /) -> int:
        """A uniform integer from 0 to bound - 1; the bound is at least 1."""
        self.state = state = self.state * MULTIPLIER & MASK
        return state * bound >> STATE_BITS

    def bernoulli(self, probability: float, /) -> bool:
        """True with the given probability."""
        return self.random() < probability

    def uniform(self, low: float, high: float, /) -> float:
        """Uniform on [low, high)."""
        return low + (high - low) * self.random()

    def exponential(self, mean: float, /) -> float:
        """Exponential with the given mean."""
        return -mean * log(1.0 - self.random())

    def choice(self, items: Sequence[T], /) -> T:
        """One of the items, each as likely."""
        self.state = state = self.state * MULTIPLIER & MASK
        return items[state * len(items) >> STATE_BITS]


if TYPE_CHECKING or not ACCELERATED:
    Stream = PythonStream
else:

    class Stream(_accelerator.Stream, Distributions):
        """Draws for one purpose, bit for bit those of `PythonStream`, from compiled code."""

        __slots__ = ()


class Streams:
    """All streams of one run, by name (`network/3→7`, `gossip/12`, `faults`)."""

    def __init__(self, root: int) -> None:
        self.root = root
        self._streams: dict[str, Stream] = {}

    def stream(self, name: str) -> Stream:
        """The stream of that name, the same object each time; asking for it changes no other stream."""
        stream = self._streams.get(name)
        if stream is None:
            stream = self._streams[name] = Stream(derive_seed(self.root, name))
        return stream

    def seed(self, name: str) -> int:
        """A 64-bit seed of that name, for what brings a generator of its own (random graphs)."""
        return derive_seed(self.root, name) >> 64
