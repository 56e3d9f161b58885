"""Changes to what a message says, within the types of what it says: damage that no checksum finds, and lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.randomness import Stream

LARGEST_STEP = 8
"""How far a whole number is moved at most."""


def altered(payload: Any, stream: Stream) -> Any | None:
    """Return a copy of a payload in which one value is another of the same type; None where nothing can be altered.

    Dataclasses, named tuples, tuples, lists and mappings are gone into, every value in them as likely. Whole numbers
    move by up to 8, other numbers by up to twice their size, truth values turn around, text has one character replaced,
    members of an enumeration become other members.
    The payload itself stays as it is.
    """
    places = list(_places(payload))
    if not places:
        return None
    place = stream.choice(places)
    return _replaced(payload, place, _other(_at(payload, place), stream))


def borrowed(payload: Any, other: Any, stream: Stream) -> Any | None:
    """Return a copy of a payload in which one value is what another payload says in the same place.

    None where that says nothing else in any place.
    """
    there = set(_places(other))
    places = [place for place in _places(payload) if place in there and _differ(_at(payload, place), _at(other, place))]
    if not places:
        return None
    place = stream.choice(places)
    return _replaced(payload, place, _at(other, place))


def _differ(value: Any, other: Any) -> bool:
    """Whether two values of the same type are different."""
    return type(value) is type(other) and value != other


Path = tuple[Any, ...]


def _places(value: Any) -> list[Path]:
    """The paths of all values in a payload that can be altered, in order."""
    if isinstance(value, Enum):
        return [()] if len(type(value)) > 1 else []
    if isinstance(value, bool | int | float):
        return [()]
    if isinstance(value, str):
        return [()] if value else []
    return [(name, *path) for name, part in _parts(value) for path in _places(part)]


def _parts(value: Any) -> list[tuple[Any, Any]]:
    if is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in fields(value) if field.init]
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, tuple | list):
        return list(enumerate(value))
    return []


def _at(value: Any, path: Path) -> Any:
    """The value at a path."""
    for name in path:
        value = getattr(value, name) if is_dataclass(value) else value[name]
    return value


def _replaced(value: Any, path: Path, new: Any) -> Any:
    """A copy with another value at a path."""
    if not path:
        return new
    name, rest = path[0], path[1:]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{name: _replaced(getattr(value, name), rest, new)})
    if isinstance(value, Mapping):
        return {**value, name: _replaced(value[name], rest, new)}
    items = list(value)
    items[name] = _replaced(items[name], rest, new)
    if isinstance(value, list):
        return items
    make = getattr(type(value), "_make", tuple)
    return make(items)


def _other(value: Any, stream: Stream) -> Any:
    """Another value of the same type."""
    if isinstance(value, Enum):
        return stream.choice([member for member in type(value) if member is not value])
    draw = stream.below(2 * LARGEST_STEP)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + (draw - LARGEST_STEP if draw < LARGEST_STEP else draw - LARGEST_STEP + 1)
    if isinstance(value, float):
        if not isfinite(value):
            return float(draw)
        size = abs(value) or 1.0
        return value + size * (draw + 1) / LARGEST_STEP * (1 if draw % 2 else -1)
    place = draw % len(value)
    return value[:place] + chr((ord(value[place]) - 32 + 1 + draw) % 95 + 32) + value[place + 1 :]
