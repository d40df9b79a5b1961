"""Filters of lists that never look through a whole table for their choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Field, Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.badges import LABELS

NEWEST = 500


class NewestValuesFilter(admin.FieldListFilter):
    """Offers the values that a field has in the newest rows.

    A value that only older rows have can be given in the URL. The model's ordering
    has an index, so that the choices cost the same whatever the table's size.
    """

    #: Values that are offered whether or not the newest rows have them.
    known: Mapping[str, Any] = {}

    def __init__(
        self,
        field: Field[Any, Any],
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
        field_path: str,
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        newest = model_admin.get_queryset(request)
        values: Iterable[str] = newest.values_list(field.name, flat=True)[:NEWEST]
        self.values = sorted({*self.known, *values, *self.chosen} - {""})

    def expected_parameters(self) -> list[str | None]:
        return [self.field_path]

    @property
    def chosen(self) -> list[str]:
        values: Any = self.used_parameters.get(self.field_path, [])
        return [str(value) for value in values]

    def has_output(self) -> bool:
        return len(self.values) > 1 or bool(self.chosen)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        yield {
            "selected": not self.chosen,
            "query_string": changelist.get_query_string(remove=[self.field_path]),
            "display": _("All"),
        }
        for value in self.values:
            yield {
                "selected": value in self.chosen,
                "query_string": changelist.get_query_string({self.field_path: value}),
                "display": self.known.get(value, value),
            }


class EnvelopeStatusFilter(NewestValuesFilter):
    known = LABELS
