"""The dashboard: envelopes, messages and listeners at a glance, on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from django_docusign_connect.admin import (
    envelope_panels,
    listener_panels,
    message_panels,
    processing,
)
from django_docusign_connect.admin.choice import PERIODS, Choice, Links
from django_docusign_connect.admin.read_only import ReadOnlyAdmin, may, may_view
from django_docusign_connect.conf import get_settings
from django_docusign_connect.messages.text import as_number
from django_docusign_connect.models import ConnectMessage, Dashboard, Envelope
from django_docusign_connect.models.message_counts import undone_of
from django_docusign_connect.models.tracing import FAILURES

#: How many messages one click has processed again; a list's action takes more.
AT_ONCE = 200


@admin.register(Dashboard)
class DashboardAdmin(ReadOnlyAdmin):
    """A page in the place of a list, for who may view envelopes or messages."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_view(request, Envelope) or may_view(request, ConnectMessage)

    def get_urls(self) -> list[URLPattern]:
        name = "docusign_connect_dashboard"
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.show), name=f"{name}_changelist"),
            path("process/", wrap(self.process_again), name=f"{name}_process"),
        ]

    @method_decorator(require_GET)
    def show(self, request: HttpRequest) -> HttpResponse:
        """Show what the query chooses."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        choice = Choice.of(request.GET)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Dashboard"),
            "media": self.media,
            "choice": choice,
            "periods": PERIODS,
            "now": timezone.now(),
            "may_view_envelopes": may_view(request, Envelope),
            "may_view_messages": may_view(request, ConnectMessage),
            "may_process": self._may_process(request),
            "most_at_once": AT_ONCE,
            **self._panels(request, choice),
        }
        accounts = {*context.pop("seen_accounts", ()), *_accepted_accounts()}
        context["accounts"] = sorted(accounts)
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, "admin/docusign_connect/dashboard.html", context
        )

    def _panels(self, request: HttpRequest, choice: Choice) -> dict[str, Any]:
        envelopes_url = self.url_of(Envelope, "changelist")
        messages_url = self.url_of(ConnectMessage, "changelist")
        links = Links(choice=choice, envelopes=envelopes_url, messages=messages_url)
        found = {"listener_slugs": list(get_settings().listeners())}
        if may_view(request, Envelope):
            found |= envelope_panels.describe(choice, links, url_of=self.url_of)
        if may_view(request, ConnectMessage):
            found |= message_panels.describe(choice, links, url_of=self.url_of)
            found |= listener_panels.describe(choice, messages_url)
        return found

    @method_decorator(require_POST)
    def process_again(self, request: HttpRequest) -> HttpResponse:
        """Process one message again, or those that failed of what is chosen."""
        if not self._may_process(request):
            raise PermissionDenied
        choice = Choice.of(request.POST)
        chosen = {} if "pk" in request.POST else choice.lookups
        failing = undone_of(chosen).filter(status__in=FAILURES)
        if "pk" in request.POST:
            failing = failing.filter(pk=as_number(request.POST["pk"]) or 0)
        rows = failing.order_by("status", "received_at").values_list("pk", flat=True)
        if keys := list(rows[:AT_ONCE]):
            processing.do_and_tell(request, processing.process_again, keys)
        else:
            note = gettext("Nothing was left to be processed again.")
            messages.info(request, note)
        return redirect(f"{self.url_of(Dashboard, 'changelist')}?{choice.query}")

    def _may_process(self, request: HttpRequest) -> bool:
        may_process = may(request, "process_connectmessage")
        return may_process and may_view(request, ConnectMessage)


def _accepted_accounts() -> set[str]:
    """Return the accounts that the settings name."""
    found = get_settings().listeners().values()
    return {account for listener in found for account in listener.ACCOUNT_IDS}
