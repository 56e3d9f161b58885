"""Blocks of a scenario that come in kinds: `topology`, `protocol`, `workload`, each item of `faults`.

The `kind` of a block chooses its model from a registry; registries are imported when the first block is read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from scenarios.names import listed, unknown_name
from scenarios.plugins import load_protocol
from scenarios.problems import BlockError, problems_of
from sim.units import shown
from topologies.errors import InputError


@dataclass(frozen=True, slots=True)
class Block:
    """Marks a field as a block whose `kind` names an entry of a registry.

    `models` returns the registry's models by kind. With `plugins`, a kind with a colon is a user's protocol, loaded if
    the validation context allows its module.
    """

    noun: str
    models: Callable[[], Mapping[str, type[BaseModel]]]
    plugins: bool = False

    def read(self, value: Any, info: core_schema.ValidationInfo) -> BaseModel:
        """Return the validated block; raises BlockError or InputError with paths from the block on."""
        if isinstance(value, BaseModel):
            return self._ready(value)
        model = self._model(value, (info.context or {}).get("allowed_plugins", ()))
        try:
            return model.model_validate(value, context=info.context)
        except ValidationError as error:
            raise BlockError(problems_of(error, model, value)) from None

    def _ready(self, value: BaseModel) -> BaseModel:
        """Return a block that a program has made, if it is one of this field's."""
        kind = getattr(value, "kind", None)
        if not isinstance(value, self.models().get(str(kind), BaseModel if self.plugins else ())):
            raise InputError(f"found {shown(value)}; expected {self.noun}")
        return value

    def _model(self, value: Any, allowed_plugins: Any) -> type[BaseModel]:
        """Return the model that the kind of a block names."""
        models = self.models()
        if not isinstance(value, dict):
            raise InputError(f"found {shown(value)}; expected {self.noun} as fields, such as {{kind: {min(models)}}}")
        if "kind" not in value:
            raise InputError(f"missing field 'kind'; expected one of {listed(list(models))}", ("kind",))
        kind = value["kind"]
        if isinstance(kind, str) and kind in models:
            return models[kind]
        if not (self.plugins and isinstance(kind, str) and ":" in kind):
            own = "; a protocol of your own is written package.module:Class" if self.plugins else ""
            raise InputError(unknown_name(kind, models) + own, ("kind",))
        try:
            return load_protocol(kind, allowed_plugins).Config
        except InputError as error:
            raise InputError(error.message, ("kind",)) from error

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return pydantic's schema of the field: `read` in, the block's own fields out."""
        return core_schema.with_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda block, info: block.model_dump(mode=info.mode), info_arg=True
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return JSON Schema of one variant for each kind."""
        variants = [_with_kind(handler(model.__pydantic_core_schema__), handler) for model in self.models().values()]
        if self.plugins:
            own = {"type": "string", "pattern": r"^[\w.]+:\w+$", "description": "a protocol of your own"}
            variants.append({"type": "object", "title": "Plugin", "properties": {"kind": own}, "required": ["kind"]})
        return {"oneOf": variants, "title": self.noun}


def _with_kind(variant: JsonSchemaValue, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    """Return a variant whose `kind` is required, which its model leaves at the only value it has."""
    fields = handler.resolve_ref_schema(variant)
    required = fields.setdefault("required", [])
    if "kind" not in required:
        required.insert(0, "kind")
    return variant
