"""The components of the schema, one for each serializer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema

from django_docusign_connect.models import ConnectMessage

Schema = dict[str, Any]


class RowSerializerExtension(OpenApiSerializerExtension):
    """Keeps the app's components apart from those of the project."""

    target_class = "django_docusign_connect.api.serializers.RowSerializer"
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: Any) -> str:
        name = auto_schema._get_serializer_name(
            self.target, direction, bypass_extensions=True
        )
        return f"Connect{name}"

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> Schema:
        schema = auto_schema._map_serializer(
            self.target, direction, bypass_extensions=True
        )
        model = self.target.Meta.model
        for name, told in schema["properties"].items():
            if "enum" in told:
                field = model._meta.get_field(name)
                schema["properties"][name] = _choices(told, field)
        return dict(schema)


def _choices(told: Schema, field: Any) -> Schema:
    """Return the schema of a field with choices.

    What a sender chooses may be a word that is not known yet. An enumeration is put
    one level down, for drf-spectacular would make it a component of the field's name.
    """
    if field.model is not ConnectMessage:
        return {key: value for key, value in told.items() if "enum" not in key}
    blank = [""] if field.blank else []
    values = {"type": "string", "enum": [*told.pop("enum"), *blank]}
    return {"readOnly": True, "description": told["description"], "allOf": [values]}
