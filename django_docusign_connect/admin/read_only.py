"""What the admin's pages share: rows are read there, never written."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator

from django_docusign_connect.admin.change_list import BoundedChangeList
from django_docusign_connect.admin.filters import takes
from django_docusign_connect.admin.pages import BoundedPaginator
from django_docusign_connect.admin.parameters import is_answered
from django_docusign_connect.admin.periods import UNITS

ID_LENGTH = 9

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Lists rows and shows each with its details; Connect alone writes them.

    What a list costs does not grow with the table.
    """

    list_per_page = 50
    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False

    class Media:
        css = {"all": ["docusign_connect/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_changelist(
        self, request: HttpRequest, **kwargs: Any
    ) -> type[BoundedChangeList]:
        return BoundedChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow what the filters offer and what an index answers.

        Refuse NUL, which PostgreSQL does not take.
        """
        if "\0" in value or not super().lookup_allowed(lookup, value, request):
            return False
        periods = {f"{self.date_hierarchy}__{unit}" for unit in UNITS}
        is_offered = any(takes(one, lookup) for one in self.get_list_filter(request))
        return is_offered or lookup in periods or is_answered(self.model, lookup)

    def complete(self, rows: list[Any], columns: Collection[Any]) -> None:
        """Add to the rows of a list's page what some columns show beside the fields."""

    def columns(self, shown: Sequence[Any]) -> Iterable[Any]:
        """Return the columns that a user may choose from, none as long as none may."""
        return ()

    @abstractmethod
    def details(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Return what the template shows of a row beside its fields."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= self.details(request, context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    def get_visible(self, request: HttpRequest, pk: int) -> Any:
        """Return a row that the user may see; Http404 if there is none."""
        row = self.get_object(request, str(pk))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def url_of(self, model: type[Model], page: str, *args: object) -> str:
        """Return the URL of one of this site's pages; NoReverseMatch if it has none."""
        opts = model._meta
        name = f"{self.admin_site.name}:{opts.app_label}_{opts.model_name}_{page}"
        return reverse(name, args=args)

    def page_with_filters(self, request: HttpRequest, row: Model) -> str:
        """Return the URL of a row's page that leads back to the list as it was."""
        kept = self.get_preserved_filters(request)
        context: Any = {"opts": self.opts, "preserved_filters": kept}
        page = self.url_of(self.model, "change", row.pk)
        url: str = add_preserved_filters(context, page)
        return url


def shorten_id(text: str) -> str:
    """Return the start of a GUID, by which a person tells it from others."""
    return Truncator(text).chars(ID_LENGTH)


def may(request: HttpRequest, permission: str) -> bool:
    """Whether the user has a permission of this app, given by its codename."""
    return request.user.has_perm(f"docusign_connect.{permission}")


def may_view(request: HttpRequest, model: type[Model]) -> bool:
    opts = model._meta
    return request.user.has_perm(f"{opts.app_label}.view_{opts.model_name}")
