"""Changes to a scenario from the command line: `--set topology.nodes=64`, `--set faults[0].at=3s`."""

import json
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from scenarios.document import Document, FieldPath, dotted
from scenarios.yaml_loader import DEEPEST, load_value
from sim.units import shown
from topologies.errors import InputError

_INDEX: Final = re.compile(r"\[([0-9]{1,6})\]")
_LONGEST_FLAG: Final = 100  # characters of a flag that messages repeat


def apply_overrides(document: Document | Mapping[str, Any], flags: Iterable[str]) -> Document:
    """Return a document in which each flag, `path=value`, has set one field.

    Paths are dotted; `faults.0.at` and `faults[0].at` are the same. Values mean what they mean in a file. Blocks on the
    way that do not exist are made, so that the schema judges their names. Raises InputError for a flag that cannot be
    applied.
    """
    flags = flags_of(flags)
    base = document if isinstance(document, Document) else Document("scenario", dict(document))
    return with_fields(base, ((*parse_override(flag), _named(flag)) for flag in flags))


def flags_of(overrides: Iterable[str]) -> tuple[str, ...]:
    """Return overrides as flags: they may be flags, one flag alone, or a mapping from paths to values."""
    if isinstance(overrides, str):
        return (overrides,)
    if isinstance(overrides, Mapping):
        return tuple(f"{path}={_written(path, value)}" for path, value in overrides.items())
    return tuple(overrides)


def _written(path: str, value: Any) -> str:
    """Return a value as YAML of one line, which JSON is."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        raise InputError(f"--set {path}: found {shown(value)}; expected plain data, as in a file") from None


def with_fields(document: Document, fields: Iterable[tuple[tuple[str, ...], Any, str]]) -> Document:
    """Return a document in which fields are set: of each the path, the value, and what messages call where it is said.

    Raises InputError for a path that does not fit what is there.
    """
    data, origins = deepcopy(document.data), dict(document.flags)
    for path, value, name in fields:
        origins = {place: text for place, text in origins.items() if place[: len(path)] != path}
        for made in _set(data, path, deepcopy(value), name):
            origins[made] = name
    return replace(document, data=data, flags=origins)


def _named(flag: str) -> str:
    return f"--set {flag if len(flag) <= _LONGEST_FLAG else flag[:_LONGEST_FLAG] + '...'}"


def parse_override(flag: str) -> tuple[tuple[str, ...], Any]:
    """Return the path and the value of `path=value`; raises InputError where it is not of that form."""
    written, equals, text = flag.partition("=")
    path = field_path(written)
    if not equals or path is None:
        expected = "expected path=value, such as topology.nodes=64 or faults[0].at=3s"
        raise InputError(f"--set: found {shown(flag)}; {expected}")
    return path, load_value(text, f"--set {written[:_LONGEST_FLAG]}")


def field_path(written: str) -> tuple[str, ...] | None:
    """Return the parts of a dotted path; None where it is none."""
    path = tuple(_INDEX.sub(r".\1", written.strip()).split("."))
    return path if all(path) and len(path) <= DEEPEST else None


def _set(data: dict[str, Any], path: tuple[str, ...], value: Any, flag: str) -> list[FieldPath]:
    """Set a field in place; return the paths of the field and of the blocks made on the way."""
    block: Any = data
    reached: FieldPath = ()
    made: list[FieldPath] = []
    for part in path[:-1]:
        key = _key(block, part, reached, flag)
        if isinstance(block, dict) and block.get(key) is None:
            block[key] = {}
            made.append((*reached, key))
        block, reached = block[key], (*reached, key)
    key = _key(block, path[-1], reached, flag)
    block[key] = value
    return [*made, (*reached, key)]


def _key(block: Any, part: str, reached: FieldPath, flag: str) -> str | int:
    """Return a part of a path as a key of a block or as a position in a list."""
    if isinstance(block, dict):
        return part
    where = dotted(reached)
    if not isinstance(block, list):
        raise InputError(f"{flag}: {where} is {shown(block)}, which has no fields; set {where} itself", reached)
    if part.isdecimal() and len(part) <= 6 and int(part) < len(block):
        return int(part)
    positions = f"a position from 0 to {len(block) - 1}, such as {where}[0]" if block else "a list with items"
    raise InputError(f"{flag}: found {shown(part)} after {where}; expected {positions}", reached)
