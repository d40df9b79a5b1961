"""The pages of lists that cost no more as their tables grow."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator

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
