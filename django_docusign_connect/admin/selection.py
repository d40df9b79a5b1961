"""The rows of a list that somebody chose: by hand, or all that its filters leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext

from django_docusign_connect.admin.columns import ColumnsAdmin
from django_docusign_connect.admin.pages import MOST_ROWS
from django_docusign_connect.admin.wrong_parameters import say_what_is_wrong

ACROSS = "select_across"
MOST_KEY = 2**63 - 1


def read_keys(request: HttpRequest) -> list[int]:
    """Return the keys of the rows that are ticked; BadRequest if one cannot be."""
    texts = request.POST.getlist(ACTION_CHECKBOX_NAME)
    if not all(_is_key(text) for text in texts):
        raise BadRequest("The key of a row is a whole number.")
    return [int(text) for text in texts]


def _is_key(text: str) -> bool:
    is_number = text.isascii() and text.isdecimal() and len(text) <= 19
    return is_number and int(text) <= MOST_KEY


@dataclass(frozen=True)
class Selection:
    """Rows of a list, as its filters leave them at this moment.

    ``keys`` are those that were ticked; None: all are chosen.
    """

    changelist: Any
    keys: Sequence[int] | None

    @property
    def rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.changelist.queryset
        return rows if self.keys is None else rows.filter(pk__in=self.keys)

    @property
    def query(self) -> str:
        """The list's filters and order, as they stand in a URL."""
        text: str = self.changelist.get_query_string()
        return text if len(text) > 1 else ""

    @cached_property
    def count(self) -> int:
        """How many rows there are; of too many, one more than is counted."""
        rows = self.rows.order_by().values("pk")
        return rows[: MOST_ROWS + 1].count()

    @property
    def size(self) -> str:
        """How many rows there are, in words."""
        return in_words(self.count)


def in_words(count: int) -> str:
    """Return a number of rows that were counted, or that there are more."""
    if count <= MOST_ROWS:
        return number_format(count, force_grouping=True)
    most = number_format(MOST_ROWS, force_grouping=True)
    return gettext("more than %(count)s") % {"count": most}


class SelectingAdmin(ColumnsAdmin):
    """A list of which some rows, or all, are chosen for a page of its own."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        read_keys(request)
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list; tell the user if a parameter of its URL is wrong."""
        try:
            return super().get_changelist_instance(request)
        except IncorrectLookupParameters as error:
            say_what_is_wrong(request, self, error)
            raise

    def selection(self, request: HttpRequest) -> Selection:
        """Return what was chosen of the list with the URL's filters.

        PermissionDenied for who may not view it; IncorrectLookupParameters if a filter
        has a value that cannot be.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        keys = read_keys(request)
        is_all = request.method != "POST" or request.POST.get(ACROSS) == "1"
        changelist = self.get_changelist_instance(request)
        return Selection(changelist, None if is_all else keys)

    def list_without_filters(self) -> HttpResponseBase:
        """Return to the list, which says what was wrong in its URL."""
        return redirect(f"{self.url_of(self.model, 'changelist')}?{ERROR_FLAG}=1")

    def show_page(
        self,
        request: HttpRequest,
        template: str,
        selection: Selection,
        **context: Any,
    ) -> HttpResponseBase:
        """Return a page of its own about a selection."""
        request.current_app = self.admin_site.name
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "selection": selection,
            "list_url": self.url_of(self.model, "changelist") + selection.query,
        }
        return TemplateResponse(request, template, shared | context)
