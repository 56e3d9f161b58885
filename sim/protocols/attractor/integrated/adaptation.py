"""Links that learn: the weight of each follows how well the phases at its ends agree.

dk_ij/dt = rate (cos(theta_j - theta_i) - k_ij) (Seliger, Young and Tsimring, "Plasticity and learning in a network of
coupled phase oscillators", Phys. Rev. E 65, 041906, 2002, equation 3 with alpha = 1): a link between agents in phase
comes to 1, one between opposite agents to -1, so that groups hold together and push each other away. Weights are
integrated by the same method as phases. Those of links over which nothing comes stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

    from sim.protocols.attractor.integrated.links import Links


class Adaptation:
    """The learned weight of every link; `share` is rate times step, at most 1.

    `present`, the weights at the stage of the step that is evaluated; `working`, over which links something comes now
    (None: over all).
    """

    def __init__(self, links: Links, initial: float, share: float) -> None:
        import numpy as np

        self._links = links
        self._share = share
        self._weights: NDArray[float64] = np.full(links.number, initial)
        self._slopes, self._total = np.zeros((2, links.number))
        self.present = self._weights
        self.working: NDArray[bool_] | None = None

    def go_to(self, ahead: float) -> None:
        """Take the weights where they would be after this share of a step of the last slope."""
        if ahead:
            self.present = self._weights + ahead * self._slopes
        else:
            self.present = self._weights
            self._total[:] = 0.0

    def evaluate(self, own: NDArray[float64], heard: NDArray[float64], weight: float) -> None:
        """Take how the weights change, in units a step, and add it to the total with a weight."""
        sources, receivers = self._links.sources, self._links.receivers
        slopes = own[0][receivers] * heard[0][sources]
        slopes += own[1][receivers] * heard[1][sources]
        slopes -= self.present
        slopes *= self._share
        if self.working is not None:
            slopes *= self.working
        self._slopes = slopes
        self._total += weight * slopes

    def step(self, share: float) -> None:
        """Take the step, by this share of the total of slopes."""
        self._weights = self._weights + share * self._total
