"""How phases move in a step: by their natural frequencies exactly, by their coupling as a method of integration says.

The method of Runge and Kutta has order 4, that of Euler order 1; with noise it is the method of Euler and Maruyama in
its simplified weak form (`noise`). Coupling is evaluated where phases are once they have moved on at their natural
frequencies too, so that both are the classical methods for the whole equation.
"""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING, Any, Final

from sim.protocols.attractor.integrated.circle import BLOCK, FINEST_GRID, Circle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy import float64, int64, uint64
    from numpy.typing import NDArray

    from sim.protocols.attractor.integrated.adaptation import Adaptation
    from sim.protocols.attractor.integrated.coupling import Coupling
    from sim.protocols.attractor.integrated.history import History

UNITS: Final = 2.0**64
"""In a turn."""
UNITS_A_RADIAN: Final = UNITS / (2.0 * pi)
STAGES: Final = ((0, 0.0, 1.0), (1, 0.5, 2.0), (1, 0.5, 2.0), (2, 1.0, 1.0))
"""Of the method of Runge and Kutta: half steps ahead, share of the last slope, weight of the new one in sixths."""
NO_NOISE: Final = None


class Motion:
    """The phases of all agents, and what moves them.

    `phases`, fractions of 2**64 of a turn; `advance`, by how much natural frequencies move them in half a step and in a
    whole one, 0 where an agent does not move; `active`, 1 for agents that are coupled and 0 for others (None: all are).
    `coupling` gives the sums over those who pull, and `scale` (one number, or one for each agent) makes of them units
    of phase a step. `lag` in radians.
    """

    def __init__(self, nodes: int, circle: Circle, coupling: Coupling, scale: Any, lag: float) -> None:
        import numpy as np

        self.phases: NDArray[uint64] = np.zeros(nodes, dtype=np.uint64)
        self.advance: NDArray[uint64] = np.zeros((2, nodes), dtype=np.uint64)
        self.active: NDArray[float64] | None = None
        self.coupling = coupling
        self.history: History | None = None
        self.adaptation: Adaptation | None = None
        self._scale = np.broadcast_to(np.asarray(scale, dtype=float), (nodes,))
        self._circle = circle
        self._sine_of_lag, self._cosine_of_lag = _sine_and_cosine(lag)
        self._slopes, self._total = np.zeros((2, nodes))
        self._own = self._heard = np.empty((2, nodes))
        self._scratch = np.empty((2, min(nodes, BLOCK)))

    def hear_late(self, history: History) -> None:
        """Have agents pulled by phases as they were some time ago."""
        import numpy as np

        self.history = history
        self._heard = np.empty_like(self._own)

    def runge_kutta(self) -> None:
        """Move all by one step."""
        for halves, ahead, weight in STAGES:
            self._look(halves, ahead)
            self._pull(weight, first=not halves)
        self._move(1.0 / 6.0, NO_NOISE)

    def euler(self, noise: NDArray[int64] | None = NO_NOISE) -> None:
        """Move all by one step, and each by so many units of noise."""
        self._look(0, 0.0)
        self._pull(1.0, first=True)
        self._move(1.0, noise)

    def drift(self, noise: NDArray[int64] | None = NO_NOISE) -> None:
        """Move all by one step without coupling, and each by so many units of noise."""
        self._add(noise)
        self.phases += self.advance[1]

    def _blocks(self) -> Iterator[slice]:
        return (slice(low, low + BLOCK) for low in range(0, len(self.phases), BLOCK))

    def _look(self, halves: int, ahead: float) -> None:
        """Take sines and cosines of where agents are so far into the step, and of what they hear then."""
        for block in self._blocks():
            phases = self.phases[block]
            if halves:
                phases = self._units(self._slopes[block], ahead) + phases
                phases += self.advance[halves - 1, block]
            self._circle.of_block(phases, self._own[0, block], self._own[1, block])
        if self.active is not None:
            self._own *= self.active
        if self.history is not None:
            self._circle.of(self.history.heard(halves), *self._heard)
            self._heard *= self.history.audible(halves)
        if self.adaptation is not None:
            self.adaptation.go_to(ahead)

    def _units(self, slopes: NDArray[float64], share: float) -> NDArray[uint64]:
        """This share of slopes as whole units of phase."""
        import numpy as np

        units = np.multiply(slopes, share, out=self._scratch[0, : len(slopes)])
        return np.rint(units, out=units).astype(np.int64).view(np.uint64)

    def _pull(self, weight: float, first: bool) -> None:
        """Take what coupling does to each agent, in units of phase a step, and add it to the total with a weight."""
        import numpy as np

        sums = self.coupling.sums(*self._heard)
        for block in self._blocks():
            slopes, total = self._slopes[block], self._total[block]
            other = self._scratch[1, : len(slopes)]
            sines, cosines = self._own[:, block]
            np.multiply(cosines, sums[0][block], out=slopes)
            np.multiply(sines, sums[1][block], out=other)
            np.subtract(slopes, other, out=slopes)
            if self._sine_of_lag:
                self._lag(slopes, cosines * sums[1][block], sines * sums[0][block])
            np.multiply(slopes, self._scale[block], out=slopes)
            if first:
                total[:] = slopes
            else:
                np.multiply(slopes, weight, out=other)
                np.add(total, other, out=total)
        if first and self.history is not None:
            self.history.note_slopes(self._slopes)
        if self.adaptation is not None:
            self.adaptation.evaluate(self._own, self._heard, weight)

    def _lag(self, slopes: NDArray[float64], one: NDArray[float64], other: NDArray[float64]) -> None:
        """Make of the sines of differences those of the differences less the lag, by the theorem of addition."""
        one += other
        one *= self._sine_of_lag
        slopes *= self._cosine_of_lag
        slopes -= one

    def _move(self, share: float, noise: NDArray[int64] | None) -> None:
        """Take the step, by this share of the total."""
        self._add(noise)
        for block in self._blocks():
            phases = self.phases[block]
            phases += self._units(self._total[block], share)
            phases += self.advance[1, block]
        if self.adaptation is not None:
            self.adaptation.step(share)

    def _add(self, noise: NDArray[int64] | None) -> None:
        import numpy as np

        if noise is not None:
            if self.active is not None:
                noise *= self.active.astype(np.int64)
            self.phases += noise.view(np.uint64)


def _sine_and_cosine(angle: float) -> tuple[float, float]:
    """Of an angle in radians, by our own polynomials, to be the same everywhere."""
    import numpy as np

    phase = np.array([round(angle * UNITS_A_RADIAN) % (1 << 64)], dtype=np.uint64)
    sine, cosine = np.empty((2, 1))
    Circle(FINEST_GRID).of(phase, sine, cosine)
    return float(sine[0]), float(cosine[0])
