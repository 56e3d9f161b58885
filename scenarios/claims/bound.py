"""What is claimed of a number: within which bounds it lies, as a table of claims writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, model_validator

from analysis.estimates import Estimate
from scenarios.schema import FromList
from sim.units import parse_duration, shown
from topologies.errors import InputError

Limit = Annotated[StrictInt | StrictFloat | StrictStr, Field(examples=["800ms", "80%", 3])]
"""A number as a table has it: a duration such as `800ms`, a share such as `80%` or `-90%`, or a plain number."""

_PER_CENT: Final = re.compile(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*%\s*")
IN_PER_CENT: Final = ("share", "difference")
"""Units of which bounds may be written in per cent."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The numbers that a claim allows, in base units; both ends are allowed too."""

    low: float
    high: float

    def verdict(self, estimate: Estimate | None) -> str:
        """Return whether what was measured `holds`, `fails`, or leaves it `undecided`.

        It holds where the interval lies wholly within the bounds, and fails where it lies wholly outside. An end of
        the interval that is not known is as far away as can be.
        """
        if estimate is None:
            return "undecided"
        low = -inf if estimate.low is None else estimate.low
        high = inf if estimate.high is None else estimate.high
        if high < self.low or low > self.high:
            return "fails"
        within = self.low <= low and high <= self.high
        return "holds" if within and None not in (estimate.low, estimate.high) else "undecided"


class Claimed(BaseModel):
    """What is claimed of the number that is measured: exactly one of its forms."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
    at_most: Limit | None = Field(default=None, description="it is this or less")
    at_least: Limit | None = Field(default=None, description="it is this or more")
    between: Annotated[tuple[Limit, Limit], FromList] | None = Field(
        default=None, description="it is from one to the other"
    )
    about: Limit | None = Field(default=None, description="it is this, give or take `tolerance`")
    tolerance: Limit | None = Field(default=None, description="by how much `about` may be missed, in the same unit")

    @model_validator(mode="after")
    def _one_form(self) -> Claimed:
        given = [name for name in ("at_most", "at_least", "between", "about") if getattr(self, name) is not None]
        if len(given) != 1:
            found = f"found {' and '.join(given)}" if given else "found no bound"
            raise InputError(f"{found}; expected one of at_most, at_least, between, or about with a tolerance")
        if (self.about is None) != (self.tolerance is None):
            lacks = "tolerance, such as 200ms, 5% or 0.5" if self.tolerance is None else "about"
            raise InputError(f"missing field '{lacks.partition(',')[0]}'; about and tolerance need each other")
        return self

    def bounds(self, unit: str) -> Bounds:
        """Return the bounds of a number of this unit; raises InputError with the field where one has another unit."""
        numbers = {name: [_number(each, unit, name) for each in limits] for name, limits in self._given()}
        if self.about is not None:
            middle, tolerance = numbers["about"][0], numbers["tolerance"][0]
            if tolerance < 0:
                raise InputError(f"found {shown(self.tolerance)}; expected 0 or more", ("tolerance",))
            return Bounds(float(middle - tolerance), float(middle + tolerance))
        low, high = numbers.get("between", (numbers.get("at_least", [-inf])[0], numbers.get("at_most", [inf])[0]))
        if low > high:
            raise InputError(f"found {shown(list(self.between or ()))}; expected the smaller one first", ("between",))
        return Bounds(float(low), float(high))

    def _given(self) -> Iterator[tuple[str, tuple[Limit, ...]]]:
        for name in ("at_most", "at_least", "between", "about", "tolerance"):
            found = getattr(self, name)
            if found is not None:
                yield name, found if isinstance(found, tuple) else (found,)

    def words(self) -> str:
        """Return it for people, numbers as the table writes them."""
        if self.about is not None:
            return f"about {self.about} ± {self.tolerance}"
        if self.between is not None:
            return f"{self.between[0]} to {self.between[1]}"
        return f"at most {self.at_most}" if self.at_most is not None else f"at least {self.at_least}"


def _number(limit: Limit, unit: str, field: str) -> Fraction:
    """Return a limit in base units, exactly; raises InputError where it is none of that unit."""
    if unit == "ns":
        try:
            return Fraction(parse_duration(limit))
        except InputError as error:
            raise InputError(f"{error.message}, for what is measured is a time", (field,)) from None
    if not isinstance(limit, str):
        return Fraction(repr(limit))
    parts = _PER_CENT.fullmatch(limit)
    if parts is None or not unit.startswith(IN_PER_CENT):
        either = "a number, or one in per cent such as 80%" if unit.startswith(IN_PER_CENT) else "a number"
        raise InputError(f"found {shown(limit)}; expected {either}: what is measured is in {unit}", (field,))
    return Fraction(parts[1]) / 100
