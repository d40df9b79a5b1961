"""The admin of messages as a queue: process again, ignore; many of a list, or one."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from django_docusign_connect.admin import processing
from django_docusign_connect.admin.acts import ACTS
from django_docusign_connect.admin.batches import Progress, go_on
from django_docusign_connect.admin.exporting import ExportAdmin
from django_docusign_connect.admin.pages import MOST_ROWS
from django_docusign_connect.admin.read_only import may
from django_docusign_connect.admin.selection import ACROSS, Selection, in_words

TEMPLATE = "admin/docusign_connect/batches.html"
JSON = "application/json"
#: How long a step may take: one that a script asks for, or a person without a script.
STEP, LONG_STEP = 2.0, 20.0


class ProcessingAdmin(ExportAdmin):
    """Has messages processed again or ignored, for who may process them."""

    actions = ["export_selected", "process_again", "ignore"]

    @admin.action(
        description=_("Process selected messages again"), permissions=["process"]
    )
    def process_again(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponseBase | None:
        """Process what is ticked; ask first if it is all of a list, however long."""
        if request.POST.get(ACROSS) == "1":
            return self._ask_to_act(request, "process_again")
        pks = list(queryset.values_list("pk", flat=True))
        processing.process_after_commit(request, pks)
        return None

    @admin.action(description=_("Ignore selected messages…"), permissions=["process"])
    def ignore(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase:
        return self._ask_to_act(request, "ignore")

    def has_process_permission(self, request: HttpRequest) -> bool:
        return may(request, "process_connectmessage")

    def get_urls(self) -> list[URLPattern]:
        name = "docusign_connect_connectmessage"
        site = self.admin_site
        # Each batch is a transaction of its own, and signals are sent outside any.
        act = transaction.non_atomic_requests(site.admin_view(self.act))
        process, ignore = map(site.admin_view, (self.process_one, self.ignore_one))
        return [
            path("act/<slug:name>/", act, name=f"{name}_act"),
            path("<int:pk>/process/", process, name=f"{name}_process"),
            path("<int:pk>/ignore/", ignore, name=f"{name}_ignore"),
            *super().get_urls(),
        ]

    def _ask_to_act(self, request: HttpRequest, name: str) -> HttpResponseBase:
        """Ask whether to do something with what was chosen, and count that."""
        selection = self.selection(request)
        found, fit = ACTS[name].count_rows(selection.rows, MOST_ROWS + 1)
        is_many = found > MOST_ROWS
        count = found if is_many else fit
        told = {"count": count, "size": in_words(count)}
        return self._show(
            request,
            name,
            selection,
            Progress.begin(),
            question=ACTS[name].question % told if fit or is_many else "",
            left=0 if is_many else found - fit,
            total=0 if is_many else found,
        )

    def _show(
        self,
        request: HttpRequest,
        name: str,
        selection: Selection,
        progress: Progress,
        **context: Any,
    ) -> HttpResponseBase:
        return self.show_page(
            request,
            TEMPLATE,
            selection,
            title=ACTS[name].title,
            act=ACTS[name],
            act_url=self.url_of(self.model, "act", name) + selection.query,
            progress=progress,
            notes=[note for _level, note in processing.describe(progress.outcomes)],
            **context,
        )

    @method_decorator(require_POST)
    def act(self, request: HttpRequest, name: str) -> HttpResponseBase:
        """Go on with something for some seconds; then say how far it is."""
        if not self.has_process_permission(request):
            raise PermissionDenied
        if name not in ACTS:
            raise Http404
        progress = Progress.read(request.POST.get("progress", ""))
        try:
            selection = self.selection(request)
        except IncorrectLookupParameters:
            return self.list_without_filters()
        is_script = request.headers.get("Accept") == JSON
        progress = go_on(
            progress,
            selection.rows.order_by(*selection.changelist.newest_first()),
            do=partial(ACTS[name].verb, request),
            by="received_at",
            seconds=STEP if is_script else LONG_STEP,
        )
        if progress.is_finished:
            processing.tell(request, progress.outcomes)
        if is_script:
            return JsonResponse(_as_json(progress))
        if progress.is_finished:
            return redirect(self.url_of(self.model, "changelist") + selection.query)
        return self._show(request, name, selection, progress)

    @method_decorator(require_POST)
    def process_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Process one message again, from the button on its page."""
        return self._act_on_one(request, pk, processing.process_again)

    @method_decorator(require_POST)
    def ignore_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ignore one message, from the button on its page."""
        return self._act_on_one(request, pk, processing.ignore)

    def _act_on_one(
        self, request: HttpRequest, pk: int, verb: processing.Verb
    ) -> HttpResponse:
        message = self.get_visible(request, pk)
        if not self.has_process_permission(request):
            raise PermissionDenied
        processing.do_and_tell(request, verb, [message.pk])
        return redirect(self.page_with_filters(request, message))


def _as_json(progress: Progress) -> dict[str, Any]:
    return {
        "progress": str(progress),
        "done": progress.done,
        "is_finished": progress.is_finished,
        "notes": [note for _level, note in processing.describe(progress.outcomes)],
    }
