"""No list of the admin or the API reads a table through, however large it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from django_docusign_connect.models import (
    ConnectMessage,
    CustomFieldEntry,
    Envelope,
    Recipient,
)
from tests.admin_pages import ENVELOPES, MESSAGES
from tests.api_client import ENVELOPES as API_ENVELOPES
from tests.api_client import MESSAGES as API_MESSAGES
from tests.plans import refresh_statistics, rows_read

pytestmark = pytest.mark.django_db

COUNT = 4000
#: What one statement may read: a page and what comes before it, or 500 newest rows.
MOST_READ = 600
START = datetime(2025, 1, 1, tzinfo=timezone.utc)
MIDDLE = (START + timedelta(hours=COUNT // 2)).isoformat().replace("+00:00", "Z")


def is_old(number: int) -> bool:
    return number < COUNT // 2


def envelope(number: int) -> Envelope:
    at = START + timedelta(hours=number)
    return Envelope(
        pk=number + 1,
        envelope_id=UUID(int=number + 1),
        account_id="old" if is_old(number) else "new",
        status="voided" if is_old(number) and number % 5 == 0 else "completed",
        subject=f"Lease {number}",
        sender_email=f"Sender{number // 10}@example.com",
        created_at=at,
        status_changed_at=at,
        custom_fields={"lease": str(number)},
    )


def message(number: int) -> ConnectMessage:
    return ConnectMessage(
        pk=number + 1,
        identity=f"{number:064}",
        digest=f"{number:064}",
        listener="old" if is_old(number) else "new",
        event="envelope-voided" if is_old(number) else "envelope-completed",
        key_fingerprint="old" if is_old(number) else "new",
        account_id="odd" if number % 2 else "even",
        status="failed" if is_old(number) and number % 9 == 0 else "processed",
        envelope_id=UUID(int=number + 1),
        received_at=START + timedelta(hours=number),
    )


@pytest.fixture(scope="module")
def _rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Keep some thousands of rows for all tests of the module."""
    with django_db_blocker.unblock():
        envelopes = Envelope.objects.bulk_create(
            map(envelope, range(COUNT)), batch_size=500
        )
        for number, row in enumerate(envelopes):
            row.changed_at = START + timedelta(hours=number)
        Envelope.objects.bulk_update(envelopes, ["changed_at"], batch_size=200)
        for row in envelopes:
            CustomFieldEntry.objects.replace(row, is_new=True)
        Recipient.objects.bulk_create(
            (
                Recipient(envelope=row, email=f"Tenant{row.pk}@example.com")
                for row in envelopes
            ),
            batch_size=500,
        )
        ConnectMessage.objects.bulk_create(map(message, range(COUNT)), batch_size=500)
        refresh_statistics()
    yield
    with django_db_blocker.unblock():
        ConnectMessage.objects.all().delete()
        Envelope.objects.all().delete()


@pytest.fixture
def browser(_rows: None) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("staff"))
    return browser


def statements(browser: Client, url: str) -> tuple[Any, list[str]]:
    """Return the answer, and what it asked of the app's tables, counts left out."""
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(url)
    asked = [query["sql"] for query in queries if "docusign_connect_" in query["sql"]]
    return answer, [sql for sql in asked if "COUNT(" not in sql]


def expect_few_rows_read(statements: list[str]) -> None:
    read = {sql: rows_read(sql) for sql in statements}
    assert read
    assert max(read.values()) <= MOST_READ, json.dumps(read, indent=1)


