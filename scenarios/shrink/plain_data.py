"""Plain data of scenarios: reading and changing one place of it, the rest shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from scenarios.document import FieldPath

Data = dict[str, Any]


def at(data: Any, path: FieldPath) -> Any:
    """Return what stands at a path."""
    for part in path:
        data = data[part]
    return data


def changed(data: Any, path: FieldPath, value: Any) -> Any:
    """Return data in which a value stands at a path; what the path does not touch is the same objects."""
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {**data, part: changed(data[part], rest, value)}
    assert isinstance(part, int)
    return [changed(item, rest, value) if place == part else item for place, item in enumerate(data)]


def leaves(model: BaseModel) -> Iterator[tuple[FieldPath, Any, Any]]:
    """Yield each value that is not at its default, with its path: as files write it, and as programs hold it."""
    plain = model.model_dump(mode="json")
    for name, field in type(model).model_fields.items():
        if getattr(model, name) != field.get_default(call_default_factory=True):
            yield from _leaves(plain[name], getattr(model, name), (name,))


def _leaves(plain: Any, held: Any, path: FieldPath) -> Iterator[tuple[FieldPath, Any, Any]]:
    if isinstance(held, BaseModel):
        yield from ((path + further, *values) for further, *values in leaves(held))
    elif isinstance(plain, dict | list):
        for key, value in plain.items() if isinstance(plain, dict) else enumerate(plain):
            yield from _leaves(value, held[key], (*path, key))
    else:
        yield path, plain, held


def lists(plain: Any, path: FieldPath = ()) -> Iterator[FieldPath]:
    """Yield the path of each list, the outer ones first."""
    if isinstance(plain, list):
        yield path
    items = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    for name, value in items:
        yield from lists(value, (*path, name))
