"""The list of envelopes in the admin: its columns, its filters, its search."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.badges import badge
from django_docusign_connect.admin.direction import isolate
from django_docusign_connect.admin.exporting import ExportAdmin
from django_docusign_connect.admin.filters import (
    EnvelopeStatusFilter,
    NewestValuesFilter,
)
from django_docusign_connect.admin.late_filters import (
    CustomFieldFilter,
    EnvelopeFailuresFilter,
    EventFilter,
    ListenerFilter,
)
from django_docusign_connect.admin.periods import PeriodFilter
from django_docusign_connect.admin.read_only import shorten_id
from django_docusign_connect.admin.stages import StageFilter
from django_docusign_connect.admin.times import short_time
from django_docusign_connect.models import Envelope
from django_docusign_connect.models.search import search

SUBJECT_LENGTH = 80
#: How many recipients of an envelope a list names.
RECIPIENTS = 10


class EnvelopeListAdmin(ExportAdmin):
    """Lists envelopes, the one that changed last first."""

    date_hierarchy = "changed_at"
    list_display = [
        "short_subject",
        "status_badge",
        "short_sender",
        "sent",
        "changed",
        "completed",
        "created",
        "short_account",
    ]
    more_columns = [
        "envelope_id",
        "sender_email",
        "recipient_emails",
        "delivered",
        "declined",
        "voided",
        "voided_reason",
        "expires",
        "status_changed",
        "custom_field_texts",
    ]
    export_first = ["envelope_id"]
    export_sources = {
        "short_subject": "subject",
        "status_badge": "status",
        "short_sender": "sender",
        "created": "created_at",
        "sent": "sent_at",
        "completed": "completed_at",
        "changed": "changed_at",
        "short_account": "account_id",
        "recipient_emails": "all_recipient_emails",
        "delivered": "delivered_at",
        "declined": "declined_at",
        "voided": "voided_at",
        "expires": "expires_at",
        "status_changed": "status_changed_at",
        "custom_field_texts": "custom_fields",
    }
    list_filter = [
        ("status", EnvelopeStatusFilter),
        EnvelopeFailuresFilter,
        StageFilter,
        PeriodFilter,
        ("account_id", NewestValuesFilter),
        ListenerFilter,
        EventFilter,
        CustomFieldFilter,
    ]
    search_fields = ["envelope_id", "subject", "sender_email", "recipients__email"]
    search_help_text = _(
        "An envelope ID, or the e-mail address of a sender or recipient. A part of a "
        "name, address or subject is searched for in what changed last."
    )
    # Those that have an index.
    sortable_by = ["created", "changed", "status_changed"]

    created = short_time(_("created"), "created_at")
    sent = short_time(_("sent"), "sent_at")
    completed = short_time(_("completed"), "completed_at")
    changed = short_time(_("changed"), "changed_at")
    delivered = short_time(_("delivered"), "delivered_at")
    declined = short_time(_("declined"), "declined_at")
    voided = short_time(_("voided"), "voided_at")
    expires = short_time(_("expires"), "expires_at")
    status_changed = short_time(_("status changed"), "status_changed_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        envelopes: Any = queryset
        found = search(envelopes, search_term) if search_term else envelopes
        return found, False

    def complete(self, rows: list[Any], columns: Collection[Any]) -> None:
        """Tell each envelope its recipients' addresses, if they are shown."""
        if {"recipient_emails", "all_recipient_emails"}.isdisjoint(columns):
            return
        emails = Envelope.objects.recipient_emails(row.pk for row in rows)
        for row in rows:
            row.recipient_email_list = emails[row.pk]

    @admin.display(description=_("subject"))
    def short_subject(self, envelope: Envelope) -> SafeString | str:
        subject = Truncator(envelope.subject).chars(SUBJECT_LENGTH)
        return isolate(subject) or str(envelope.envelope_id)

    @admin.display(description=_("status"))
    def status_badge(self, envelope: Envelope) -> SafeString | str:
        return badge(envelope.status)

    @admin.display(description=_("sender"))
    def short_sender(self, envelope: Envelope) -> SafeString | str:
        return isolate(envelope.sender_name or envelope.sender_email)

    @admin.display(description=_("sender"))
    def sender(self, envelope: Envelope) -> SafeString | str:
        name, email = isolate(envelope.sender_name), isolate(envelope.sender_email)
        if name and email:
            return format_html("{} &lt;{}&gt;", name, email)
        return name or email

    @admin.display(description=_("account"))
    def short_account(self, envelope: Envelope) -> str:
        return shorten_id(envelope.account_id)

    @admin.display(description=_("recipients"))
    def recipient_emails(self, envelope: Any) -> SafeString:
        emails = envelope.recipient_email_list
        shown = [*map(isolate, emails[:RECIPIENTS])]
        more = ["…"] if len(emails) > RECIPIENTS else []
        return format_html_join(", ", "{}", ((one,) for one in [*shown, *more]))

    @admin.display(description=_("recipients"))
    def all_recipient_emails(self, envelope: Any) -> str:
        return ", ".join(envelope.recipient_email_list)

    @admin.display(description=_("custom fields"))
    def custom_field_texts(self, envelope: Envelope) -> SafeString | str:
        fields = envelope.custom_fields.items()
        text = "; ".join(f"{name}: {value}" for name, value in fields)
        return isolate(Truncator(text).chars(SUBJECT_LENGTH))
