"""Drawing a random graph until it is connected."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from topologies.errors import InputError
from topologies.topology import Topology

Neighbors = Sequence[Sequence[int]]

_MOST_ATTEMPTS: Final = 100
_WORK: Final = (
    4_000_000  # nodes and links that all attempts together may cost, some ten seconds; at least three attempts
)


def draw(
    kind: str, seed: int, draw_neighbors: Callable[[Random], Neighbors], size: int, connected: bool, remedy: str
) -> Topology:
    """Return a topology drawn from `seed`, and, if `connected`, drawn again until it is.

    `size`: nodes and links of one draw, which bounds the number of attempts. Attempt k draws from a generator of its
    own, derived from the seed and k. Raises InputError, ending in `remedy`, where no attempt was connected.
    """
    attempts = max(3, min(_MOST_ATTEMPTS, _WORK // (size + 1))) if connected else 1
    for attempt in range(attempts):
        neighbors = draw_neighbors(Random(f"{kind}/{seed}/{attempt}"))
        topology = Topology(kind, len(neighbors), neighbors)
        if not connected or topology.is_connected:
            return topology
    raise InputError(f"no {kind} graph was connected in {attempts} attempts; {remedy}", ("connected",))
