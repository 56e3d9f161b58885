"""What agents hear where coupling is late: the phases of a while ago, between steps by interpolation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy import bool_, float64, uint64
    from numpy.typing import NDArray


class History:
    """The phases of the last steps, for as long as the delay, and who was up in each of these steps.

    Between two steps, what coupling has added to the natural motion is the cubic of Hermite through both phases and
    slopes (`smooth`, which keeps the order of the method of Runge and Kutta), or a line. Before time 0 all are taken to
    have moved at their natural frequencies. `delay` and `step` in nanoseconds, the delay not below the step.
    """

    def __init__(self, nodes: int, delay: int, step: int, smooth: bool) -> None:
        import numpy as np

        assert delay >= step
        self._delay, self._step, self._smooth = delay, step, smooth
        self._size = -(-delay // step) + 2
        self._phases: NDArray[uint64] = np.zeros((self._size, nodes), dtype=np.uint64)
        self._slopes: NDArray[float64] = np.zeros((self._size if smooth else 0, nodes))
        self._up: NDArray[bool_] = np.zeros((self._size, nodes), dtype=bool)
        self._advance: NDArray[uint64] = np.zeros(nodes, dtype=np.uint64)
        self._turns: NDArray[float64] = np.zeros(nodes)
        self._now = 0

    def begin(self, phases: NDArray[uint64], advance: NDArray[uint64], up: NDArray[bool_]) -> None:
        """Take in where all are at time 0, and where they would have been before."""
        for back in range(self._size):
            self._phases[-back] = phases - advance * phases.dtype.type(back)
            self._up[-back] = up

    def note(
        self,
        number: int,
        phases: NDArray[uint64],
        advance: NDArray[uint64],
        turns: NDArray[float64],
        up: NDArray[bool_],
    ) -> None:
        """Take in where all are as a step begins, by how much natural frequencies move them, and who is up.

        `turns` is the `advance` of a step once more, in turns, whole ones included.
        """
        place = number % self._size
        self._now = number
        self._phases[place] = phases
        self._up[place] = up
        self._advance, self._turns = advance, turns

    def note_slopes(self, slopes: NDArray[float64]) -> None:
        """Take in what coupling does to each at the beginning of the step, in units of phase a step."""
        if self._smooth:
            self._slopes[self._now % self._size] = slopes

    def _place(self, halves: int) -> tuple[int, float]:
        """The number of the step in which lies what is heard so many half steps into this one, and how far in it."""
        number, rest = divmod((2 * self._now + halves) * self._step - 2 * self._delay, 2 * self._step)
        return number, rest / (2 * self._step)

    def heard(self, halves: int) -> NDArray[uint64]:
        """The phases that are heard so many half steps into the step."""
        import numpy as np

        number, share = self._place(halves)
        before, after = number % self._size, (number + 1) % self._size
        earlier: NDArray[uint64] = self._phases[before]
        if not share:
            return earlier
        coupled = (self._phases[after] - earlier - self._advance).view(np.int64)
        if self._smooth:
            path = (3.0 - 2.0 * share) * share * share * coupled
            if number >= 0:  # nothing was coupled before time 0
                path += share * (1.0 - share) ** 2 * self._slopes[before]
                path -= share**2 * (1.0 - share) * self._slopes[after]
        else:
            path = share * coupled
        natural = share * self._turns
        natural -= np.rint(natural)
        path *= 0.5
        path += natural * 2.0**63
        units: NDArray[uint64] = np.rint(path).astype(np.int64).view(np.uint64)  # of two, which cannot overflow
        return earlier + units * np.uint64(2)

    def audible(self, halves: int) -> NDArray[bool_]:
        """Who was up when what is heard so many half steps into the step was said."""
        up: NDArray[bool_] = self._up[self._place(halves)[0] % self._size]
        return up
