"""Durations with a direction: how far a clock is ahead of true time, or behind it."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from sim.units import LONGEST, format_duration, parse_duration, shown
from topologies.errors import InputError

EXAMPLES: Final = ("150ms", "-2s")


def parse_signed_duration(value: object) -> int:
    """Return a duration such as `150ms` or `-2s` in nanoseconds; raises InputError as `parse_duration` does."""
    if isinstance(value, str) and value.lstrip().startswith("-"):
        return -parse_duration(value.lstrip()[1:])
    return parse_duration(value)


def _accept(value: object) -> int:
    if type(value) is not int:
        return parse_signed_duration(value)
    if abs(value) > LONGEST:
        raise InputError(f"found {shown(value)}; expected at most 292 years of nanoseconds, either way")
    return value


SignedDuration = Annotated[
    int,
    BeforeValidator(_accept),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        {
            "type": ["string", "integer"],
            "pattern": r"^\s*[+-]?\s*[0-9.eE+-]+\s*[a-zµμ]+\s*$|^0$",
            "minimum": 0,
            "maximum": 0,
            "examples": list(EXAMPLES),
        }
    ),
]
"""Nanoseconds either way, written as `150ms` or `-2s`."""