ID = UUID(int=COUNT // 4)
PAGES = [
    (ENVELOPES, 50),
    (f"{ENVELOPES}?p=3", 50),
    (f"{ENVELOPES}?status=completed", 50),
    (f"{ENVELOPES}?status=voided", 50),
    (f"{ENVELOPES}?status=unknown", 0),
    (f"{ENVELOPES}?account_id=old", 50),
    (f"{ENVELOPES}?account_id=old&o=-5", 50),
    (f"{ENVELOPES}?account_id=old&o=5", 50),
    (f"{ENVELOPES}?changed_at__year=2025&changed_at__month=2", 50),
    (f"{ENVELOPES}?status=completed&changed_at__year=2025&changed_at__month=2", 50),
    (f"{ENVELOPES}?o=7", 50),
    (f"{ENVELOPES}?o=-7", 50),
    (f"{ENVELOPES}?o=3.2", 50),
    (f"{ENVELOPES}?changed_at__gte=2025-02-01&changed_at__lt=2025-03-01", 50),
    (f"{ENVELOPES}?status=completed&changed_at__lt=2025-03-01", 50),
    (f"{ENVELOPES}?q={ID}", 1),
    (f"{ENVELOPES}?q=sender7@example.com", 10),
    (f"{ENVELOPES}?q=TENANT7@example.com", 1),
    (MESSAGES, 50),
    (f"{MESSAGES}?p=3", 50),
    (f"{MESSAGES}?status=processed", 50),
    (f"{MESSAGES}?status=failed", 50),
    (f"{MESSAGES}?event=envelope-voided", 50),
    (f"{MESSAGES}?listener=old", 50),
    (f"{MESSAGES}?key_fingerprint=old", 50),
    (f"{MESSAGES}?received_at__year=2025&received_at__month=2", 50),
    (f"{MESSAGES}?received_at__lt=2025-02-01", 50),
    (f"{MESSAGES}?envelope_id={ID}", 1),
    (f"{MESSAGES}?q={ID}", 1),
    (f"{MESSAGES}?q=envelope-completed", 50),
    (f"{MESSAGES}?o=1", 50),
]


@pytest.mark.parametrize(("url", "count"), PAGES)
def test_page_of_the_admin_reads_little_more_than_it_shows(
    browser: Client, url: str, count: int
) -> None:
    answer, asked = statements(browser, url)
    assert len(answer.context["cl"].result_list) == count
    expect_few_rows_read(asked)


LATE = [
    (f"{ENVELOPES}?listener=old", 50),
    (f"{ENVELOPES}?listener=none", 0),
    (f"{ENVELOPES}?event=envelope-voided", 50),
    (f"{ENVELOPES}?event=envelope-completed&changed_at__lt=2025-03-20", 0),
    (f"{ENVELOPES}?event=recipient-declined", 0),
    (f"{ENVELOPES}?custom_field=lease:17", 1),
    (f"{ENVELOPES}?failures=yes", 50),
    (f"{ENVELOPES}?failures=yes&status=completed&account_id=old", 50),
    (f"{MESSAGES}?failures=yes", 50),
    (f"{MESSAGES}?failures=yes&listener=old", 50),
    (f"{MESSAGES}?failures=yes&listener=new", 0),
    (f"{MESSAGES}?account_id=even", 50),
    (f"{MESSAGES}?account_id=even&event=envelope-voided", 50),
    (f"{MESSAGES}?account_id=none&received_at__lt=2025-02-01", 0),
    (f"{MESSAGES}?format=xml", 0),
]


@pytest.mark.parametrize(("url", "count"), LATE)
def test_filter_without_an_index_of_its_own_reads_the_newest_rows_alone(
    browser: Client, monkeypatch: pytest.MonkeyPatch, url: str, count: int
) -> None:
    for name in ("tracing.FOUND", "tracing.SEARCHED", "tracing.MOST_FAILING"):
        monkeypatch.setattr(f"django_docusign_connect.models.{name}", 200)
    monkeypatch.setattr("django_docusign_connect.admin.change_list.SEARCHED", 200)
    answer, asked = statements(browser, url)
    assert len(answer.context["cl"].result_list) == count
    expect_few_rows_read(asked)


LISTS = [
    (API_ENVELOPES, 50),
    (f"{API_ENVELOPES}?status=completed", 50),
    (f"{API_ENVELOPES}?account_id=new", 50),
    (f"{API_ENVELOPES}?sender_email=sender7@example.com", 10),
    (f"{API_ENVELOPES}?recipient_email=tenant7@example.com", 1),
    (f"{API_ENVELOPES}?custom_field=lease:17", 1),
    (f"{API_ENVELOPES}?changed_after={MIDDLE}&ordering=changed_at", 50),
    (f"{API_ENVELOPES}?changed_before={MIDDLE}", 50),
    (f"{API_ENVELOPES}?search={ID}", 1),
    (f"{API_ENVELOPES}?search=Tenant7@Example.com", 1),
    (f"{API_ENVELOPES}?ordering=created_at", 50),
    (f"{API_ENVELOPES}?ordering=-status_changed_at", 50),
    (API_MESSAGES, 50),
    (f"{API_MESSAGES}?status=processed", 50),
    (f"{API_MESSAGES}?event=envelope-completed", 50),
    (f"{API_MESSAGES}?listener=new", 50),
    (f"{API_MESSAGES}?envelope_id={ID}", 1),
    (f"{API_MESSAGES}?received_before={MIDDLE}", 50),
]


@pytest.mark.parametrize(("url", "count"), LISTS)
def test_page_of_the_api_reads_little_more_than_it_gives(
    browser: Client, url: str, count: int
) -> None:
    answer, asked = statements(browser, url)
    assert len(answer.json()["results"]) == count
    expect_few_rows_read(asked)


def test_next_page_of_the_api_reads_little_more_than_it_gives(browser: Client) -> None:
    url = f"{API_ENVELOPES}?ordering=created_at"
    for _page in range(3):
        url = browser.get(url).json()["next"]
    answer, asked = statements(browser, url)
    assert len(answer.json()["results"]) == 50
    expect_few_rows_read(asked)


@pytest.mark.parametrize("page", ["health", "metrics"])
def test_listener_that_is_silent_for_long_is_found_by_its_index(
    browser: Client, settings: Any, page: str
) -> None:
    settings.DOCUSIGN_CONNECT = {"LISTENERS": {"old": {"HMAC_KEYS": ["key"]}}}
    answer, asked = statements(browser, f"/docusign/{page}/")
    assert b"old" in answer.content
    expect_few_rows_read(asked)
