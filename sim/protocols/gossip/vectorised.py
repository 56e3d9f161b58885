"""Synchronous rounds of one rumour without a stop rule, for whole populations at once: the same run as the event-driven
one, a hundred times faster.

Where messages are never lost and fit into their round, all that a run of `gossip` in `rounds` with one rumour, one
contact a round and no stop rule decides is each node's choice of a partner. Those choices are made here from the same
random streams of the same nodes (`gossip/<node>`), advanced as arrays, so that every node hears the rumour in the same
round as in the event-driven run; a test holds the two together.

A node draws in each round in which it calls: if it pulls, from round 1 on; if it only pushes, from the round after the
one in which it was informed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.protocols.gossip.config import Exchange
from sim.protocols.gossip.gossip import Gossip
from sim.randomness import MULTIPLIER, Stream, derive_seed

if TYPE_CHECKING:
    from topologies.topology import Topology

Integers = NDArray[np.int64]
Words = NDArray[np.uint64]

NEVER = -1
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


class StreamArray:
    """The streams of many nodes, each in the state in which `sim.randomness.Stream` would be after the same draws."""

    def __init__(self, states: Sequence[int]) -> None:
        mask = (1 << 64) - 1
        self.high: Words = np.array([state >> 64 for state in states], dtype=np.uint64)
        self.low: Words = np.array([state & mask for state in states], dtype=np.uint64)

    @classmethod
    def of_nodes(cls, root: int, name: str, population: int) -> StreamArray:
        """The streams `name/0`, `name/1`, ... of a root seed."""
        return cls([Stream(derive_seed(root, f"{name}/{node}")).state for node in range(population)])

    def below(self, nodes: Integers, bounds: Integers) -> Integers:
        """For each of these nodes the next integer of its stream from 0 to its bound - 1."""
        factor = np.uint64(MULTIPLIER)
        high, low = self.high[nodes], self.low[nodes]
        self.high[nodes] = high = high * factor + _high_word(low, factor)
        self.low[nodes] = low = low * factor
        bound = bounds.astype(np.uint64)
        # The integer part of (high * 2**64 + low) * bound / 2**128.
        product_low = high * bound
        carry = (product_low + _high_word(low, bound)) < product_low
        return (_high_word(high, bound) + carry).astype(np.int64)


def _high_word(a: Words, b: Words | np.uint64) -> Words:
    """The upper 64 bits of the 128-bit products."""
    a_low, a_high, b_low, b_high = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    middle = a_high * b_low + (a_low * b_low >> _HALF)
    other = a_low * b_high + (middle & _LOW)
    result: Words = a_high * b_high + (middle >> _HALF) + (other >> _HALF)
    return result


@dataclass(frozen=True)
class Spread:
    """How a rumour spread: the round of each node's first receipt (`NEVER` where it had none), and the rumours sent.

    `transmissions` counts the messages that carry the rumour: calls of a push, and answers to pulls.
    """

    informed: Integers
    transmissions: int

    @property
    def last(self) -> int:
        """The round of the last first receipt."""
        return int(self.informed.max())


class _Neighbors:
    """The neighbours of a topology as arrays: `item(nodes, places)` gives neighbour `place` of each node."""

    def __init__(self, topology: Topology) -> None:
        self._implicit = topology.implicit
        if topology.implicit:
            self.degrees: Integers = np.full(topology.nodes, topology.nodes - 1, dtype=np.int64)
            return
        self.degrees = np.array([len(others) for others in topology.neighbors], dtype=np.int64)
        self._starts = np.concatenate(([0], np.cumsum(self.degrees)[:-1]))
        self._flat = np.fromiter(
            (other for others in topology.neighbors for other in others), dtype=np.int64, count=int(self.degrees.sum())
        )

    def item(self, nodes: Integers, places: Integers) -> Integers:
        if self._implicit:
            return places + (places >= nodes)
        found: Integers = self._flat[self._starts[nodes] + places]
        return found


def spread(
    topology: Topology, exchange: Exchange, seed: int, sources: Sequence[int] = (0,), rounds: int | None = None
) -> Spread:
    """Spread a rumour from `sources` until all are informed, or for so many rounds.

    `seed` is the root seed of the run. Raises ValueError where not all can ever be informed and no `rounds` are given.
    """
    if rounds is None and (not topology.is_connected or not sources):
        raise ValueError("a rumour without a source, or in a disconnected topology, never reaches all; give rounds")
    neighbors = _Neighbors(topology)
    streams = StreamArray.of_nodes(seed, Gossip.name(), topology.nodes)
    informed: Integers = np.full(topology.nodes, NEVER, dtype=np.int64)
    informed[list(sources)] = 0
    everyone = np.flatnonzero(neighbors.degrees > 0)
    pushes, pulls = exchange != "pull", exchange != "push"
    transmissions = now = 0
    while (rounds is None or now < rounds) and (informed < 0).any():
        now += 1
        callers = everyone if pulls else everyone[informed[everyone] >= 0]
        partners = neighbors.item(callers, streams.below(callers, neighbors.degrees[callers]))
        telling = informed[callers] >= 0
        told = [partners[telling]] if pushes else []
        transmissions += int(telling.sum()) if pushes else 0
        if pulls:
            # Who is told the rumour by a call does not answer with it.
            answered = informed[partners] >= 0
            if pushes:
                answered &= ~telling
            told.append(callers[answered])
            transmissions += int(answered.sum())
        hit = np.concatenate(told)
        informed[hit[informed[hit] < 0]] = now
    return Spread(informed, transmissions)
