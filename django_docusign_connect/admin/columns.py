"""The columns of a list: each member of staff chooses those that they see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from django_docusign_connect.admin.read_only import ReadOnlyAdmin
from django_docusign_connect.models import ListColumns

#: The parameter of a list's order, which counts columns.
ORDER = "o"


class Column(NamedTuple):
    name: str
    label: str
    is_shown: bool


def name_of(column: Any) -> str:
    """Return what a column is called: a name, or that of the function that it is."""
    return column if isinstance(column, str) else str(column.__name__)


class ColumnsAdmin(ReadOnlyAdmin):
    """Shows the columns that its user chose, of ``list_display`` and some more."""

    #: Columns that nobody sees who has not chosen them.
    more_columns: Sequence[str] = ()

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return what the user chose, of what there still is; else ``list_display``."""
        own = ListColumns.objects.of(str(request.user.pk), self.opts.label_lower)
        chosen = [column for column in self.all_columns if name_of(column) in own]
        return chosen or self.list_display

    @property
    def all_columns(self) -> list[Any]:
        return [*self.list_display, *self.more_columns]

    def columns(self, shown: Sequence[Any]) -> Iterator[Column]:
        """Yield each column that there is, with its heading."""
        for column in self.all_columns:
            label = capfirst(str(label_for_field(column, self.model, self)))
            yield Column(name_of(column), label, column in shown)

    def get_urls(self) -> list[URLPattern]:
        choose = path(
            "columns/",
            self.admin_site.admin_view(self.choose_columns),
            name=f"docusign_connect_{self.opts.model_name}_columns",
        )
        return [choose, *super().get_urls()]

    @method_decorator(require_POST)
    def choose_columns(self, request: HttpRequest) -> HttpResponse:
        """Keep which columns the user wants to see, and show the list as it was."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        chosen = set(request.POST.getlist("columns"))
        known = [name for name in map(name_of, self.all_columns) if name in chosen]
        if "reset" in request.POST:
            known = []
        elif not known:
            note = gettext("A list shows at least one column. Nothing has changed.")
            messages.warning(request, note)
            return self.back_to_list(request)
        ListColumns.objects.keep(str(request.user.pk), self.opts.label_lower, known)
        messages.success(request, gettext("These columns are kept for you."))
        return self.back_to_list(request)

    def back_to_list(self, request: HttpRequest) -> HttpResponse:
        """Return to the list with the filters that it had, in its own order."""
        query = QueryDict(request.POST.get("query", ""), mutable=True)
        query.pop(ORDER, None)
        url = self.url_of(self.model, "changelist")
        return redirect(f"{url}?{query.urlencode()}" if query else url)
