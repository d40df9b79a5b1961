"""Tell how long pages of the admin and the API take; ``benchmarks.lists`` asks."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.contrib.auth.models import User
from django.core.management import BaseCommand, call_command
from django.core.management.base import CommandParser
from django.db import connection
from django.test import Client

from benchmarks import filler
from benchmarks.cpu import cpu_seconds
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeTally,
    Recipient,
)
from django_docusign_connect.models.days import last_days
from django_docusign_connect.models.message_counts import MessageCounts

ENVELOPES = "/admin/docusign_connect/envelope/"
MESSAGES = "/admin/docusign_connect/connectmessage/"
DASHBOARD = "/admin/docusign_connect/dashboard/"
API = "/api/docusign/"


class Command(BaseCommand):
    help = "Answers each line of the standard input: an empty one, or a page's URL."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("messages", type=int)

    def handle(self, *, messages: int, **options: object) -> None:
        prepare(messages)
        user, _created = User.objects.get_or_create(
            username="reader", is_staff=True, is_superuser=True
        )
        browser = Client()
        browser.force_login(user)
        for line in sys.stdin:
            url = line.strip()
            found = time_of(browser, url) if url else json.dumps(pages())
            print(found, flush=True)


def prepare(messages: int) -> None:
    """Make and fill the database, if that is not done."""
    if connection.vendor == "postgresql":
        name = connection.settings_dict["NAME"]
        with connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    call_command("migrate", verbosity=0)
    if not ConnectMessage.objects.exists():
        filler.fill(messages)
    # What the dashboard counts, as who looks at it every day finds it.
    EnvelopeTally.objects.catch_up(seconds=3600)
    MessageCounts(days=last_days(365), chosen={}).read(seconds=3600)


def time_of(browser: Client, url: str) -> float:
    started = cpu_seconds()
    answer = browser.get(url)
    if answer.status_code != 200:
        raise SystemExit(f"{url} was answered with {answer.status_code}.")
    return cpu_seconds() - started


def pages() -> dict[str, str]:
    """Return the URLs of the pages, about one envelope in the middle of all."""
    envelope = Envelope.objects.order_by("pk")[Envelope.objects.count() // 2]
    message = ConnectMessage.objects.filter(envelope_id=envelope.envelope_id)[0]
    email = Recipient.objects.filter(envelope=envelope)[0].email
    at = envelope.changed_at
    field = ":".join(next(iter(envelope.custom_fields.items())))
    month = f"%s__year={at.year}&%s__month={at.month}"
    of_envelopes = {
        "first page": "",
        "page 50": "p=50",
        "by status": f"status={envelope.status}",
        "by account": f"account_id={envelope.account_id}",
        "by month": month.replace("%s", "changed_at"),
        "by listener": "listener=default",
        "by event": "event=envelope-declined",
        "by custom field": f"custom_field={field}",
        "with failures": "failures=yes",
        "in order of creation": "o=4",
        "search by ID": f"q={envelope.envelope_id}",
        "search by sender": f"q={envelope.sender_email}",
        "search by recipient": f"q={email.upper()}",
        "search for a word": "q=nothing-has-this",
    }
    of_messages = {
        "first page": "",
        "page 50": "p=50",
        "by status": f"status={message.status}",
        "by event": f"event={message.event}",
        "by listener": f"listener={message.listener}",
        "by key": f"key_fingerprint={message.key_fingerprint}",
        "by month": month.replace("%s", "received_at"),
        "by account": f"account_id={message.account_id}",
        "by format": "format=xml",
        "with failures": "failures=yes",
        "search by ID": f"q={envelope.envelope_id}",
        "search by event": "q=completed",
    }
    of_days = {f"{days} days": f"period={days}" for days in (30, 365)}
    return {
        **_urls("admin, dashboard", DASHBOARD, of_days),
        **_urls("admin, envelopes", ENVELOPES, of_envelopes),
        **_urls("admin, messages", MESSAGES, of_messages),
        **_urls("API, envelopes", f"{API}envelopes/", _of_api(envelope, email)),
        "API, messages: first page": f"{API}messages/",
    }


def _of_api(envelope: Envelope, email: str) -> dict[str, str]:
    told: Any = Envelope.objects.order_by("pk")[0]
    field = ":".join(next(iter(told.custom_fields.items())))
    before = envelope.changed_at.isoformat().replace("+00:00", "Z")
    return {
        "first page": "",
        "by status": f"status={envelope.status}",
        "by account": f"account_id={envelope.account_id}",
        "by sender": f"sender_email={envelope.sender_email}",
        "by recipient": f"recipient_email={email}",
        "by custom field": f"custom_field={field}",
        "changed before": f"changed_before={before}",
        "in order of creation": "ordering=created_at",
        "search by ID": f"search={envelope.envelope_id}",
        "search by email": f"search={email}",
    }


def _urls(kind: str, path: str, queries: dict[str, str]) -> dict[str, str]:
    return {f"{kind}: {name}": f"{path}?{query}" for name, query in queries.items()}
