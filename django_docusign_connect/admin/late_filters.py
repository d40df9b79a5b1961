"""Filters of lists that are applied last: to what the others and the search leave.

They find the newest of many rows, and would find them in vain where another filter
leaves older ones alone.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.filters import kept_fields
from django_docusign_connect.admin.parameters import MOST_TEXT, WrongParameter
from django_docusign_connect.conf import get_settings
from django_docusign_connect.messages.events import KNOWN_EVENTS
from django_docusign_connect.models import tracing


class LateFilter(admin.ListFilter):
    """A filter with one parameter, by which ``narrow`` narrows what is left."""

    template = "admin/docusign_connect/filter.html"
    parameter_name = ""
    #: Whether what it finds are keys, the newest of too many.
    finds_few = True

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Any],
        model_admin: Any,
    ) -> None:
        super().__init__(request, params, model, model_admin)
        given: list[str] = params.pop(self.parameter_name, [])
        self.value = given[-1].strip() if given else ""
        if self.value:
            self.used_parameters[self.parameter_name] = self.value
            self.check()

    def check(self) -> None:
        """Raise WrongParameter of a value that cannot be."""
        if len(self.value) > MOST_TEXT:
            raise WrongParameter(self.parameter_name)

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        """Leave the rows as they are for now."""
        return None

    @abstractmethod
    def narrow(self, rows: Any, *, before: datetime | None) -> QuerySet[Any]:
        """Narrow to what the value says; the rows are of a time before another."""


class TypedFilter(LateFilter):
    """Takes any value that is typed, and suggests some."""

    label: Any = _("Exactly:")
    placeholder: Any = ""

    def suggested(self) -> Iterable[str]:
        return ()

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        if self.value:
            rest = changelist.get_query_string(remove=[self.parameter_name])
            yield {"selected": False, "query_string": rest, "display": _("All")}
        yield {
            "inputs": [
                {
                    "name": self.parameter_name,
                    "label": self.label,
                    "value": self.value,
                    "placeholder": self.placeholder,
                }
            ],
            "kept": kept_fields(changelist, self.parameter_name),
            "suggested": self.suggested(),
        }


class ListenerFilter(TypedFilter):
    title = _("listener")
    parameter_name = "listener"

    def suggested(self) -> Iterable[str]:
        return get_settings().listeners()

    def narrow(self, rows: Any, *, before: datetime | None) -> QuerySet[Any]:
        return tracing.heard_by(rows, self.value, before=before)


class EventFilter(TypedFilter):
    title = _("event")
    parameter_name = "event"
    placeholder = "recipient-declined"

    def suggested(self) -> Iterable[str]:
        return sorted(KNOWN_EVENTS)

    def narrow(self, rows: Any, *, before: datetime | None) -> QuerySet[Any]:
        return tracing.with_event(rows, self.value, before=before)


class CustomFieldFilter(TypedFilter):
    title = _("custom field")
    parameter_name = "custom_field"
    label = _("Name and value:")
    placeholder = _("name:value")
    finds_few = False

    def check(self) -> None:
        super().check()
        name, colon, _value = self.value.partition(":")
        if not (name and colon):
            note = gettext("Write a custom field as name:value, with all of its value.")
            messages.error(self.request, note)
            raise WrongParameter(self.parameter_name)

    def narrow(self, rows: Any, *, before: datetime | None) -> QuerySet[Any]:
        name, _colon, value = self.value.partition(":")
        found: QuerySet[Any] = rows.with_custom_field(name, value)
        return found


class FailuresFilter(LateFilter):
    title = _("failures")
    parameter_name = "failures"
    YES = "yes"

    def check(self) -> None:
        if self.value != self.YES:
            raise WrongParameter(self.parameter_name)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        name = self.parameter_name
        yield {
            "selected": not self.value,
            "query_string": changelist.get_query_string(remove=[name]),
            "display": _("All"),
        }
        yield {
            "selected": bool(self.value),
            "query_string": changelist.get_query_string({name: self.YES}),
            "display": _("With failures"),
        }


class EnvelopeFailuresFilter(FailuresFilter):
    def narrow(self, rows: Any, *, before: datetime | None) -> QuerySet[Any]:
        return tracing.with_failures(rows, before=before)


class MessageFailuresFilter(FailuresFilter):
    def narrow(self, rows: Any, *, before: datetime | None) -> QuerySet[Any]:
        return tracing.failing(rows)
