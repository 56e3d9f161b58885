"""What a random plan draws the fields of its faults from."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Any

from sim.units import MILLISECOND

if TYPE_CHECKING:
    from sim.protocol import Protocol, ProtocolConfig
    from sim.randomness import Stream
    from topologies.topology import Topology


@dataclass(frozen=True)
class Drawing:
    """The system to break, and the stream that decides.

    `longest`: the longest time that a fault may last, in nanoseconds; `most_nodes`: the most nodes that one fault may
    take down or have lie; `has_cores`: whether handling takes time; `config`, the protocol's options, where known.
    """

    stream: Stream
    topology: Topology
    protocol: type[Protocol]
    longest: int
    most_nodes: int
    has_cores: bool = True
    config: ProtocolConfig | None = None

    def nodes(self) -> list[int]:
        """One node, often, or a few, as the budget allows; ascending."""
        size = min(self.stream.geometric(0.6), self.most_nodes, self.topology.nodes)
        return sorted(self.stream.sample(range(self.topology.nodes), max(1, size)))

    def side(self) -> list[int]:
        """One side of two: of any size from one node to all but one, ascending."""
        population = self.topology.nodes
        size = 1 + self.stream.below(max(1, population - 1))
        return sorted(self.stream.sample(range(population), size))

    def links(self) -> Any:
        """All links, those of a few nodes in a direction, or a few by themselves."""
        draw = self.stream.random()
        if draw < 0.3:
            return "all"
        if draw < 0.7:
            return {"of": self.nodes(), "direction": self.stream.choice(("both", "in", "out"))}
        one = self.stream.below(self.topology.nodes)
        neighbors = self.topology.neighbors[one]
        if not neighbors:
            return "all"
        pair = [one, self.stream.choice(neighbors)]
        return [pair] if self.stream.random() < 0.5 else {"one_way": [pair]}

    def duration(self, low: int, high: int) -> int:
        """Nanoseconds between two bounds, each order of magnitude as likely, to three digits."""
        return _rounded(int(low * exp(log(high / low) * self.stream.random()))) if high > low else low

    def lasting(self) -> int:
        """How long a fault lasts: from a fiftieth of the longest to the longest."""
        return self.duration(max(1, self.longest // 50), self.longest)

    def share(self, low: float, high: float) -> float:
        """A number between two bounds, to three decimals."""
        return round(self.stream.uniform(low, high), 3)


def _rounded(time: int) -> int:
    """The time to three digits, where it is a millisecond or more to whole tenths of it."""
    unit = int(10 ** max(0, len(str(time)) - 3))
    return max(time // unit * unit, min(time, MILLISECOND // 10))
