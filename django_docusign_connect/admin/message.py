"""Connect messages in the admin: what came, how it was verified, what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.actions import ProcessingAdmin
from django_docusign_connect.admin.badges import badge
from django_docusign_connect.admin.bodies import open_body, show
from django_docusign_connect.admin.filters import (
    MessageStatusFilter,
    NewestValuesFilter,
)
from django_docusign_connect.admin.read_only import may, shorten_id
from django_docusign_connect.downloads import download_body
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from django_docusign_connect.models.requeue import UNDONE

ERROR_LENGTH = 80
#: How many receiver runs a message's page shows.
RUNS = 200
FACTS = (
    "status_badge",
    "event_or_format",
    "envelope_page",
    "account_id",
    "received_at",
    "verification",
    "listener",
    "duplicates",
)
RECEIPT = (
    "source",
    "format",
    "configuration_id",
    "generated_at",
    "retry_count",
    "last_received_at",
    "content_type",
    "size",
    "digest",
    "identity",
)
PROCESSING = ("processed_at", "attempts", "next_attempt_at", "holder", "replays")
BODY_FIELDS = ("inline_body", "body_file")


@admin.register(ConnectMessage)
class ConnectMessageAdmin(ProcessingAdmin):
    """Lists messages, shows one with its body, and has them processed again."""

    date_hierarchy = "received_at"
    list_display = [
        "received_at",
        "status_badge",
        "event_or_format",
        "envelope_link",
        "short_error",
        "attempts",
        "duplicates",
        "listener",
        "short_account",
    ]
    list_filter = [
        ("status", MessageStatusFilter),
        ("event", NewestValuesFilter),
        ("listener", NewestValuesFilter),
        ("key_fingerprint", NewestValuesFilter),
    ]
    search_fields = ["envelope_id", "event"]
    search_help_text = _("An envelope ID, or the name of an event or a part of it.")
    # Those that have an index.
    sortable_by = ["received_at"]
    fieldsets = [
        (None, {"fields": FACTS}),
        (_("Receipt"), {"fields": RECEIPT, "classes": ["collapse"]}),
        (_("Processing"), {"fields": PROCESSING, "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: Any = super().get_queryset(request)
        visible: QuerySet[Any] = rows.light()
        return visible

    def complete(self, rows: list[Any]) -> None:
        """Tell each message of a page the key of its envelope's row.

        For all of them at once, and not by a subquery: PostgreSQL takes that for so
        dear that it cares no more which index it reads the messages by.
        """
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
        return self._link(message, shorten_id(str(message.envelope_id or "")))

    @admin.display(description=_("envelope"))
    def envelope_page(self, message: ConnectMessage) -> SafeString | str:
        self.complete([message])
        return self._link(message, str(message.envelope_id or ""))

    def _link(self, message: ConnectMessage, text: str) -> SafeString | str:
        """Link to the envelope's page; there is none before the first is processed."""
        pk = getattr(message, "envelope_pk", None)
        if pk is None:
            return text
        url = self.url_of(Envelope, "change", pk)
        return format_html('<a href="{}">{}</a>', url, text)

    @admin.display(description=_("account"))
    def short_account(self, message: ConnectMessage) -> str:
        return shorten_id(message.account_id)

    @admin.display(description=_("held by a worker"))
    def holder(self, message: ConnectMessage) -> str:
        return gettext("Yes") if message.is_claimed else gettext("No")

    @admin.display(description=_("error"))
    def short_error(self, message: ConnectMessage) -> str:
        return Truncator(message.error).chars(ERROR_LENGTH)

    @admin.display(description=_("verified by"))
    def verification(self, message: ConnectMessage) -> str:
        key = message.key_fingerprint
        if not key:
            return gettext("no key is recorded")
        return gettext("HMAC signature, made with key %(key)s…") % {"key": key}

    def details(self, request: HttpRequest, obj: ConnectMessage) -> dict[str, Any]:
        events = EnvelopeEvent.objects.brought_by(obj).select_related("recipient")
        runs = obj.receiver_runs.select_related("event__recipient").order_by(
            "-replay", "pk"
        )
        return {
            "may_process": self.has_process_permission(request),
            "may_ignore": obj.status in UNDONE,
            "events": events,
            "runs": [
                (run, badge(run.status, run.get_status_display()))
                for run in runs[:RUNS]
            ],
            **self._body(request, obj),
        }

    def _body(self, request: HttpRequest, message: ConnectMessage) -> dict[str, Any]:
        """Return the body, for who may view it, or that it is not kept any more."""
        if not may(request, "view_connectmessage_body"):
            return {"may_view_body": False}
        try:
            with open_body(message) as file:
                body = show(file.read())
        except FileNotFoundError:
            body = None
        return {"may_view_body": True, "body": body}

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
