"""Lists that cost no more as their tables grow: their rows, and their order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django import forms
from django.contrib.admin.views.main import SEARCH_VAR, ChangeListSearchForm
from django.db.models import OrderBy, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from django_docusign_connect.admin.filters import (
    NEWEST,
    NewestValuesFilter,
    UnindexedFilter,
    kept_fields,
)
from django_docusign_connect.admin.late_filters import LateFilter
from django_docusign_connect.admin.parameters import MOST_TEXT
from django_docusign_connect.admin.periods import PeriodChangeList

#: How many of the newest rows are looked through for a value that no index finds.
SEARCHED = 10_000
MICROSECOND = timedelta(microseconds=1)

Filter = TypeVar("Filter", bound=NewestValuesFilter)


class BoundedSearchForm(ChangeListSearchForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = forms.CharField(required=False, strip=False, max_length=MOST_TEXT)
        self.fields = {SEARCH_VAR: text}


class BoundedChangeList(PeriodChangeList):
    """A list in the order of an index, whose rows the model's admin may complete."""

    search_form_class = BoundedSearchForm
    #: When the oldest row came that was looked at; None: all were looked at.
    searched_from: datetime | None = None

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: Any = None
    ) -> QuerySet[Any]:
        """Return what all filters leave, those last that look at the newest rows."""
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        filters = [one for one in self.filter_specs if isinstance(one, LateFilter)]
        chosen = [one for one in filters if one.value]
        for late in chosen:
            rows = late.narrow(rows, before=self.end)
        if any(late.finds_few for late in chosen):
            rows = _sorted(rows)
        unindexed = [one for one in self._offering(UnindexedFilter) if one.chosen]
        rows = self._newest(rows) if unindexed else rows
        for one in unindexed:
            rows = one.narrow(rows)
        return rows

    def _offering(self, kind: type[Filter]) -> list[Filter]:
        return [one for one in self.filter_specs if isinstance(one, kind)]

    def _newest(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to the newest rows; those that came at once stay."""
        time = str(self.date_hierarchy)
        times = rows.order_by(*self.newest_first()).values_list(time, flat=True)
        for oldest in times[SEARCHED - 1 : SEARCHED]:
            self.searched_from = oldest
            return rows.filter(**{f"{time}__gte": oldest})
        return rows

    def newest_first(self) -> list[str]:
        """Return the order of the list's time, as an index has it.

        A filter that leaves one value of a field comes first: the index of the field
        has the same order.
        """
        return [*self._sole("-"), f"-{self.date_hierarchy}", "-pk"]

    def _sole(self, sign: str) -> list[str]:
        return [
            f"{sign}{one.field_path}"
            for one in self._offering(NewestValuesFilter)
            if one.is_exclusive
        ][:1]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        model_admin: Any = self.model_admin
        model_admin.complete(self.result_list, self.list_display)

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Order by one time, in which an index has the rows, and by their keys."""
        first = str(super().get_ordering(request, queryset)[0])
        if first == "-pk":
            first = f"-{self.date_hierarchy}"
        sign = "-" if first.startswith("-") else ""
        self.is_newest_first = first == f"-{self.date_hierarchy}"
        sole = self._sole(sign) if first == f"{sign}{self.date_hierarchy}" else []
        return [*sole, first, f"{sign}pk"]

    def get_ordering_field(self, field_name: Any) -> Any:
        """Return what a column orders by; nothing if it is not to be sorted by."""
        is_sortable = self.sortable_by is None or field_name in self.sortable_by
        return super().get_ordering_field(field_name) if is_sortable else None

    @property
    def columns(self) -> list[Any]:
        """What the user may choose to see."""
        model_admin: Any = self.model_admin
        return list(model_admin.columns(self.list_display))

    @property
    def kept_by_search(self) -> list[tuple[str, str]]:
        """What stays when something else is searched for."""
        return kept_fields(self, SEARCH_VAR)

    @cached_property
    def newest_values(self) -> Mapping[str, Counter[str]]:
        """The values in the newest rows of the fields that filters offer."""
        names = [one.field_path for one in self._offering(NewestValuesFilter)]
        rows = list(self.root_queryset.values_list(*names)[:NEWEST])
        columns = zip(*rows, strict=True) if rows else ([] for _ in names)
        return dict(zip(names, map(Counter, columns), strict=True))

    @property
    def older(self) -> str | None:
        """The query string of what is beyond the end of the list.

        None if nothing is, or while there are pages before the end.
        """
        pages: Any = self.paginator
        if self.searched_from or not self.is_newest_first:
            return self._before(self.searched_from) if self.searched_from else None
        if not pages.is_cut or self.page_num < pages.num_pages:
            return None
        return self._before(getattr(self.result_list[-1], str(self.date_hierarchy)))

    def _before(self, end: datetime) -> str:
        """Return the query string of the rows until a time, that moment included."""
        time = str(self.date_hierarchy)
        bounds = {f"{time}__lt": (end + MICROSECOND).isoformat()}
        if self.start:
            bounds[f"{time}__gte"] = self.start.isoformat()
        return self.get_query_string(bounds, [f"{time}__"])


def _sorted(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Order rows that are few as they are, but along no index.

    PostgreSQL would walk along it until it has met enough of them, or has read it all.
    """
    names = map(str, rows.query.order_by)
    return rows.order_by(*map(_apart, names))


def _apart(name: str) -> OrderBy:
    same = name.removeprefix("-")
    return OrderBy(Coalesce(same, same), descending=name != same)
