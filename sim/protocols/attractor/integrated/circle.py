"""Sines and cosines of many phases at once, the same to the last bit on every platform.

With r the phase in turns from -1/2 to 1/2, s = sin(pi r) and c = cos(pi r) are polynomials in r squared, of degree 7,
that interpolate at the Chebyshev points of their range; then sin(2 pi r) = 2 s c and cos(2 pi r) = 1 - 2 s s. The error
is below 5e-15, before the values are rounded to a grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy import float64, uint64
    from numpy.typing import NDArray

BLOCK: Final = 8192
"""Phases that go through all operations together, so that what is between them stays in the cache."""
FINEST_GRID: Final = 40
"""Binary digits after the point of sines and cosines, at most."""
EXACT: Final = 53
"""Binary digits that double precision holds."""
_UNIT: Final = 2.0**-64
_SINE: Final = tuple(
    map(
        float.fromhex,
        (
            "-0x1.6290a66666666p-16",
            "0x1.e89f75c147ae1p-12",
            "-0x1.e30631deeb852p-8",
            "0x1.50783270a3252p-4",
            "-0x1.32d2cce1eb233p-1",
            "0x1.466bc677522eep+1",
            "-0x1.4abbce625bd84p+2",
            "0x1.921fb54442d17p+1",
        ),
    )
)
"""sin(pi r) / r in r squared, highest power first."""
_COSINE: Final = tuple(
    map(
        float.fromhex,
        (
            "-0x1.a52dec0000000p-14",
            "0x1.f9613337c28f6p-10",
            "-0x1.a6d070e291c29p-6",
            "0x1.e1f500e55b84ap-3",
            "-0x1.55d3c7d853cd8p+0",
            "0x1.03c1f0819ec15p+2",
            "-0x1.3bd3cc9be4182p+2",
            "0x1.fffffffffffefp-1",
        ),
    )
)


def digits_for(summands: float) -> int:
    """Binary digits after the point with which a sum of so many numbers from -1 to 1 is exact."""
    digits = FINEST_GRID
    while summands * 2.0**digits > 2.0**EXACT:
        digits -= 1
    return digits


def to_grid(values: NDArray[float64], digits: int) -> None:
    """Round numbers, at most 2**(52 - digits), to whole multiples of 2**-digits, in place, halves to even."""
    import numpy as np

    magic = 1.5 * 2.0 ** (EXACT - 1 - digits)  # its last binary digit is worth 2**-digits
    np.add(values, magic, out=values)
    np.subtract(values, magic, out=values)


class Circle:
    """Takes sines and cosines, on a grid of so many binary digits after the point; holds what it needs in between."""

    def __init__(self, digits: int) -> None:
        import numpy as np

        self.digits = digits
        self._scratch = np.empty((3, BLOCK))

    def of(self, phases: NDArray[uint64], sines: NDArray[float64], cosines: NDArray[float64]) -> None:
        """Write the sines and cosines of phases, fractions of 2**64 of a turn, into arrays of the same length."""
        for low in range(0, len(phases), BLOCK):
            block = slice(low, low + BLOCK)
            self.of_block(phases[block], sines[block], cosines[block])

    def of_block(self, phases: NDArray[uint64], sines: NDArray[float64], cosines: NDArray[float64]) -> None:
        """The same for at most a block."""
        import numpy as np

        r, square, half = self._scratch[:, : len(phases)]
        np.multiply(phases.view(np.int64), _UNIT, out=r)  # the signed view is the phase from minus half a turn to half
        np.multiply(r, r, out=square)
        _polynomial(np, _SINE, square, sines)
        np.multiply(sines, r, out=half)
        _polynomial(np, _COSINE, square, cosines)
        np.multiply(cosines, half, out=sines)
        np.add(sines, sines, out=sines)
        np.multiply(half, half, out=cosines)
        np.add(cosines, cosines, out=cosines)
        np.subtract(1.0, cosines, out=cosines)
        to_grid(sines, self.digits)
        to_grid(cosines, self.digits)


def _polynomial(np: Any, coefficients: tuple[float, ...], variable: NDArray[float64], out: NDArray[float64]) -> None:
    """Evaluate a polynomial by Horner's rule."""
    highest, *others, last = coefficients
    np.multiply(variable, highest, out=out)
    for coefficient in others:
        np.add(out, coefficient, out=out)
        np.multiply(out, variable, out=out)
    np.add(out, last, out=out)
