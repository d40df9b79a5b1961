"""Envelopes in the admin: as last known, with all that happened to them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.badges import badge
from django_docusign_connect.admin.filters import (
    EnvelopeStatusFilter,
    NewestValuesFilter,
)
from django_docusign_connect.admin.read_only import (
    ReadOnlyAdmin,
    may,
    may_view,
    shorten_id,
)
from django_docusign_connect.admin.targets import show_target
from django_docusign_connect.admin.times import short_time
from django_docusign_connect.downloads import download_document
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeDocument
from django_docusign_connect.models.search import search

SUBJECT_LENGTH = 80
#: How many messages an envelope's page shows; a link leads to all of them.
MESSAGES = 50
FACTS = (
    "status_badge",
    "voided_reason",
    "subject",
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
class EnvelopeAdmin(ReadOnlyAdmin):
    """Lists envelopes, and shows one with its recipients, timeline and documents."""

    date_hierarchy = "changed_at"
    list_display = [
        "short_subject",
        "status_badge",
        "short_sender",
        "created",
        "sent",
        "completed",
        "changed",
        "short_account",
    ]
    list_filter = [
        ("status", EnvelopeStatusFilter),
        ("account_id", NewestValuesFilter),
    ]
    search_fields = ["envelope_id", "subject", "sender_email", "recipients__email"]
    search_help_text = _(
        "An envelope ID, or the e-mail address of a sender or recipient. A part of a "
        "name, address or subject is searched for in what changed last."
    )
    # Those that have an index.
    sortable_by = ["created", "changed"]

    created = short_time(_("created"), "created_at")
    sent = short_time(_("sent"), "sent_at")
    completed = short_time(_("completed"), "completed_at")
    changed = short_time(_("changed"), "changed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("stamps")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        envelopes: Any = queryset
        found = search(envelopes, search_term) if search_term else envelopes
        return found, False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out what is not known of the envelope."""
        facts = [name for name in FACTS if getattr(obj, name, True)]
        dates = [name for name in DATES if getattr(obj, name, None)]
        return [
            (None, {"fields": facts}),
            (_("Dates"), {"fields": dates, "classes": ["collapse"]}),
        ]

    @admin.display(description=_("subject"))
    def short_subject(self, envelope: Envelope) -> str:
        subject = Truncator(envelope.subject).chars(SUBJECT_LENGTH)
        return subject or str(envelope.envelope_id)

    @admin.display(description=_("status"))
    def status_badge(self, envelope: Envelope) -> SafeString | str:
        return badge(envelope.status)

    @admin.display(description=_("sender"))
    def short_sender(self, envelope: Envelope) -> str:
        return envelope.sender_name or envelope.sender_email

    @admin.display(description=_("account"))
    def short_account(self, envelope: Envelope) -> str:
        return shorten_id(envelope.account_id)

    @admin.display(description=_("sender"))
    def sender(self, envelope: Envelope) -> str:
        name, email = envelope.sender_name, envelope.sender_email
        return f"{name} <{email}>" if name and email else name or email

    @admin.display(description=_("custom fields"))
    def custom_field_list(self, envelope: Envelope) -> SafeString:
        fields = envelope.custom_fields.items()
        return format_html_join("", "<div>{}: {}</div>", fields)

    def details(self, request: HttpRequest, obj: Envelope) -> dict[str, Any]:
        order = F("routing_order").asc(nulls_last=True)
        recipients = obj.recipients.order_by(order, "pk")
        return {
            "target": show_target(obj, request, url_of=self.url_of),
            "recipients": [(row, badge(row.status)) for row in recipients],
            "timeline": obj.events.select_related("recipient"),
            "documents": obj.documents.all(),
            "may_download": may(request, "download_envelopedocument"),
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
