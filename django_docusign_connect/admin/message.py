"""Connect messages in the admin: what came, how it was verified, what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin import said, verification
from django_docusign_connect.admin.badges import badge
from django_docusign_connect.admin.bodies import read_body, show
from django_docusign_connect.admin.message_list import MessageListAdmin
from django_docusign_connect.admin.read_only import may, may_view
from django_docusign_connect.admin.times import whole_time
from django_docusign_connect.downloads import download_body
from django_docusign_connect.live.words import event_words
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from django_docusign_connect.models.requeue import UNDONE

#: How many events and receiver runs a message's page shows.
EVENTS = 100
RUNS = 200
FACTS = (
    "status_badge",
    "event_or_format",
    "envelope_page",
    "account_id",
    "whole_received_at",
    "listener",
    "duplicates",
)
RECEIPT = (
    "source",
    "format",
    "configuration_id",
    "whole_generated_at",
    "retry_count",
    "whole_last_received_at",
    "content_type",
    "size",
    "digest",
    "identity",
)
PROCESSING = (
    "whole_processed_at",
    "attempts",
    "whole_next_attempt_at",
    "holder",
    "replays",
)


@admin.register(ConnectMessage)
class ConnectMessageAdmin(MessageListAdmin):
    """Lists messages, shows one with its body, and has them processed again."""

    fieldsets = [
        (None, {"fields": FACTS}),
        (_("Receipt"), {"fields": RECEIPT, "classes": ["collapse"]}),
        (_("Processing"), {"fields": PROCESSING, "classes": ["collapse"]}),
    ]

    whole_received_at = whole_time(_("received at"), "received_at")
    whole_generated_at = whole_time(_("generated at"), "generated_at")
    whole_last_received_at = whole_time(_("last received at"), "last_received_at")
    whole_processed_at = whole_time(_("processed at"), "processed_at")
    whole_next_attempt_at = whole_time(_("next attempt at"), "next_attempt_at")

    @admin.display(description=_("envelope"))
    def envelope_page(self, message: ConnectMessage) -> SafeString | str:
        self.complete([message], ["envelope_link"])
        return self.link_to_envelope(message, str(message.envelope_id or ""))

    @admin.display(description=_("held by a worker"))
    def holder(self, message: ConnectMessage) -> str:
        return gettext("Yes") if message.is_claimed else gettext("No")

    def details(self, request: HttpRequest, obj: ConnectMessage) -> dict[str, Any]:
        brought = EnvelopeEvent.objects.brought_by(obj).select_related("recipient")
        events = list(brought[: EVENTS + 1])
        runs = list(obj.receiver_runs.latest_first()[: RUNS + 1])
        return {
            "may_process": self.has_process_permission(request),
            "may_ignore": obj.status in UNDONE,
            "may_view_envelope": may_view(request, Envelope),
            "events": [(event, event_words(event)) for event in events[:EVENTS]],
            "runs": [
                (run, badge(run.status, run.get_status_display()))
                for run in runs[:RUNS]
            ],
            "has_more_events": len(events) > EVENTS,
            "has_more_runs": len(runs) > RUNS,
            **self._body(request, obj),
        }

    def _body(self, request: HttpRequest, message: ConnectMessage) -> dict[str, Any]:
        """Return the body and what it says, for who may view it, if it is still kept.

        How it was verified is for everybody; whether it is intact, for who may view it.
        """
        if not may(request, "view_connectmessage_body"):
            return {"verification": verification.describe(message, None)}
        body = read_body(message)
        told = {
            "may_view_body": True,
            "verification": verification.describe(message, body),
        }
        if body is None:
            return told
        return {**told, "body": show(body), **said.describe(message, body)}

    def get_urls(self) -> list[URLPattern]:
        download = path(
            "<int:pk>/body/",
            self.admin_site.admin_view(self.download_body),
            name="docusign_connect_connectmessage_body",
        )
        return [download, *super().get_urls()]

    def download_body(self, request: HttpRequest, pk: int) -> FileResponse:
        """Stream a body's bytes exactly as they came."""
        if not may(request, "view_connectmessage_body"):
            raise PermissionDenied
        message: ConnectMessage = self.get_visible(request, pk)
        try:
            return download_body(message)
        except FileNotFoundError as error:
            raise Http404 from error
