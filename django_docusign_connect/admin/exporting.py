"""The page on which staff export what a list shows; who did is in the admin's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.timezone import localdate
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.export import Export
from django_docusign_connect.admin.selection import SelectingAdmin, Selection
from django_docusign_connect.admin.spreadsheet import usual_separator

TEMPLATE = "admin/docusign_connect/export.html"
#: Characters of a list's filters that the log keeps.
MOST_QUERY = 1000


class SeparatorForm(forms.Form):
    separator = forms.ChoiceField(
        label=_("Cells are separated by"),
        choices={"comma": _("commas"), "semicolon": _("semicolons")},
        help_text=_("Excel takes semicolons where numbers are written with a comma."),
        initial=usual_separator,
    )


class ExportAdmin(SelectingAdmin):
    """Exports a list as CSV, or the rows that were ticked, for who may view it."""

    actions = ["export_selected"]
    #: What is exported for a column: a field, or an attribute of the row or this admin.
    export_sources: Mapping[str, str] = {}
    #: Columns that a file has first, whether or not the list shows them.
    export_first: Sequence[str] = ()

    def get_urls(self) -> list[URLPattern]:
        export = path(
            "export/",
            self.admin_site.admin_view(self.export),
            name=f"docusign_connect_{self.opts.model_name}_export",
        )
        return [export, *super().get_urls()]

    @admin.action(description=_("Export selected %(verbose_name_plural)s as CSV"))
    def export_selected(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponseBase:
        return self.ask_how_to_export(request, self.selection(request), SeparatorForm())

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Ask how it is to be exported; then send the file, and keep who got it."""
        try:
            selection = self.selection(request)
        except IncorrectLookupParameters:
            return self.list_without_filters()
        form = SeparatorForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return self.ask_how_to_export(request, selection, form)
        export = self._prepare(request, selection, form.cleaned_data["separator"])
        self._log(request, selection, export)
        name = f"{self.opts.verbose_name_plural}-{localdate()}.csv"
        return export.response(name.replace(" ", "-").lower())

    def _prepare(
        self, request: HttpRequest, selection: Selection, separator: str = "comma"
    ) -> Export:
        left_out = {"action_checkbox", *self.export_first}
        listed = selection.changelist.list_display
        shown = [*self.export_first, *(one for one in listed if one not in left_out)]
        return Export(
            request=request,
            model_admin=self,
            chosen=selection.rows,
            columns=shown,
            sources=[self.export_sources.get(name, name) for name in shown],
            separator=separator,
        )

    def ask_how_to_export(
        self, request: HttpRequest, selection: Selection, form: SeparatorForm
    ) -> HttpResponseBase:
        return self.show_page(
            request,
            TEMPLATE,
            selection,
            title=_("Export as CSV"),
            form=form,
            headings=self._prepare(request, selection).headings,
            export_url=self.url_of(self.model, "export") + selection.query,
        )

    def _log(self, request: HttpRequest, selection: Selection, export: Export) -> None:
        """Keep who exported how much of what."""
        count = len(export.keys)
        note = ngettext(
            "Exported %(count)s row: %(columns)s.",
            "Exported %(count)s rows: %(columns)s.",
            count,
        )
        told = {
            "count": number_format(count, force_grouping=True),
            "columns": ", ".join(export.headings),
        }
        filters = selection.query[1 : MOST_QUERY + 1]
        LogEntry.objects.create(
            user_id=str(request.user.pk),
            content_type=ContentType.objects.get_for_model(self.model),
            object_repr=str(self.opts.verbose_name_plural)[:200],
            action_flag=CHANGE,
            change_message=" ".join(
                [note % told, gettext("Filters: %s") % filters if filters else ""]
            ).strip(),
        )
