"""Envelopes in the admin: as last known, with all that happened to them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.badges import badge
from django_docusign_connect.admin.direction import isolate
from django_docusign_connect.admin.envelope_list import EnvelopeListAdmin
from django_docusign_connect.admin.read_only import (
    may,
    may_view,
)
from django_docusign_connect.admin.refreshing import RefreshAdmin
from django_docusign_connect.admin.signals_again import SendAgainAdmin
from django_docusign_connect.admin.standing import Standing
from django_docusign_connect.admin.targets import show_target
from django_docusign_connect.admin.timeline import tell_story
from django_docusign_connect.downloads import download_document
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeDocument

#: How many messages an envelope's page shows; a link leads to all of them.
MESSAGES = 50
FACTS = (
    "status_badge",
    "whole_voided_reason",
    "whole_subject",
    "envelope_id",
    "sender",
    "account_id",
    "custom_field_list",
)
DATES = (
    "created_at",
    "initial_sent_at",
    "sent_at",
    "delivered_at",
    "completed_at",
    "declined_at",
    "voided_at",
    "expires_at",
    "status_changed_at",
    "last_event_at",
    "changed_at",
)


@admin.register(Envelope)
class EnvelopeAdmin(EnvelopeListAdmin, RefreshAdmin, SendAgainAdmin):
    """Lists envelopes, and shows one with its recipients, timeline and documents."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("stamps")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out what is not known of the envelope."""
        facts = [
            name for name in FACTS if getattr(obj, name.removeprefix("whole_"), True)
        ]
        dates = [name for name in DATES if getattr(obj, name, None)]
        return [
            (None, {"fields": facts}),
            (_("Dates"), {"fields": dates, "classes": ["collapse"]}),
        ]

    @admin.display(description=_("subject"))
    def whole_subject(self, envelope: Envelope) -> SafeString | str:
        return isolate(envelope.subject)

    @admin.display(description=_("voided reason"))
    def whole_voided_reason(self, envelope: Envelope) -> SafeString | str:
        return isolate(linebreaksbr(envelope.voided_reason))

    @admin.display(description=_("custom fields"))
    def custom_field_list(self, envelope: Envelope) -> SafeString:
        fields = envelope.custom_fields.items()
        return format_html_join("", "<div><bdi>{}</bdi>: <bdi>{}</bdi></div>", fields)

    def details(self, request: HttpRequest, obj: Envelope) -> dict[str, Any]:
        order = F("routing_order").asc(nulls_last=True)
        recipients = obj.recipients.order_by(order, "pk")
        may_view_messages = may_view(request, ConnectMessage)
        return {
            "target": show_target(obj, request, url_of=self.url_of),
            "recipients": [(row, badge(row.status)) for row in recipients],
            "standing": Standing(envelope=obj, recipients=list(recipients)),
            "story": tell_story(request, obj, with_runs=may_view_messages),
            "documents": obj.documents.all(),
            "may_download": may(request, "download_envelopedocument"),
            "may_send_again": may(request, "process_connectmessage"),
            "may_refresh": self.may_refresh(request, obj),
            **self._messages(request, obj),
        }

    def _messages(self, request: HttpRequest, envelope: Envelope) -> dict[str, Any]:
        """Return the newest messages about an envelope, for who may view messages."""
        may_view_messages = may_view(request, ConnectMessage)
        rows = ConnectMessage.objects.about(envelope).light()[: MESSAGES + 1]
        shown = list(rows) if may_view_messages else []
        url = self.url_of(ConnectMessage, "changelist")
        return {
            "may_view_messages": may_view_messages,
            "connect_messages": [
                (row, badge(row.status, row.get_status_display()))
                for row in shown[:MESSAGES]
            ],
            "has_more_messages": len(shown) > MESSAGES,
            "messages_url": f"{url}?envelope_id={envelope.envelope_id}",
        }

    def get_urls(self) -> list[URLPattern]:
        download = path(
            "<int:pk>/documents/<int:document_pk>/",
            self.admin_site.admin_view(self.download_document),
            name="docusign_connect_envelope_document",
        )
        return [download, *super().get_urls()]

    def download_document(
        self, request: HttpRequest, pk: int, document_pk: int
    ) -> FileResponse:
        """Stream a document; who may not view its envelope gets none of it."""
        if not may(request, "download_envelopedocument"):
            raise PermissionDenied
        envelope: Envelope = self.get_visible(request, pk)
        try:
            return download_document(envelope.documents.get(pk=document_pk))
        except (EnvelopeDocument.DoesNotExist, FileNotFoundError) as error:
            raise Http404 from error
