"""Filters of lists that never look through a whole table for their choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.badges import LABELS
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.models.lookups import just

NEWEST = 500


class NewestValuesFilter(admin.FieldListFilter):
    """Offers the values that a field has in the newest rows.

    A value that only older rows have can be given in the URL. The model's ordering
    has an index, so that the choices cost the same whatever the table's size.
    """

    #: Values that are offered whether or not the newest rows have them.
    known: Mapping[str, Any] = {}

    def expected_parameters(self) -> list[str | None]:
        return [self.field_path]

    @property
    def chosen(self) -> list[str]:
        values: Any = self.used_parameters.get(self.field_path, [])
        return [str(value) for value in values]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        """Narrow to what is chosen; if it is one value, by the index of the field."""
        if len(self.chosen) != 1:
            return super().queryset(request, queryset)
        return queryset.filter(just(self.field_path, self.chosen[0]))

    def values(self, changelist: ChangeList) -> list[str]:
        rows = changelist.model_admin.get_queryset(self.request)
        newest: Iterable[str] = rows.values_list(self.field_path, flat=True)[:NEWEST]
        return sorted({*self.known, *newest, *self.chosen} - {""})

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        yield {
            "selected": not self.chosen,
            "query_string": changelist.get_query_string(remove=[self.field_path]),
            "display": _("All"),
        }
        for value in self.values(changelist):
            yield {
                "selected": value in self.chosen,
                "query_string": changelist.get_query_string({self.field_path: value}),
                "display": self.known.get(value, value),
            }


class EnvelopeStatusFilter(NewestValuesFilter):
    known = LABELS


class MessageStatusFilter(NewestValuesFilter):
    known = {str(status): status.label for status in ConnectMessage.Status}
