"""The parameters of the schema, and the headers of answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.contrib.django_filters import DjangoFilterExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field

from django_docusign_connect.api.filters import (
    EnvelopeFilters,
    MessageFilters,
    PairsFilter,
    TextFilter,
    WordsFilter,
)
from django_docusign_connect.api.parameters import MAX_LENGTH

Schema = dict[str, Any]

TEXT = {"type": "string", "pattern": r"^[^\x00]*$", "maxLength": MAX_LENGTH}
PAIR = {**TEXT, "pattern": r"^[^:\x00]+:[^\x00]*$"}
PAIRS = {"type": "array", "items": PAIR}

ENVELOPE_ID = OpenApiParameter("envelope_id", OpenApiTypes.UUID, OpenApiParameter.PATH)
MESSAGE_ID = OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)
RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    int,
    OpenApiParameter.HEADER,
    response=[429],
    description=_("Seconds until a request is answered again."),
)
TAGS = [
    OpenApiParameter(
        "If-None-Match",
        str,
        OpenApiParameter.HEADER,
        description=_("The ETag of the last answer: 304 while nothing changes."),
    ),
    OpenApiParameter(
        "ETag",
        str,
        OpenApiParameter.HEADER,
        response=[200, 304],
        description=_("Changes with whatever is told."),
    ),
]


class ParameterFiltersExtension(DjangoFilterExtension):
    """Tells that a parameter may be blank, as those of a form are."""

    target_class = "django_docusign_connect.api.filters.ParameterFilters"
    priority = 1

    def get_schema_operation_parameters(
        self, auto_schema: AutoSchema, *args: Any, **kwargs: Any
    ) -> list[Schema]:
        parameters: list[Schema] = super().get_schema_operation_parameters(
            auto_schema, *args, **kwargs
        )
        return [{**told, "allowEmptyValue": True} for told in parameters]


def describe_filters(*sets: Any) -> None:
    """Tell what the parameters of text may hold; times and IDs tell it themselves."""
    for field in (field for found in sets for field in found.base_filters.values()):
        schema = PAIRS if isinstance(field, PairsFilter) else TEXT
        description = field.extra.get("help_text", field.label)
        decorate: Any = extend_schema_field({**schema, "description": description})
        if isinstance(field, (PairsFilter, TextFilter, WordsFilter)):
            decorate(field)


describe_filters(EnvelopeFilters, MessageFilters)
