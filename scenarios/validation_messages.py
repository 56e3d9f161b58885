"""Pydantic's complaints in this project's words: what was found, what was expected, the remedy."""

import re
from typing import Any, Final, Literal, get_args, get_origin

from pydantic_core import ErrorDetails

from scenarios.config_fields import FieldSearch
from scenarios.document import FieldPath
from scenarios.names import listed, unknown_field, unknown_name
from scenarios.yaml_scalars import resolve
from sim.units import shown

_TYPES: Final[dict[str, str]] = (
    dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "an integer")
    | dict.fromkeys(("float_type", "float_parsing"), "a number")
    | dict.fromkeys(("string_type", "string_sub_type", "string_unicode"), "text")
    | dict.fromkeys(("bool_type", "bool_parsing"), "true or false")
    | dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), "a list")
    | dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "a block of fields")
    | {"finite_number": "a finite number", "none_required": "nothing"}
)

_BOUNDS: Final[dict[str, tuple[str, str]]] = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "of at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "of at most"),
    "multiple_of": ("multiple_of", "that is a multiple of"),
}

_LENGTHS: Final[dict[str, tuple[str, str, str]]] = {
    "too_short": ("min_length", "at least", "items"),
    "too_long": ("max_length", "at most", "items"),
    "string_too_short": ("min_length", "at least", "characters"),
    "string_too_long": ("max_length", "at most", "characters"),
}


def describe(details: ErrorDetails, where: FieldSearch) -> tuple[FieldPath, str]:
    """Return the path and the message of one complaint of pydantic about the field found at `where`."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "missing":
        name = details["loc"][-1]
        if isinstance(name, int):  # a list in which each place means something
            given = f"{name} item{'' if name == 1 else 's'}"
            return where.path, f"found {given}; expected one more, so that item {name + 1} is there"
        return (*where.path, name), _missing(str(name), where)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_tag(kind, context, where)
    return where.path, _complaint(kind, context, details, where)


def _complaint(kind: str, context: dict[str, Any], details: ErrorDetails, where: FieldSearch) -> str:
    """Return the message of a complaint about a field that is there."""
    found = f"found {shown(details['input'])}"
    if kind == "extra_forbidden":
        return unknown_field(str(where.path[-1]), where.names)
    if kind in ("literal_error", "enum"):
        known = _quoted(str(context["expected"]))
        return unknown_name(details["input"], known) if known else f"{found}; expected {context['expected']}"
    if kind in _TYPES:
        return f"{found}; expected {_TYPES[kind]}{_remedy(_TYPES[kind], details['input'])}"
    if kind in _BOUNDS:
        key, relation = _BOUNDS[kind]
        return f"{found}; expected {_number(where)} {relation} {context[key]}"
    if kind in _LENGTHS:
        key, relation, unit = _LENGTHS[kind]
        bound = context[key]
        return f"{found}; expected {relation} {bound} {unit if bound != 1 else unit.removesuffix('s')}"
    if kind == "string_pattern_mismatch":
        return f"{found}; expected text that matches {context['pattern']}"
    if "error" in context:
        return str(context["error"])
    return f"{found}; {details['msg'][:1].lower()}{details['msg'][1:]}"


def _missing(name: str, where: FieldSearch) -> str:
    """Return the message for a field that has to be given."""
    declared = (model.model_fields[name] for model in where.models if name in model.model_fields)
    description = next((info.description for info in declared if info.description), None)
    return f"missing field '{name}'{f' ({description})' if description else ''}; add it"


def _wrong_tag(kind: str, context: dict[str, Any], where: FieldSearch) -> tuple[FieldPath, str]:
    """Return the path and message for the field that chooses one of several kinds of block."""
    name = str(context["discriminator"]).strip("'")
    if kind == "union_tag_invalid":
        return (*where.path, name), unknown_name(context["tag"], _quoted(str(context["expected_tags"])))
    fields = (model.model_fields[name].annotation for model in where.models if name in model.model_fields)
    known = [str(tag) for annotation in fields if get_origin(annotation) is Literal for tag in get_args(annotation)]
    return (*where.path, name), f"missing field '{name}'; expected one of {listed(known)}"


def _quoted(text: str) -> list[str]:
    """Return the names in pydantic's list of them, `'a', 'b' or 'c'`."""
    return re.findall(r"'([^']*)'", text)


def _number(where: FieldSearch) -> str:
    """Return what a field of bounded numbers holds."""
    return "an integer" if int in where.types and float not in where.types else "a number"


def _remedy(expected: str, value: object) -> str:
    """Return the remedy for one thing in place of a list, a number in quotes, or text that YAML reads otherwise."""
    if expected == "a list" and isinstance(value, str | int | float) and not isinstance(value, bool):
        return f" such as [{str(value)[:40]}]" if str(value).isprintable() else ""
    if expected == "text" and isinstance(value, int | float):
        return "; put it in quotes"
    if expected in ("an integer", "a number") and isinstance(value, str) and value[:1].isdigit():
        return "; remove the quotes" if not isinstance(resolve(value[:40]), str) else ""
    return ""
