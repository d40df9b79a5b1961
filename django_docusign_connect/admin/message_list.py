"""The list of messages in the admin: its columns, its filters, its search."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.actions import ProcessingAdmin
from django_docusign_connect.admin.badges import badge
from django_docusign_connect.admin.filters import (
    MessageFormatFilter,
    MessageStatusFilter,
    NewestValuesFilter,
    UnindexedFilter,
)
from django_docusign_connect.admin.late_filters import MessageFailuresFilter
from django_docusign_connect.admin.periods import PeriodFilter
from django_docusign_connect.admin.read_only import shorten_id
from django_docusign_connect.admin.times import exact_time
from django_docusign_connect.models import ConnectMessage, Envelope

ERROR_LENGTH = 80
BODY_FIELDS = ("inline_body", "body_file")


class MessageListAdmin(ProcessingAdmin):
    """Lists messages, the one that came last first."""

    date_hierarchy = "received_at"
    list_display = [
        "received",
        "status_badge",
        "event_or_format",
        "envelope_link",
        "short_error",
        "attempts",
        "duplicates",
        "listener",
        "short_account",
    ]
    more_columns = [
        "format",
        "source",
        "generated",
        "processed",
        "last_received",
        "retry_count",
        "configuration_id",
        "key_fingerprint",
        "size",
        "digest",
    ]
    export_sources = {
        "received": "received_at",
        "status_badge": "status",
        "event_or_format": "event",
        "envelope_link": "envelope_id",
        "short_error": "error",
        "short_account": "account_id",
        "generated": "generated_at",
        "processed": "processed_at",
        "last_received": "last_received_at",
    }
    list_filter = [
        ("status", MessageStatusFilter),
        MessageFailuresFilter,
        PeriodFilter,
        ("event", NewestValuesFilter),
        ("listener", NewestValuesFilter),
        ("account_id", UnindexedFilter),
        ("format", MessageFormatFilter),
        ("key_fingerprint", NewestValuesFilter),
    ]
    search_fields = ["envelope_id", "event"]
    search_help_text = _("An envelope ID, or the name of an event or a part of it.")
    # Those that have an index.
    sortable_by = ["received"]

    received = exact_time(_("received at"), "received_at")
    generated = exact_time(_("generated"), "generated_at")
    processed = exact_time(_("processed"), "processed_at")
    last_received = exact_time(_("last received"), "last_received_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        visible: QuerySet[Any] = rows.light()
        return visible

    def complete(self, rows: list[Any], columns: Collection[Any]) -> None:
        """Tell each message the key of its envelope's row, if it is to link there.

        For all of them at once, and not by a subquery: PostgreSQL takes that for so
        dear that it cares no more which index it reads the messages by.
        """
        if "envelope_link" not in columns:
            return
        keys = Envelope.objects.keys_of(row.envelope_id for row in rows)
        for row in rows:
            row.envelope_pk = keys.get(row.envelope_id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        found: Any = queryset
        return (found.search(search_term) if search_term else found), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Refuse to filter by the body, which would tell of it bit by bit."""
        is_body = lookup.startswith(BODY_FIELDS)
        return not is_body and super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("status"))
    def status_badge(self, message: ConnectMessage) -> SafeString | str:
        return badge(message.status, message.get_status_display())

    @admin.display(description=_("event"))
    def event_or_format(self, message: ConnectMessage) -> str:
        return message.event or message.get_format_display() or gettext("unreadable")

    @admin.display(description=_("envelope"))
    def envelope_link(self, message: ConnectMessage) -> SafeString | str:
        return self.link_to_envelope(
            message, shorten_id(str(message.envelope_id or ""))
        )

    def link_to_envelope(self, message: ConnectMessage, text: str) -> SafeString | str:
        """Link to the envelope's page; there is none before the first is processed."""
        pk = getattr(message, "envelope_pk", None)
        if pk is None:
            return text
        url = self.url_of(Envelope, "change", pk)
        return format_html('<a href="{}">{}</a>', url, text)

    @admin.display(description=_("account"))
    def short_account(self, message: ConnectMessage) -> str:
        return shorten_id(message.account_id)

    @admin.display(description=_("error"))
    def short_error(self, message: ConnectMessage) -> str:
        return Truncator(message.error).chars(ERROR_LENGTH)
