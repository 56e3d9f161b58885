"""Writes a scenario as a file for people: what differs from the defaults, in the order of the schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import yaml
from pydantic import BaseModel

from scenarios.yaml_scalars import resolve

if TYPE_CHECKING:
    from scenarios.schema import Scenario

WIDTH: Final = 120
"""Columns at which the description is folded."""
_ALWAYS: Final = frozenset({"kind"})
"""Fields that are written also where they are at their default."""


class _Dumper(yaml.SafeDumper):
    """Quotes text that the reader of scenario files would take for something else than text.

    PyYAML by itself quotes what YAML 1.1 would; scenario files are YAML 1.2. What is there twice is written twice.
    """

    def ignore_aliases(self, data: Any) -> bool:
        """Write no anchors, whether or not equal parts are one object."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if isinstance(resolve(text), str) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def scenario_text(scenario: Scenario, comment: str = "") -> str:
    """Return a scenario as the text of a YAML file that is read as an equal one.

    Each field is on a line of its own, and so is each fault. `comment` stands above them.
    """
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    for name, value in set_fields(scenario).items():
        lines += _field(name, value)
    return "\n".join(lines) + "\n"


def set_fields(model: BaseModel) -> dict[str, Any]:
    """Return as plain data, with units, the fields of a model that are not at their defaults, in their order."""
    plain = model.model_dump(mode="json")
    fields = type(model).model_fields.items()
    changed = {name for name, field in fields if getattr(model, name) != field.get_default(call_default_factory=True)}
    shown = changed | {name for name in _ALWAYS & plain.keys() if plain[name]}
    return {name: _plain(getattr(model, name), plain[name]) for name, _ in fields if name in shown}


def _plain(value: Any, plain: Any) -> Any:
    if isinstance(value, BaseModel):
        return set_fields(value)
    if isinstance(value, tuple | list):
        return [_plain(item, other) for item, other in zip(value, plain, strict=True)]
    return 0 if plain == "0" and isinstance(value, int) else plain


def _field(name: str, value: Any) -> Iterator[str]:
    if name == "faults" and isinstance(value, list):
        yield "faults:"
        yield from (f"  - {one_line(fault)}" for fault in value)
    elif name == "description":
        yield yaml.dump({name: value}, Dumper=_Dumper, width=WIDTH, allow_unicode=True).rstrip("\n")
    else:
        yield f"{name}: {one_line(value)}"


def one_line(value: Any) -> str:
    """Return plain data as YAML on one line."""
    text = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, width=float("inf"), allow_unicode=True
    )
    return str(text).removesuffix("\n").removesuffix("\n...")


def plain_text(data: dict[str, Any]) -> str:
    """Return plain data as the text of a YAML file, in blocks, which the reader of scenario files reads as the same."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH))
