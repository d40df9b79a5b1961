"""Lists that cost no more as their tables grow: their pages, and their order."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from django_docusign_connect.admin.filters import NewestValuesFilter
from django_docusign_connect.admin.periods import PeriodChangeList

#: The most rows that a list has. To count all of a table is to read all of it.
MOST_ROWS = 10_000

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator


class BoundedPaginator(AnyPaginator):
    """Counts and shows the first ``MOST_ROWS`` rows; the others are found by a filter.

    So no page is further from the first one than a database skips at once.
    """

    @cached_property
    def count(self) -> int:
        return min(self._found, MOST_ROWS)

    @property
    def is_cut(self) -> bool:
        """Whether there are rows beyond the last page."""
        return self._found > MOST_ROWS

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by().values("pk")[: MOST_ROWS + 1].count()
        return found


class BoundedChangeList(PeriodChangeList):
    """A list in the order of an index, whose rows the model's admin may complete."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        model_admin: Any = self.model_admin
        model_admin.complete(self.result_list)

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Order by one time, in which an index has the rows, and by their keys.

        If it is the time of the list, a filter that leaves one value of a field comes
        first: the index of the field has the same order.
        """
        first = str(super().get_ordering(request, queryset)[0])
        if first == "-pk":
            first = f"-{self.date_hierarchy}"
        sign = "-" if first.startswith("-") else ""
        ordering = [first, f"{sign}pk"]
        if first != f"{sign}{self.date_hierarchy}":
            return ordering
        alone = [
            f"{sign}{one.field_path}"
            for one in self.filter_specs
            if isinstance(one, NewestValuesFilter) and len(one.chosen) == 1
        ]
        return [*alone[:1], *ordering]

    def get_ordering_field(self, field_name: Any) -> Any:
        """Return what a column orders by; nothing if it is not to be sorted by."""
        is_sortable = self.sortable_by is None or field_name in self.sortable_by
        return super().get_ordering_field(field_name) if is_sortable else None
