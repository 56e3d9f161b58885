"""A sampled design: so many points of a space of factors, instead of all combinations of values.

The points are those of `scipy.stats.qmc`: of McKay, Beckman and Conover (1979) for `latin-hypercube`, of Sobol' (1967),
scrambled, for `sobol`, of Halton (1960), scrambled, for `halton`; `sobol-indices` are the matrices A, B and AB of
Saltelli et al., "Variance based sensitivity analysis of model output", Comput. Phys. Commun. 181 (2010).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, create_model

from scenarios.problems import Problem
from scenarios.schema import FromList
from scenarios.study.fields import OPTIONS, Path
from scenarios.study.span import Scale, Span, span_of
from sim.units import shown
from topologies.errors import InputError

MOST_POINTS: Final = 8192

Kind = Literal["latin-hypercube", "sobol", "halton", "random", "sobol-indices"]

_FROM: Final[Any] = {"from": (Any, Field(description="the least value, such as 10ms, 20% or 3"))}
_From: Any = create_model("_From", **_FROM)  # a word of Python, of which no line of a class can make a field


class Range(_From):
    """The numbers that a factor is drawn from."""

    model_config = OPTIONS
    to: Any = Field(description="the largest value")
    scale: Scale = Field(default="linear", description="whether values or their logarithms are spread evenly")
    integer: bool = Field(default=False, description="whether only integers are drawn")

    def span(self) -> Span:
        """Return it as numbers; raises InputError where it is no span."""
        return span_of(getattr(self, "from"), self.to, self.scale, self.integer)


class SampledDesign(BaseModel):
    """How many points of which space a study looks at."""

    model_config = OPTIONS
    kind: Kind = Field(description="how points are chosen")
    points: int = Field(ge=1, le=MOST_POINTS, description="how many points; a power of two for Sobol's sequence")
    factors: dict[Path, Range | Annotated[tuple[Any, ...], FromList, Field(min_length=2)]] = Field(
        min_length=1, description="for each dotted path a block with from and to, or a list of values to choose from"
    )

    @property
    def units(self) -> dict[str, str]:
        """The unit of the numbers of each factor that has one."""
        spans = {path: each.span() for path, each in self.factors.items() if isinstance(each, Range)}
        return {path: span.unit for path, span in spans.items() if span.unit}


def mistakes_of(design: SampledDesign) -> Iterator[Problem]:
    """Yield what is wrong with a design beyond its single fields."""
    if design.kind.startswith("sobol") and design.points & (design.points - 1):
        lower = 1 << (design.points.bit_length() - 1)
        powers = " or ".join(str(each) for each in (lower, 2 * lower) if each <= MOST_POINTS)
        expected = f"expected a power of two, which Sobol's points are balanced for, such as {powers}"
        yield Problem(("design", "points"), f"found {design.points}; {expected}")
    for path, factor in design.factors.items():
        if isinstance(factor, Range):
            try:
                factor.span()
            except InputError as error:
                yield Problem(("design", "factors", path), error.message)
        else:
            for index, value in enumerate(factor):
                if value in factor[:index]:
                    where = ("design", "factors", path, index)
                    yield Problem(where, f"found {shown(value)} a second time; remove one")
