"""Order in the neighbourhoods of a topology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.swarm.order import coherence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from topologies.topology import Topology


class Neighborhoods:
    """The neighbourhoods of a topology, each of a node and its neighbours, as arrays that are made once."""

    def __init__(self, topology: Topology) -> None:
        import numpy as np

        self._complete = topology.implicit
        if not self._complete:
            degrees = [len(neighbors) for neighbors in topology.neighbors]
            self._of = np.repeat(np.arange(topology.nodes), degrees)
            each = (other for neighbors in topology.neighbors for other in neighbors)
            self._other = np.fromiter(each, np.int64, sum(degrees))

    def coherence(self, phases: NDArray[np.float64]) -> float:
        """Return the local coherence: the mean over agents of |mean of exp(i phase) over itself and its neighbours|.

        `phases` are those of all nodes in radians, NaN of those that are left out, as agents and as neighbours.
        """
        import numpy as np

        counted = np.isfinite(phases)
        if self._complete:
            return coherence(phases[counted])
        real = np.where(counted, np.cos(phases), 0.0)
        imaginary = np.where(counted, np.sin(phases), 0.0)
        number, x, y = (part + self._sum(part) for part in (counted.astype(np.float64), real, imaginary))
        return float((np.hypot(x, y)[counted] / number[counted]).mean())

    def _sum(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum over the neighbours of each node."""
        import numpy as np

        return np.bincount(self._of, weights=values[self._other], minlength=len(values)).astype(np.float64)
