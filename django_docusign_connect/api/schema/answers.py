"""What the paths of the API answer, and how they refuse."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from django_docusign_connect.api.schema.parameters import RETRY_AFTER

ERROR = inline_serializer("ConnectError", {"detail": serializers.CharField()})
WRONG_PARAMETERS = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
    "example": {"page_size": ["Write a whole number from 1 upwards."]},
}
REFUSALS = {
    401: OpenApiResponse(ERROR, _("Not signed in, or with wrong credentials.")),
    403: OpenApiResponse(ERROR, _("Not signed in, or without the permission.")),
    429: OpenApiResponse(ERROR, _("Throttled by the project.")),
}
WRONG = {400: OpenApiResponse(WRONG_PARAMETERS, _("What is wrong, by parameter."))}
MISSING = {404: OpenApiResponse(ERROR, _("Unknown, or hidden from the user."))}
UNCHANGED = {304: OpenApiResponse(None, _("Nothing changed since."))}

NO_STREAM = {204: OpenApiResponse(None, _("No stream under WSGI: ask for JSON."))}


def answers(text: Any, permission: str, **options: Any) -> Any:
    """Describe a path: what it gives, the permission it takes, how it refuses."""
    takes = _("Takes the permission")
    return extend_schema(
        description=format_lazy(
            "{} {} `docusign_connect.{}`.", text, takes, permission
        ),
        responses=options.pop("responses") | REFUSALS,
        tags=["messages" if "connectmessage" in permission else "envelopes"],
        parameters=[*options.pop("parameters", []), RETRY_AFTER],
        **options,
    )


def gives_file(text: Any, permission: str, *types: str, parameters: Any) -> Any:
    """Describe a path that gives a file of one of these types."""
    files: Any = {
        (200, kind): OpenApiTypes.ANY if "json" in kind else OpenApiTypes.BINARY
        for kind in types
    }
    return answers(text, permission, parameters=parameters, responses=files | MISSING)
