"""The agents of a pool: their states, who is whose neighbour, and what an update makes of a state."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.randomness import Stream

Word = tuple[int, int]
"""A version of the graph, and an offset in it."""


class Population:
    """Agents on a circulant graph, each of which takes the mean of its own state and its neighbours'.

    The neighbours of agent i are i + d for each offset d of the graph, round the end. States are drawn at the start.
    `at_once`: an update reads what other updates of its step have written.
    """

    def __init__(self, agents: int, neighbors: int, at_once: bool, stream: Stream) -> None:
        self.neighbors = min(neighbors, agents - 1)
        self.states = array("d", [stream.random() for _ in range(agents)])
        self.following = self.states if at_once else array("d", self.states)
        self._stream = stream

    def graph(self, version: int) -> list[Word]:
        """A new graph: distinct offsets, drawn at random but for the first graph, which is a ring of near ones."""
        agents, number = len(self.states), self.neighbors
        if version == 0:
            offsets = [(place // 2 + 1) * (1 if place % 2 == 0 else -1) % agents for place in range(number)]
        else:
            offsets = [offset + 1 for offset in self._stream.sample(range(agents - 1), number)]
        return [(version, offset) for offset in offsets]

    def update(self, agents: Iterable[int], offsets: Sequence[int]) -> None:
        """Update these agents, in order, by their neighbours in the graph."""
        states, following, size = self.states, self.following, len(self.states)
        share = 1 / (len(offsets) + 1)
        for agent in agents:
            total = states[agent]
            for offset in offsets:
                total += states[(agent + offset) % size]
            following[agent] = total * share

    def end_step(self) -> None:
        """Let all see what the step has made."""
        if self.following is not self.states:
            self.states[:] = self.following

    def checksum(self) -> str:
        """A digest of all states, to the last bit."""
        return blake2b(self.states.tobytes(), digest_size=8).hexdigest()
