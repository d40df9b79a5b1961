"""Form fields that read the query parameters of the lists.

Blank parameters count as not given. Of one that is given again the last counts, unless
it takes several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django_filters.fields import BaseCSVField, IsoDateTimeField
from django_filters.widgets import CSVWidget

from django_docusign_connect.api.parameters import MAX_LENGTH


def check_texts(texts: Sequence[str]) -> None:
    """Raise ValidationError if texts are longer in all than a parameter may be."""
    if sum(map(len, texts)) > MAX_LENGTH:
        raise forms.ValidationError(
            _("At most %(limit)d characters are allowed."),
            code="max_length",
            params={"limit": MAX_LENGTH},
        )
    for text in texts:
        ProhibitNullCharactersValidator()(text)


class WordsInput(CSVWidget):
    """One input of words with commas; they may come in several parameters as well."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return ",".join(data.getlist(name)).split(",")


class WordsField(BaseCSVField):
    widget = WordsInput

    def clean(self, value: list[str]) -> list[str]:
        check_texts(value)
        return sorted({word for word in super().clean(value) if word})


class TextsInput(forms.MultipleHiddenInput):
    """An input for each of the texts, and one if there is none."""

    input_type = "text"

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> list[str]:
        texts = super().value_from_datadict(data, files, name) or []
        return [text for text in texts if text.strip()]

    def format_value(self, value: Any) -> Any:
        return value or [""]

    def get_context(
        self, name: str, value: Any, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for one in context["widget"]["subwidgets"]:
            one["type"] = self.input_type
        return context

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_{index or 0}"


class PairsField(forms.Field):
    """Reads each ``name:value``; the name ends at the first colon."""

    widget = TextsInput
    default_error_messages = {"invalid": _("Write it as name:value.")}

    def clean(self, value: list[str]) -> list[tuple[str, str]]:
        check_texts(value)
        pairs = [text.partition(":") for text in value]
        if not all(name and colon for name, colon, _value in pairs):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return [(name, text) for name, _colon, text in pairs]


class UtcTimeField(IsoDateTimeField):
    """Reads a time in ISO 8601; one without a zone is taken to be in UTC."""

    default_error_messages = {
        "invalid": _(
            "Write an ISO 8601 time such as 2026-01-31T12:00:00Z; a + is sent as "
            "%(plus)s."
        )
    }

    def to_python(self, value: Any) -> datetime | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            time = parse_datetime(text)
            if time is None:
                raise ValueError(text)
            zone = time.tzinfo or timezone.utc
            return time.replace(tzinfo=zone).astimezone(timezone.utc)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"plus": "%2B"}
            ) from error
