"""Sine and cosine that are the same to the last bit on every platform.

A library's sine may differ in its last bit from one machine to the next, and a swarm would carry that on. This one is a
polynomial, evaluated by additions and multiplications of double precision alone, each of which IEEE 754 defines to the
bit; Python carries out one at a time, so that none are fused. The coefficients interpolate sin(2 pi r) / r at the seven
Chebyshev points of r squared on a quarter of a turn; the error is below 1e-13.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

C0: Final = 6.28318530717927
C1: Final = -41.341702239903675
C2: Final = 81.6052491490158
C3: Final = -76.7058475437719
C4: Final = 42.05813487134055
C5: Final = -15.081483206551697
C6: Final = 3.6658551581245193


def sine(turns: float) -> float:
    """The sine of an angle in turns, from minus a half to a half."""
    if turns > 0.25:
        turns = 0.5 - turns
    elif turns < -0.25:
        turns = -0.5 - turns
    z = turns * turns
    return turns * (C0 + z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6))))))


def sum_of_sines(angles: Iterable[float]) -> float:
    """The sum of the sines of angles in turns, from minus a half to a half, in order; as `sine` has them."""
    total = 0.0
    for turns in angles:
        if turns > 0.25:
            turns = 0.5 - turns
        elif turns < -0.25:
            turns = -0.5 - turns
        z = turns * turns
        total += turns * (C0 + z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6))))))
    return total


def cosine(turns: float) -> float:
    """The cosine of an angle in turns, from minus a half to a half."""
    turns = 0.25 - abs(turns)
    z = turns * turns
    return turns * (C0 + z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6))))))
