"""Noise of phases: increments of the simplified weak method of Euler and Maruyama.

Each step each agent moves by 0, or by plus or minus sqrt(3) standard deviations with probability 1/6 each: the first
five moments are those of a Gaussian, so that distributions converge with order 1 as with Gaussian increments (Kloeden
and Platen, "Numerical solution of stochastic differential equations", 1992, section 14.2; the two points of section
14.1 would do for order 1). No logarithm or cosine decides.

An agent's draws are the numbers of a SplitMix64 generator of its own (Steele, Lea and Flood, "Fast splittable
pseudorandom number generators", OOPSLA 2014), which gives the draw of any step at once.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

from sim.protocols.attractor.integrated.motion import UNITS_A_RADIAN
from sim.randomness import derive_seed
from sim.units import SECOND

if TYPE_CHECKING:
    from numpy import int64
    from numpy.typing import NDArray

GOLDEN: Final = 0x9E3779B97F4A7C15
MIX: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
WORD: Final = 1 << 64
SIXTH: Final = WORD // 6


def size_of_noise(strength: float, step: int) -> int:
    """By how many units an agent moves in a step in which it does: sqrt(3) standard deviations of sqrt(2 D h)."""
    return round(sqrt(6.0 * strength * step / SECOND) * UNITS_A_RADIAN)


class Noise:
    """Draws for all agents: `strength` is D in rad**2 / s, so that a lone phase has the variance 2 D t."""

    def __init__(self, root: int, name: str, nodes: int, strength: float, step: int) -> None:
        import numpy as np

        seeds = (derive_seed(root, f"{name}/{node}/noise") >> 64 for node in range(nodes))
        self._seeds = np.fromiter(seeds, dtype=np.uint64, count=nodes)
        self._size = size_of_noise(strength, step)

    def increments(self, step: int) -> NDArray[int64]:
        """By how many units each phase moves in the step of this number."""
        import numpy as np

        mixed = self._seeds + np.uint64((step + 1) * GOLDEN % WORD)
        for shift, factor in MIX:
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
        signs = (mixed >= np.uint64(WORD - SIXTH)).astype(np.int64)
        signs -= mixed < np.uint64(SIXTH)
        signs *= self._size
        return signs
