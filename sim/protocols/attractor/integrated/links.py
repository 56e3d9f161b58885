"""The directed links of a topology as arrays, and which of them faults concern."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from topologies.errors import InputError
from topologies.topology import MOST_IMPLICIT_GRAPH_NODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy import bool_, float64, int32
    from numpy.typing import NDArray

    from topologies.topology import Topology


class Links:
    """The directed links in the order of their receivers: `sources[k]` pulls `receivers[k]`.

    Those that pull agent i are at the places `offsets[i]` to `offsets[i + 1]` - 1. Raises InputError for a complete
    graph of more than 5,000 agents, whose links would fill gigabytes.
    """

    def __init__(self, topology: Topology) -> None:
        import numpy as np

        if topology.implicit and topology.nodes > MOST_IMPLICIT_GRAPH_NODES:
            raise InputError(
                f"found a complete graph of {topology.nodes:,} agents whose links differ (learning, partitions, loss); "
                f"expected at most {MOST_IMPLICIT_GRAPH_NODES:,}: take fewer agents, or a topology with fewer links"
            )
        degrees = np.fromiter(map(len, topology.neighbors), dtype=np.int64, count=topology.nodes)
        self.topology = topology
        self.number = int(degrees.sum())
        self.offsets: NDArray[int32] = np.zeros(topology.nodes + 1, dtype=np.int32)
        np.cumsum(degrees, out=self.offsets[1:])
        everyone = chain.from_iterable(topology.neighbors)
        self.sources: NDArray[int32] = np.fromiter(everyone, dtype=np.int32, count=self.number)
        self.receivers: NDArray[int32] = np.repeat(np.arange(topology.nodes, dtype=np.int32), degrees)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Source and receiver of each link, one after the other: of a complete graph they would fill gigabytes."""
        return ((source, receiver) for receiver, others in enumerate(self.topology.neighbors) for source in others)

    def weights(self) -> NDArray[float64] | None:
        """The weight of each link as the topology states it; None where it states none."""
        import numpy as np

        stated = self.topology.weights
        if stated is None:
            return None
        listed = (stated[min(pair), max(pair)] for pair in self._pairs())
        return np.fromiter(listed, dtype=float, count=self.number)

    def where(self, concerns: Callable[[int, int], bool]) -> NDArray[bool_]:
        """For which of the links a predicate of source and destination holds."""
        import numpy as np

        return np.fromiter((concerns(*pair) for pair in self._pairs()), dtype=bool, count=self.number)

    def matrix(self, data: NDArray[float64]) -> Any:
        """A sparse matrix by which the vector of what the agents show becomes the sums over those who pull each."""
        from scipy.sparse import csr_array

        size = len(self.offsets) - 1
        return csr_array((data, self.sources, self.offsets), shape=(size, size))

    def matrix_of_places(self) -> Any:
        """A sparse matrix by which a vector with a number for each link becomes the sums over each agent's links."""
        import numpy as np
        from scipy.sparse import csr_array

        places = np.arange(self.number, dtype=np.int32)
        return csr_array((np.ones(self.number), places, self.offsets), shape=(len(self.offsets) - 1, self.number))
