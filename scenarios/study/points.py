"""The points of a sampled design, as values of its factors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from scenarios.study.sampled_design import Kind, Range, SampledDesign
from scenarios.study.span import DIGITS
from sim.randomness import Streams

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Shares = NDArray[np.float64]
    """Points of the unit cube: a row for each point, a column for each factor."""

STREAM: Final = "study/design"
"""The stream of the root seed that points are drawn from."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point: its number, of which matrix of a Sobol' design it is ("" in others), and where in the unit cube."""

    number: int
    matrix: str
    shares: tuple[float, ...]


def points_of(design: SampledDesign, root: int) -> list[Point]:
    """Return the points of a design, which the root seed of the study draws; a Sobol' design has A, then B, AB1, ...

    Row n of the matrix ABi is row n of A, but for factor i, counted from 1, which is that of B.
    """
    points = []
    for matrix, rows in _matrices(design, Streams(root).seed(STREAM)):
        points += [Point(number, matrix, tuple(map(float, row))) for number, row in enumerate(rows)]
    return points


def _matrices(design: SampledDesign, seed: int) -> Iterator[tuple[str, Shares]]:
    factors = len(design.factors)
    if design.kind != "sobol-indices":
        yield "", _SAMPLERS[design.kind](design.points, factors, seed)
        return
    both = _sobol(design.points, 2 * factors, seed)
    first, second = both[:, :factors], both[:, factors:]
    yield from (("A", first), ("B", second))
    for factor in range(factors):
        mixed = first.copy()
        mixed[:, factor] = second[:, factor]
        yield f"AB{factor + 1}", mixed


def _latin_hypercube(points: int, factors: int, seed: int) -> Shares:
    from scipy.stats.qmc import LatinHypercube

    return LatinHypercube(factors, **_drawn_from(seed)).random(points)  # type: ignore[no-any-return]


def _sobol(points: int, factors: int, seed: int) -> Shares:
    from scipy.stats.qmc import Sobol

    return Sobol(factors, **_drawn_from(seed)).random(points)  # type: ignore[no-any-return]


def _halton(points: int, factors: int, seed: int) -> Shares:
    from scipy.stats.qmc import Halton

    return Halton(factors, **_drawn_from(seed)).random(points)  # type: ignore[no-any-return]


def _random(points: int, factors: int, seed: int) -> Shares:
    from numpy.random import default_rng

    return default_rng(seed).random((points, factors))


_SAMPLERS: Final[dict[Kind, Callable[[int, int, int], Shares]]] = {
    "latin-hypercube": _latin_hypercube,
    "sobol": _sobol,
    "halton": _halton,
    "random": _random,
}


def _drawn_from(seed: int) -> dict[str, Any]:
    """Return the argument that hands a generator to `scipy.stats.qmc`, which is called otherwise before scipy 1.15."""
    from inspect import signature

    from numpy.random import default_rng
    from scipy.stats.qmc import Sobol

    name = "rng" if "rng" in signature(Sobol).parameters else "seed"
    return {name: default_rng(seed)}


def values_at(point: Point, design: SampledDesign) -> Iterator[tuple[str, int | float | None, Any]]:
    """Yield for each factor its path, the number that labels the value (None for one of a list), and the value."""
    digits = max(DIGITS, len(str(design.points)))
    for (path, factor), share in zip(design.factors.items(), point.shares, strict=True):
        if isinstance(factor, Range):
            yield path, *factor.span().at(share, digits)
        else:
            yield path, None, _chosen(factor, share)


def _chosen(values: Sequence[Any], share: float) -> Any:
    return values[min(int(share * len(values)), len(values) - 1)]
