"""JSON Schema of scenario and study files, for editors that complete and check while one types."""

from contextlib import suppress
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticSerializationError, SchemaError, SchemaSerializer, core_schema

from scenarios.schema import Scenario


class _FileSchema(GenerateJsonSchema):
    """Writes defaults as a file would hold them: a duration as `1ms`, where the program holds 1,000,000."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        if "default" in described and "default" in schema:
            with suppress(SchemaError, PydanticSerializationError):  # a model, which pydantic has written rightly
                described["default"] = SchemaSerializer(schema["schema"]).to_python(schema["default"], mode="json")
        return described


def json_schema(model: type[BaseModel] = Scenario) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of files that hold `model`, with one variant for each kind of block."""
    schema = model.model_json_schema(schema_generator=_FileSchema)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema}
