"""The page of one envelope or message reads no table through, nor a long story."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    ReceiverRun,
    Recipient,
)
from tests.admin_pages import page_of, read
from tests.bodies import sim
from tests.plans import SCANNED, explain, refresh_statistics, rows_read

pytestmark = pytest.mark.django_db

ENVELOPES = 2000
EVENTS = 2000
MOST_READ = 600
START = datetime(2025, 1, 1, tzinfo=timezone.utc)


def message(number: int, envelope_id: UUID) -> ConnectMessage:
    at = START + timedelta(minutes=number)
    body = sim("envelope-resent", envelopeId=str(envelope_id), generated=at.isoformat())
    message = ConnectMessage.of(body, listener="default", source="webhook")
    message.inline_body = body
    message.received_at = message.last_received_at = message.processed_at = at
    message.status, message.claims, message.attempts = "processed", 1, 1
    return message


@pytest.fixture(scope="module")
def _crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep one envelope of a long story among many of a short one."""
    with django_db_blocker.unblock():
        Envelope.objects.bulk_create(
            (Envelope(envelope_id=UUID(int=number + 1)) for number in range(ENVELOPES)),
            batch_size=500,
        )
        envelopes = list(Envelope.objects.order_by("pk"))
        Recipient.objects.bulk_create(
            (Recipient(envelope=one) for one in envelopes), batch_size=500
        )
        keep_stories([*envelopes, *[envelopes[ENVELOPES // 2]] * EVENTS])
        refresh_statistics()
    yield
    with django_db_blocker.unblock():
        ReceiverRun.objects.all().delete()
        ConnectMessage.objects.all().delete()
        Envelope.objects.all().delete()


def keep_stories(about: list[Envelope]) -> None:
    """Keep a message, an event and two runs about each envelope, in their order."""
    ConnectMessage.objects.bulk_create(
        (message(number, one.envelope_id) for number, one in enumerate(about)),
        batch_size=500,
    )
    messages = ConnectMessage.objects.order_by("received_at")
    EnvelopeEvent.objects.bulk_create(
        (
            EnvelopeEvent(
                envelope=envelope,
                name="envelope-resent",
                occurred_at=one.received_at,
                received_at=one.received_at,
                message=one,
                first_message=one,
            )
            for envelope, one in zip(about, messages, strict=True)
        ),
        batch_size=500,
    )
    ReceiverRun.objects.bulk_create(
        (
            ReceiverRun(
                message_id=event.first_message_id,
                event=event,
                signal="envelope_resent",
                receiver=f"leases.receivers.{name}",
                status="succeeded",
            )
            for event in EnvelopeEvent.objects.all()
            for name in ("first", "second")
        ),
        batch_size=500,
    )


@pytest.fixture
def crowd(_crowd: None) -> Envelope:
    return Envelope.objects.get(envelope_id=UUID(int=ENVELOPES // 2 + 1))


def rows_found(sql: str) -> int:
    """Return how many rows a statement reads; SQLite tells only of whole tables."""
    if connection.vendor != "sqlite":
        return rows_read(sql)
    return EVENTS if SCANNED.search(explain(sql)) else 0


def expect_few_rows_read(browser: Any, url: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        read(browser, url)
    asked = [query["sql"] for query in queries if "docusign_connect_" in query["sql"]]
    found = {sql: rows_found(sql) for sql in asked}
    assert len(found) > 3
    assert max(found.values()) <= MOST_READ, json.dumps(found, indent=1)


def test_page_of_an_envelope_with_a_long_story_reads_a_page_of_it(
    crowd: Envelope, admin_client: Any
) -> None:
    expect_few_rows_read(admin_client, page_of(crowd))
    expect_few_rows_read(admin_client, f"{page_of(crowd)}?timeline=3")


def test_page_of_a_message_late_in_a_long_story_reads_what_it_compares_with(
    crowd: Envelope, admin_client: Any
) -> None:
    newest = ConnectMessage.objects.about(crowd)[0]
    expect_few_rows_read(admin_client, page_of(newest))
