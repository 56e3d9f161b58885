"""How agents pull one another: sums of sines and cosines over those who pull, exact in any order.

sum_j sin(b_j - a) = cos a sum_j sin b_j - sin a sum_j cos b_j, so that two sums over neighbours serve in place of one
sine for each link; on a complete graph two sums over all agents serve everyone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.protocols.attractor.integrated.circle import to_grid

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    from sim.protocols.attractor.integrated.adaptation import Adaptation
    from sim.protocols.attractor.integrated.links import Links


class Coupling:
    """Gives each agent the sums of the sines and cosines of those that pull it, each times the weight of its link."""

    def sums(self, sines: NDArray[float64], cosines: NDArray[float64]) -> tuple[Any, Any]:
        """Return both sums of each agent; what is given lies on a grid, and so do they."""
        raise NotImplementedError


class MeanField(Coupling):
    """Everyone pulls everyone: the sums over all, less one's own part."""

    def sums(self, sines: NDArray[float64], cosines: NDArray[float64]) -> tuple[Any, Any]:
        """Return both sums of each agent."""
        return sines.sum() - sines, cosines.sum() - cosines


class Sparse(Coupling):
    """Neighbours pull one another, all links alike, but for those that are cut: `weights` holds ones and zeros."""

    def __init__(self, links: Links, weights: NDArray[float64]) -> None:
        self._matrix = links.matrix(weights)

    def sums(self, sines: NDArray[float64], cosines: NDArray[float64]) -> tuple[Any, Any]:
        """Return both sums of each agent."""
        return self._matrix @ sines, self._matrix @ cosines


class Weighted(Coupling):
    """Neighbours pull one another, each link with a weight, times the learned one where links learn.

    Each product is rounded to a grid of so many binary digits before it is summed.
    """

    def __init__(
        self, links: Links, weights: NDArray[float64], digits: int, adaptation: Adaptation | None = None
    ) -> None:
        self._sources = links.sources
        self._matrix = links.matrix_of_places()
        self._digits = digits
        self._weights = weights
        self._adaptation = adaptation

    def sums(self, sines: NDArray[float64], cosines: NDArray[float64]) -> tuple[Any, Any]:
        """Return both sums of each agent."""
        weights = self._weights
        if self._adaptation is not None:
            weights = weights * self._adaptation.present
        return self._sum_of(sines, weights), self._sum_of(cosines, weights)

    def _sum_of(self, values: NDArray[float64], weights: NDArray[float64]) -> Any:
        terms = values[self._sources]
        terms *= weights
        to_grid(terms, self._digits)
        return self._matrix @ terms
