"""Filters by the values of a field, which never look through a whole table for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.badges import LABELS
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.models.lookups import just

NEWEST = 500
#: How many values are links; of what else the newest rows have, one is typed.
OFFERED = 8


def kept_fields(changelist: Any, *names: str) -> list[tuple[str, str]]:
    """Return the parameters of a list but some, which a form of its own gives anew."""
    return [
        (name, value)
        for name, values in changelist.filter_params.items()
        for value in values
        if name not in names
    ]


def takes(list_filter: Any, lookup: str) -> bool:
    """Whether a filter, as an admin names it, takes a lookup of a list's URL."""
    if isinstance(list_filter, str):
        return lookup == list_filter or lookup.startswith(f"{list_filter}__")
    if isinstance(list_filter, (tuple, list)):
        path, kind = list_filter
        is_ours = issubclass(kind, NewestValuesFilter)
        return lookup == path or (not is_ours and takes(path, lookup))
    return lookup == getattr(list_filter, "parameter_name", None)


class NewestValuesFilter(admin.FieldListFilter):
    """Offers the values that a field has most often in the newest rows.

    Any other value can be typed. The model's ordering has an index, so that the choices
    cost the same whatever the table's size.
    """

    template = "admin/docusign_connect/filter.html"
    #: Values that are offered whether or not the newest rows have them.
    known: Mapping[str, Any] = {}

    def expected_parameters(self) -> list[str | None]:
        return [self.field_path]

    @property
    def chosen(self) -> list[str]:
        values: Any = self.used_parameters.get(self.field_path, [])
        return [str(value) for value in values if value]

    @property
    def is_exclusive(self) -> bool:
        """Whether the rows that are left are those of one value, along its index."""
        return len(self.chosen) == 1

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        """Narrow to what is chosen; if it is one value, by the index of the field."""
        if not self.chosen:
            return queryset
        if not self.is_exclusive:
            return super().queryset(request, queryset)
        return queryset.filter(just(self.field_path, self.chosen[0]))

    def choices(self, changelist: Any) -> Iterator[Any]:
        found = changelist.newest_values[self.field_path]
        offered = [value for value, _count in found.most_common(OFFERED)]
        yield {
            "selected": not self.chosen,
            "query_string": changelist.get_query_string(remove=[self.field_path]),
            "display": _("All"),
        }
        for value in sorted({*self.known, *offered, *self.chosen} - {""}):
            yield {
                "selected": value in self.chosen,
                "query_string": changelist.get_query_string({self.field_path: value}),
                "display": self.known.get(value, value),
            }
        if not self.known:
            yield {
                "inputs": [{"name": self.field_path, "label": _("Other:")}],
                "kept": kept_fields(changelist, self.field_path),
                "suggested": sorted(set(found) - {""}),
            }


class EnvelopeStatusFilter(NewestValuesFilter):
    known = LABELS


class MessageStatusFilter(NewestValuesFilter):
    known = {str(status): status.label for status in ConnectMessage.Status}


class UnindexedFilter(NewestValuesFilter):
    """Narrows by a field without an index, and so among the newest rows that are left.

    The list does so by ``narrow``, after all other filters.
    """

    @property
    def is_exclusive(self) -> bool:
        return False

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        return None

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(**{f"{self.field_path}__in": self.chosen})


class MessageFormatFilter(UnindexedFilter):
    known = {str(one): one.label for one in ConnectMessage.Format}
