"""Finds the field of a configuration model that a pydantic error speaks of.

Pydantic's location of an error mixes the keys of the data with labels of its own: the name of a union's branch, the tag
of a discriminated union, the name of a validating function. Here keys are told from labels by walking the data.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from scenarios.document import FieldPath


@dataclass(frozen=True, slots=True)
class FieldSearch:
    """Where an error is: path in the data, the models that may stand there, and the declared fields of that name."""

    path: FieldPath
    value: Any
    models: tuple[type[BaseModel], ...]
    declared: tuple[FieldInfo, ...]

    @property
    def types(self) -> set[Any]:
        """Every type that the annotation of the field names, however deep."""
        return {part for info in self.declared for part in _parts(info.annotation)}

    @property
    def names(self) -> list[str]:
        """The fields that may stand inside this one."""
        return list(dict.fromkeys(name for model in self.models for name in model.model_fields))


def search(model: type[BaseModel] | None, data: Any, location: Iterable[str | int]) -> FieldSearch:
    """Return what an error's location means in `data`, which was validated as `model`."""
    found = FieldSearch((), data, () if model is None else (model,), ())
    for part in location:
        if _holds(found.value, part):
            found = _inside(found, part)
        elif narrowed := tuple(model for model in found.models if _labelled(model, part)):
            found = FieldSearch(found.path, found.value, narrowed, found.declared)
    return found


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list | tuple) and isinstance(part, int) and 0 <= part < len(value)


def _inside(outer: FieldSearch, part: str | int) -> FieldSearch:
    """Return the search one level deeper, at a key or list position that the data have."""
    declared = tuple(model.model_fields[part] for model in outer.models if part in model.model_fields)
    if not declared:  # the item of a list, or of a mapping with free keys
        return FieldSearch((*outer.path, part), outer.value[part], outer.models, outer.declared)
    models = (each for info in declared for each in _parts(info.annotation))
    value = outer.value[part]
    blocks = (_of_kind(each, value) for each in models if isinstance(each, type) and issubclass(each, BaseModel))
    return FieldSearch((*outer.path, part), value, tuple(dict.fromkeys(blocks)), declared)


def _of_kind(model: type[BaseModel], value: Any) -> type[BaseModel]:
    """Return the model that a block is of: of those derived from the declared one, that of its `kind` if there is."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or _labelled(model, kind):
        return model
    derived = model.__subclasses__()
    while derived:
        each = derived.pop()
        if _labelled(each, kind):
            return each
        derived += each.__subclasses__()
    return model


def _labelled(model: type[BaseModel], label: str | int) -> bool:
    """Whether pydantic labels a branch of a union with this model's name or with its tag."""
    tags = (get_args(info.annotation) for info in model.model_fields.values() if get_origin(info.annotation) is Literal)
    return model.__name__ == label or any(label in tag for tag in tags)


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield an annotation and everything it is composed of."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
