"""The dashboard costs no more as the tables grow, and nothing while messages come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_docusign_connect.models import (
    ConnectMessage,
    CountedDay,
    Envelope,
    EnvelopeTally,
)
from tests.admin_pages import count_queries, read, tell
from tests.plans import refresh_statistics, rows_read
from tests.test_admin_dashboard import DASHBOARD, section, signer

pytestmark = pytest.mark.django_db

#: Two thirds of the rows are older than the period that is looked at.
COUNT = 3000
MOST_READ = 400


@pytest.fixture
def browser() -> Client:
    browser = Client()
    browser.force_login(User.objects.create_superuser("admin"))
    return browser


def messages() -> Iterator[ConnectMessage]:
    now = timezone.now()
    for number in range(COUNT):
        yield ConnectMessage(
            identity=str(number),
            digest=str(number),
            envelope_id=UUID(int=number),
            event="envelope-sent",
            received_at=now - timedelta(hours=4 * number),
            status="abandoned" if number % 500 == 1 else "processed",
        )


def envelopes() -> Iterator[Envelope]:
    for number in range(COUNT):
        yield Envelope(
            envelope_id=UUID(int=number),
            status="declined" if number % 100 == 1 else "completed",
        )


@pytest.fixture
def grown() -> None:
    """Keep years of messages and envelopes; the sixth part is of the last 90 days."""
    ConnectMessage.objects.bulk_create(messages(), batch_size=500)
    Envelope.objects.bulk_create(envelopes(), batch_size=500)
    now = timezone.now()
    changed = []
    for number, envelope in enumerate(Envelope.objects.order_by("envelope_id")):
        envelope.changed_at = now - timedelta(hours=4 * number)
        changed.append(envelope)
    Envelope.objects.bulk_update(changed, ["changed_at"], batch_size=300)


# MariaDB ends a transaction when it looks at what the tables hold.
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("grown")
@pytest.mark.parametrize("query", ["", "&listener=default", "&account_id=none"])
def test_no_statement_reads_more_than_the_period_has(
    browser: Client, query: str
) -> None:
    while "Load the page again" in read(browser, f"{DASHBOARD}?period=30{query}"):
        pass  # A slow machine counts them in several looks.
    refresh_statistics()
    with CaptureQueriesContext(connection) as queries:
        read(browser, f"{DASHBOARD}?period=30{query}")
    asked = [query["sql"] for query in queries if "docusign_connect_" in query["sql"]]
    costs = {sql: rows_read(sql) for sql in asked}
    assert len(costs) >= 8
    assert max(costs.values()) <= MOST_READ, json.dumps(costs, indent=1)


def test_page_makes_at_most_twelve_queries(
    post: Callable[..., Any], browser: Client
) -> None:
    tell(post, 1, recipients={"signers": [signer()]})
    tell(post, 2, status="declined")
    post(b"{broken")
    assert count_queries(browser, DASHBOARD) <= 12
    for number in range(3, 9):
        tell(post, number, recipients={"signers": [signer()]})
    assert count_queries(browser, DASHBOARD) <= 12
    assert count_queries(browser, f"{DASHBOARD}?period=365") <= 12


def test_messages_are_received_and_processed_without_a_word_of_it(
    post: Callable[..., Any], browser: Client
) -> None:
    tell(post, 1)
    read(browser, DASHBOARD)
    with CaptureQueriesContext(connection) as queries:
        tell(post, 2)
    statements = " ".join(query["sql"] for query in queries)
    assert "docusign_connect_envelope" in statements
    assert "tally" not in statements
    assert "counted" not in statements


def test_days_that_are_over_are_counted_once(browser: Client) -> None:
    read(browser, f"{DASHBOARD}?period=30")
    assert CountedDay.objects.count() in {28, 29}
    with CaptureQueriesContext(connection) as queries:
        read(browser, f"{DASHBOARD}?period=30")
    assert not any("INSERT" in query["sql"] for query in queries)


def test_what_could_not_be_counted_in_time_is_counted_at_the_next_look(
    post: Callable[..., Any], browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_docusign_connect.models.envelope_tally.STEP", 1)
    for panels in ("envelope_panels", "message_panels"):
        name = f"django_docusign_connect.admin.{panels}.SECONDS"
        monkeypatch.setattr(name, -1)
    tell(post, 1)
    tell(post, 2)
    page = read(browser, f"{DASHBOARD}?period=7")
    assert "More envelopes have changed than could be counted at once." in page
    assert "days are yet to be counted" in page
    assert "Sent 1 100 %" in section(page, "statuses")
    for _ in range(8):
        page = read(browser, f"{DASHBOARD}?period=7")
    assert "Load the page again" not in page
    assert "Sent 2 100 %" in section(page, "statuses")


def test_docusign_process_counts_for_the_dashboard(post: Callable[..., Any]) -> None:
    tell(post)
    assert not EnvelopeTally.objects.exists()
    call_command("docusign_process")
    assert EnvelopeTally.objects.get().status == "sent"


def test_deleted_envelope_counts_no_more(
    post: Callable[..., Any], browser: Client
) -> None:
    envelope = tell(post, 1)
    tell(post, 2)
    assert "Sent 2 100 %" in section(read(browser, DASHBOARD), "statuses")
    envelope.delete()
    assert "Sent 1 100 %" in section(read(browser, DASHBOARD), "statuses")


def test_more_failures_than_are_read_are_counted_all_the_same(
    post: Callable[..., Any], browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "django_docusign_connect.models.message_counts.MOST_UNDONE"
    monkeypatch.setattr(name, 2)
    for number in range(5):
        post(b"{broken %d" % number)
    yesterday = timezone.now() - timedelta(days=1, hours=1)
    ConnectMessage.objects.filter(pk__gt=0).update(received_at=yesterday)
    page = read(browser, DASHBOARD)
    assert "5 Failed" in section(page, "failing")
    assert "Failed: 5" in section(page, "days")
    ConnectMessage.objects.undone().ignore()
    assert "Ignored: 5" in section(read(browser, DASHBOARD), "days")
