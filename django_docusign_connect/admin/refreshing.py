"""The button that asks DocuSign how an envelope is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.failures_of_api import explain
from django_docusign_connect.admin.read_only import ReadOnlyAdmin, may
from django_docusign_connect.client.credentials import get_access
from django_docusign_connect.client.failures import ApiFailure
from django_docusign_connect.client.refresh import Refreshed, refresh
from django_docusign_connect.models import ConnectMessage, Envelope

Status = ConnectMessage.Status
#: What the user is told of an answer that is no repeat and tells of no new event.
NOTES: dict[str, tuple[int, Any]] = {
    Status.PROCESSED: (
        messages.SUCCESS,
        _("DocuSign answered. No event was new; the envelope is as DocuSign has it."),
    ),
    Status.PENDING: (
        messages.SUCCESS,
        _("DocuSign answered. The answer will be processed as any message."),
    ),
    Status.IGNORED: (
        messages.WARNING,
        _("DocuSign answered, but the answer was ignored; its message says why."),
    ),
}
FAILED = (
    messages.ERROR,
    _("DocuSign answered, but processing the answer failed; its message says why."),
)


class RefreshAdmin(ReadOnlyAdmin):
    """Asks DocuSign's API about one envelope, for who may process messages again."""

    def may_refresh(self, request: HttpRequest, envelope: Envelope) -> bool:
        """Whether the user may ask, and the API is set up for the account."""
        is_allowed = may(request, "process_connectmessage")
        return is_allowed and get_access(envelope.account_id) is not None

    def get_urls(self) -> list[URLPattern]:
        refresh_page = path(
            "<int:pk>/refresh/",
            self.admin_site.admin_view(self.refresh),
            name="docusign_connect_envelope_refresh",
        )
        return [refresh_page, *super().get_urls()]

    # A message is to be committed before it is processed, and its signals are sent
    # outside a transaction.
    @transaction.non_atomic_requests
    def refresh(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, and tell the user what came of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        envelope: Envelope = self.get_visible(request, pk)
        if not may(request, "process_connectmessage"):
            raise PermissionDenied
        try:
            refreshed = refresh(envelope)
        except ApiFailure as failure:
            messages.error(request, explain(failure))
        else:
            self.log_change(request, envelope, gettext("Refreshed from DocuSign."))
            level, note = _note(refreshed)
            messages.add_message(request, level, note)
        return redirect(self.url_of(self.model, "change", envelope.pk))


def _note(refreshed: Refreshed) -> tuple[int, str]:
    if not refreshed.is_new:
        return messages.INFO, gettext(
            "DocuSign says nothing new: its answer is one that is kept already."
        )
    if count := refreshed.count_events():
        note = ngettext(
            "DocuSign told of %(count)d new event.",
            "DocuSign told of %(count)d new events.",
            count,
        )
        return messages.SUCCESS, note % {"count": count}
    level, text = NOTES.get(refreshed.message.status, FAILED)
    return level, str(text)
