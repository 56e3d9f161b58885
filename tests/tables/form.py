"""The forms of the documentation's tables: the fields of a model, those of several kinds, and what is of a sort."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pydantic import BaseModel

_QUANTITIES: Final = {
    "such as 150ms": "duration",
    "such as 0.001": "probability",
    "such as 100/s": "rate",
    "such as 512B": "size",
    "such as 10Mbit/s": "bandwidth",
    "array": "list",
    "object": "mapping",
}
LONGEST_CELL: Final = 60
"""Characters of a type or default in a table; longer ones are blocks that have a table of their own."""


def row(cells: Iterable[str]) -> str:
    """Return one line of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def grid(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table with its heads."""
    heads = list(heads)
    return row(heads) + row("---" for _ in heads) + "".join(map(row, rows))


def _type(text: str) -> str:
    parts = re.sub(r"\{.*?\}", "{}", text).split(" or ")
    words = " or ".join(dict.fromkeys(_QUANTITIES.get(part, part) for part in parts))
    if "{" not in words:
        return words
    plain = [part for part in words.split(" or ") if "{" not in part]
    return " or ".join([*plain, "block"])


def _default(text: str, kind: str) -> str:
    """Return a default as a file writes it; what a file leaves out, or what has a table of its own, in words."""
    if text == "required":
        return text
    if text == "''":
        return "empty"
    if text == "none" and "none" not in kind.split(" or "):
        return "left out"
    return "see below" if len(text) > LONGEST_CELL else f"`{text.strip(chr(39))}`"


def cells_of(model: type[BaseModel]) -> Iterator[list[str]]:
    """Yield a row for each field of a model."""
    from scenarios.catalog import fields

    for name, kind, default, meaning in fields(model):
        yield [f"`{name}`", _type(kind), _default(default, kind), meaning]


def fields_of(model: type[BaseModel]) -> str:
    """Return the table of the fields of a model."""
    return grid(("field", "type", "default", "meaning"), cells_of(model))


def fields_of_several(models: Iterable[type[BaseModel]]) -> str:
    """Return one table of the fields of several models."""
    return grid(("field", "type", "default", "meaning"), (cells for model in models for cells in cells_of(model)))


def kinds_of(models: Iterable[tuple[str, type[BaseModel]]]) -> str:
    """Return one table of the fields of several kinds, by their names."""
    rows = ([f"`{kind}`", *cells] for kind, model in models for cells in cells_of(model))
    return grid(("kind", "field", "type", "default", "meaning"), rows)


def models_of(sort: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the kinds of a sort, such as `protocols`, with their models."""
    from scenarios.catalog import entries

    for entry in entries(sort):
        assert entry.config is not None
        yield entry.name, entry.config


def descriptions(sort: str) -> str:
    """Return the table of what is of a sort, with a line on each."""
    from scenarios.catalog import entries

    return grid(("name", "what it is"), ([f"`{entry.name}`", entry.description] for entry in entries(sort)))
