"""What a factor of a design may be from and to, in one unit, and the values in between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import exp, floor, log, log10
from typing import Any, Final, Literal

from sim.units import QUANTITIES, shown
from topologies.errors import InputError

Scale = Literal["linear", "log"]

DIGITS: Final = 3
"""Values of a factor have steps of a thousandth of its span or finer, so that they can be read."""

LARGEST: Final = 10**18
"""Plain numbers are not larger, so that all that is computed with them is exact enough."""

_PER_CENT: Final = re.compile(r"\s*(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?\s*%\s*")


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers from `low` to `high` in a `unit` ("" for plain ones), evenly or evenly in their logarithms.

    `whole` says that the numbers are integers; `places`, how many decimals a number in this unit has at most.
    """

    low: float
    high: float
    unit: str
    scale: Scale
    whole: bool
    places: int

    def at(self, share: float, digits: int = DIGITS) -> tuple[int | float, Any]:
        """Return the value at a share from 0 to 1 of the way: its number, and what a file says for it."""
        top = self.high + 1 if self.whole else self.high
        if self.scale == "log":
            number = exp(log(self.low) + share * (log(top) - log(self.low)))
        else:
            number = self.low + share * (top - self.low)
        number = min(max(self._readable(number, digits), self.low), self.high)
        plain = int(number) if self.whole else number
        return plain, f"{_decimal(plain)}{self.unit}" if self.unit else plain

    def _readable(self, number: float, digits: int) -> float:
        """Return a number without the digits that tell nothing."""
        if self.whole:
            return float(floor(number))
        spread = self.high - self.low
        if self.scale == "log":
            spread = number * min(1.0, log(self.high / self.low))
        return round(number, min(digits - floor(log10(spread)), self.places))


def _decimal(number: int | float) -> str:
    """Return a number without an exponent."""
    text = format(Decimal(repr(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def span_of(low: Any, high: Any, scale: Scale, whole: bool) -> Span:
    """Return the span between what a file says; raises InputError where there is none."""
    units = [_unit_of(low), _unit_of(high)]
    unit = units[1] if _is_zero(low) else units[0]
    size, places = _size(unit)
    first, last = _number(low, unit, size), _number(high, unit, size)
    span = Span(float(first), float(last), unit, scale, whole, places)
    _refuse_what_is_no_span(span, low, high, first, last)
    return span


def _refuse_what_is_no_span(span: Span, low: Any, high: Any, first: Fraction, last: Fraction) -> None:
    found = f"found {shown(low)} to {shown(high)}"
    if span.low >= span.high:
        raise InputError(f"{found}; expected a span from the lesser to the larger")
    if span.scale == "log" and first <= 0:
        raise InputError(f"{found} on a scale of logarithms; expected more than 0, or scale: linear")
    if span.whole and (first.denominator != 1 or last.denominator != 1):
        raise InputError(f"{found}; expected integers, or no `integer: true`")


def amount_of(value: Any) -> tuple[str, Fraction] | None:
    """Return what a file says as an amount that can be compared, with the sort of quantity; None for no number."""
    try:
        unit = _unit_of(value)
    except InputError:
        return None
    size, _ = _size(unit)
    amount = _number(value, unit, size) * size
    return ("", amount / 100) if unit == "%" else (_sort(unit), amount)


def _is_zero(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and value == 0


def _unit_of(value: Any) -> str:
    """Return the unit of what a file says; "" for a plain number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and -LARGEST <= value <= LARGEST:
        return ""
    if isinstance(value, str):
        if _PER_CENT.fullmatch(value):
            return "%"
        unit = next((unit for quantity in QUANTITIES if (unit := quantity.unit_in(value)) is not None), None)
        if unit is not None:
            return unit
    raise InputError(f"found {shown(value)}; expected a number, or one with a unit such as 150ms, 100/s, 20% or 64KB")


def _size(unit: str) -> tuple[Fraction, int]:
    """Return how large a unit is in base units, and how many decimals a number in it may have.

    A duration is a whole number of nanoseconds, a size of bytes, a bandwidth of bits a second.
    """
    for quantity in QUANTITIES:
        size = quantity.units.get(unit) or quantity.also.get(unit)
        if size is not None:
            return Fraction(size), 15 if unit.startswith("/") else _zeros(int(size))
    return Fraction(1), 15


def _zeros(number: int) -> int:
    """Return how many zeros an integer ends in."""
    return len(str(number)) - len(str(number).rstrip("0"))


def _number(value: Any, unit: str, size: Fraction) -> Fraction:
    """Return what a file says as a number in a unit; raises InputError where it is of another sort."""
    if _is_zero(value):
        return Fraction(0)
    if _sort(_unit_of(value)) != _sort(unit):
        raise InputError(f"found {shown(value)}, which is no number in {unit}" if unit else _stray(value))
    if not unit:
        return Fraction(value)
    if unit == "%":
        return Fraction(value.strip().removesuffix("%").strip())
    quantity = next(each for each in QUANTITIES if each.unit_in(value) is not None)
    return quantity.parse(value) / size


def _stray(value: Any) -> str:
    return f"found {shown(value)} with a unit, and the other end without; expected both with one"


def _sort(unit: str) -> str:
    """Return what tells units of different quantities apart."""
    found = next((each.noun for each in QUANTITIES if unit in each.units or unit in each.also), None)
    return found or unit
