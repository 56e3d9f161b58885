"""Changes to what a message says, within the types of what it says: damage that no checksum finds, and lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.randomness import Stream

LARGEST_STEP = 8
"""How far a whole number is moved at most."""


def altered(payload: Any, stream: Stream) -> Any | None:
    """Return a copy of a payload in which one value is another of the same type; None where nothing can be altered.

    Dataclasses, named tuples, tuples, lists and mappings are gone into, every value in them as likely. Whole numbers
    move by up to 8, other numbers by up to twice their size, truth values turn around, text has one character replaced.
    The payload itself stays as it is.
    """
    places = list(_places(payload))
    if not places:
        return None
    return _changed(payload, stream.choice(places), stream)


Path = tuple[Any, ...]


def _places(value: Any) -> list[Path]:
    """The paths of all values in a payload that can be altered, in order."""
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


def _changed(value: Any, path: Path, stream: Stream) -> Any:
    if not path:
        return _other(value, stream)
    name, rest = path[0], path[1:]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{name: _changed(getattr(value, name), rest, stream)})
    if isinstance(value, Mapping):
        return {**value, name: _changed(value[name], rest, stream)}
    items = list(value)
    items[name] = _changed(items[name], rest, stream)
    if isinstance(value, list):
        return items
    make = getattr(type(value), "_make", tuple)
    return make(items)


def _other(value: Any, stream: Stream) -> Any:
    """Another value of the same type."""
    draw = stream.below(2 * LARGEST_STEP)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + (draw - LARGEST_STEP if draw < LARGEST_STEP else draw - LARGEST_STEP + 1)
    if isinstance(value, float):
        size = abs(value) or 1.0
        return value + size * (draw + 1) / LARGEST_STEP * (1 if draw % 2 else -1)
    place = draw % len(value)
    return value[:place] + chr((ord(value[place]) - 32 + 1 + draw) % 95 + 32) + value[place + 1 :]
