"""Lists are exported as CSV: what they select, as spreadsheets take it, on record."""

from __future__ import annotations

import asyncio
import csv
import io
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import format_html

from django_docusign_connect.models import Envelope, Recipient
from tests.admin_pages import ENVELOPES, MESSAGES, FormFields, read, staff, submit, tell

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
MARK = b"\xef\xbb\xbf"


def keep(*subjects: str, **values: Any) -> list[Envelope]:
    """Keep an envelope of each subject, the first of which changed last."""
    rows = Envelope.objects.bulk_create(
        Envelope(envelope_id=uuid4(), subject=subject, status="sent", **values)
        for subject in subjects
    )
    for number, row in enumerate(rows):
        at = START - timedelta(hours=number)
        Envelope.objects.filter(pk=row.pk).update(changed_at=at)
    return rows


def file(
    browser: Client, url: str = ENVELOPES, query: str = "", **fields: Any
) -> bytes:
    """Return the file that a list's page of export sends."""
    data = {"separator": "comma", "select_across": "1", **fields}
    answer: Any = browser.post(f"{url}export/{query}", data)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return b"".join(answer.streaming_content)


def cells(content: bytes, separator: str = ",") -> list[dict[str, str]]:
    text = content.removeprefix(MARK).decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=separator))


def subjects(content: bytes) -> list[str]:
    return [row["Subject"] for row in cells(content)]


def test_list_is_exported_as_it_is_filtered_and_ordered() -> None:
    keep("First", "Second")
    keep("Third")
    Envelope.objects.filter(subject="Second").update(status="voided")
    browser = staff("view_envelope")
    assert subjects(file(browser, query="?status=sent")) == ["Third", "First"]
    assert subjects(file(browser, query="?o=5&status=sent")) == ["Third", "First"][::-1]
    assert subjects(file(browser, query="?q=second")) == ["Second"]


def test_link_of_the_list_leads_to_a_page_that_says_what_comes() -> None:
    keep("First", "Second")
    browser = staff("view_envelope")
    assert 'href="export/?status=sent"' in read(browser, f"{ENVELOPES}?status=sent")
    page = read(browser, f"{ENVELOPES}export/?status=sent")
    assert "The file will have 2 rows." in page
    assert "<li>Created (America/New_York)</li>" in page


def test_page_of_export_downloads_the_file_without_a_script() -> None:
    keep("First", "Second")
    browser = staff("view_envelope")
    page = browser.get(f"{ENVELOPES}export/?status=sent")
    answer = submit(browser, page, "export-form", separator="comma")
    assert subjects(b"".join(answer.streaming_content)) == ["First", "Second"]
    assert answer.headers["Content-Disposition"].startswith(
        'attachment; filename="envelopes-2'
    )
    assert answer.headers["X-Rows"] == "2"


def test_ticked_rows_alone_are_exported() -> None:
    first, _second, third = keep("First", "Second", "Third")
    browser = staff("view_envelope")
    data = {"action": "export_selected", "_selected_action": [first.pk, third.pk]}
    page = browser.post(ENVELOPES, {**data, "index": "0"})
    assert b"The file will have 2 rows" in page.content
    answer = submit(browser, page, "export-form", separator="comma")
    assert subjects(b"".join(answer.streaming_content)) == ["First", "Third"]


def test_file_has_whole_values_where_the_list_shortens_them(post: Post) -> None:
    sender = {"userName": "Ada", "email": "ada@example.com"}
    tell(post, emailSubject="x" * 200, sender=sender, sentDateTime="2026-05-01T12:00Z")
    [row] = cells(file(staff("view_envelope")))
    assert row["Subject"] == "x" * 200
    assert row["Status"] == "sent"
    assert row["Sender"] == "Ada <ada@example.com>"
    assert row["Sent (America/New_York)"] == "2026-05-01 08:00:00"
    assert row["Account"] == Envelope.objects.get().account_id


def test_messages_are_exported_too(post: Post) -> None:
    tell(post)
    [row] = cells(file(staff("view_connectmessage"), MESSAGES))
    assert row["Event"] == "envelope-sent"
    assert row["Envelope"] == str(UUID(int=1))
    assert row["Status"] == "processed"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "\x01=1+1",
        "\N{ZERO WIDTH NO-BREAK SPACE}=1+1",
        "\N{FULLWIDTH EQUALS SIGN}1",
        '=HYPERLINK("http://example.com")',
    ],
)
def test_text_that_a_spreadsheet_would_take_for_a_formula_stays_a_text(
    text: str,
) -> None:
    keep(text)
    [subject] = subjects(file(staff("view_envelope")))
    assert subject == "'" + " ".join(text.replace("\x01", "").split())


def test_row_is_one_line_whatever_is_in_it() -> None:
    keep('a "quoted", text\r\nof; two\x85lines', "Ä ö 😀 العربية")
    content = file(staff("view_envelope"))
    assert content.startswith(MARK)
    assert content.count(b"\n") == content.count(b"\r\n") == 3
    assert subjects(content) == ['a "quoted", text of; two lines', "Ä ö 😀 العربية"]


def test_cells_are_separated_as_was_chosen() -> None:
    keep("First")
    content = file(staff("view_envelope"), separator="semicolon")
    [row] = cells(content, ";")
    assert row["Subject"] == "First"


def test_separator_that_is_none_is_asked_for_again() -> None:
    keep("First")
    data = {"separator": "x", "select_across": "1"}
    page = staff("view_envelope").post(f"{ENVELOPES}export/", data)
    assert b"x is not one of the available choices" in page.content


def test_semicolons_are_offered_first_where_commas_are_decimal(settings: Any) -> None:
    settings.LANGUAGE_CODE = "de"
    page = read(staff("view_envelope"), f"{ENVELOPES}export/")
    assert '<option value="semicolon" selected>' in page


def test_recipients_are_a_column_of_who_chooses_it() -> None:
    [envelope] = keep("First")
    for number in range(12):
        Recipient.objects.create(
            envelope=envelope, email=f"r{number}@example.com", routing_order=number
        )
    browser = staff("view_envelope")
    browser.post(f"{ENVELOPES}columns/", {"columns": ["recipient_emails"]})
    emails = [f"r{number}@example.com" for number in range(12)]
    shown = [f"<bdi>{email}</bdi>" for email in emails[:10]]
    assert ", ".join([*shown, "…"]) in read(browser, ENVELOPES)
    assert cells(file(browser))[0]["Recipients"] == ", ".join(emails)


@pytest.mark.parametrize(
    ("columns", "headings"),
    [
        (["short_subject"], ["Envelope ID", "Subject"]),
        (["envelope_id", "short_subject"], ["Envelope ID", "Subject"]),
        (["envelope_id"], ["Envelope ID"]),
    ],
)
def test_each_envelope_is_told_from_others_whatever_columns_are_shown(
    columns: list[str], headings: list[str]
) -> None:
    [envelope] = keep("First")
    browser = staff("view_envelope")
    browser.post(f"{ENVELOPES}columns/", {"columns": columns})
    [row] = cells(file(browser))
    assert list(row) == headings
    assert row["Envelope ID"] == str(envelope.envelope_id)
    shown = "".join(f"<li>{heading}</li>" for heading in headings)
    assert shown in read(browser, f"{ENVELOPES}export/")


def test_who_exported_how_much_of_what_is_on_record() -> None:
    keep("First", "Second")
    browser = staff("view_envelope")
    browser.post(f"{ENVELOPES}columns/", {"columns": ["short_subject", "sent"]})
    file(browser, query="?status=sent&q=example")
    file(browser, query="?status=sent")
    entries = LogEntry.objects.order_by("pk")
    assert [entry.change_message for entry in entries] == [
        "Exported 0 rows: Envelope ID, Subject, Sent (America/New_York)."
        " Filters: q=example&status=sent",
        "Exported 2 rows: Envelope ID, Subject, Sent (America/New_York)."
        " Filters: status=sent",
    ]
    assert {entry.user for entry in entries} == {User.objects.get()}
    index = read(browser, "/admin/").partition("Recent actions")[2]
    assert index.count("envelopes") == 2


def test_export_needs_the_permission_to_view_and_a_token() -> None:
    keep("First")
    other = staff("view_connectmessage", "process_connectmessage")
    assert other.get(f"{ENVELOPES}export/").status_code == 403
    assert other.post(f"{ENVELOPES}export/").status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff("view_envelope").cookies
    data = {"separator": "comma", "select_across": "1"}
    assert strict.post(f"{ENVELOPES}export/", data).status_code == 403
    assert Client().get(f"{ENVELOPES}export/").status_code == 302
    assert not LogEntry.objects.exists()


def test_rows_that_the_host_hides_are_not_exported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep("Ours", account_id="ours")
    [theirs] = keep("Theirs", account_id="theirs")
    own = admin.site.get_model_admin(Envelope)
    everything = own.get_queryset
    monkeypatch.setattr(
        own,
        "get_queryset",
        lambda request: everything(request).filter(account_id="ours"),
    )
    browser = staff("view_envelope")
    assert subjects(file(browser)) == ["Ours"]
    ticked: dict[str, Any] = {"select_across": "0", "_selected_action": [theirs.pk]}
    assert subjects(file(browser, **ticked)) == []


def test_what_changes_during_an_export_is_there_once() -> None:
    keep(*(f"Lease {number}" for number in range(1200)))
    browser = staff("view_envelope")
    data = {"separator": "comma", "select_across": "1"}
    answer: Any = browser.post(f"{ENVELOPES}export/", data)
    parts = iter(answer.streaming_content)
    content = next(parts) + next(parts)
    last, gone = Envelope.objects.order_by("changed_at")[:2]
    last.save()
    gone.delete()
    keep("Late")
    found = subjects(content + b"".join(parts))
    assert len(found) == len(set(found)) == 1199
    assert last.subject in found
    assert "Late" not in found


def test_long_export_takes_batches_and_no_more_memory() -> None:
    browser = staff("view_envelope")

    def peak(number: int) -> tuple[int, int]:
        keep(*(f"Lease {one} {'x' * 500}" for one in range(number)))
        data = {"separator": "comma", "select_across": "1"}
        answer: Any = browser.post(f"{ENVELOPES}export/", data)
        tracemalloc.start()
        with CaptureQueriesContext(connection) as queries:
            size = sum(map(len, answer.streaming_content))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert max(query["sql"].count(",") for query in queries) < 600
        return size, found

    (few, low), (many, high) = peak(1000), peak(5000)
    assert many > 5 * few
    assert high < 1.5 * low


@pytest.mark.django_db(transaction=True)
def test_export_is_streamed_under_asgi() -> None:
    keep(*(f"Lease {number}" for number in range(1200)))
    browser = staff("view_envelope")

    async def fetch() -> list[bytes]:
        client = AsyncClient()
        client.cookies = browser.cookies
        data = {"separator": "comma", "select_across": "1"}
        answer: Any = await client.post(f"{ENVELOPES}export/", data)
        assert answer.is_async
        parts = [part async for part in answer.streaming_content]
        # The thread that asked the database keeps its connection.
        await sync_to_async(connections.close_all)()
        return parts

    parts = asyncio.run(fetch())
    assert len(parts) == 4
    assert len(subjects(b"".join(parts))) == 1200


def test_export_with_a_filter_that_cannot_be_returns_to_the_list() -> None:
    browser = staff("view_envelope")
    url = f"{ENVELOPES}export/?changed_at__year=999999999"
    assert browser.get(url).headers["Location"] == f"{ENVELOPES}?e=1"
    assert browser.get(f"{ENVELOPES}export/?subject__regex=x").status_code == 400
    data = {"separator": "comma", "_selected_action": "x"}
    assert browser.post(f"{ENVELOPES}export/", data).status_code == 400


def test_form_keeps_what_was_ticked() -> None:
    [first] = keep("First")
    data = {"action": "export_selected", "_selected_action": [first.pk], "index": "0"}
    page = staff("view_envelope").post(ENVELOPES, data)
    form = FormFields(page.content.decode(), "export-form")
    assert form.action == f"{ENVELOPES}export/"
    assert form.fields["_selected_action"] == [str(first.pk)]


@admin.display(description="length")
def length_of_subject(envelope: Envelope) -> str:
    return format_html("<b>{} &amp; more</b>", len(envelope.subject))


def test_column_of_the_hosts_own_is_chosen_and_exported_without_its_tags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep("First")
    own: Any = admin.site.get_model_admin(Envelope)
    monkeypatch.setattr(own, "more_columns", [*own.more_columns, length_of_subject])
    browser = staff("view_envelope")
    assert "<b>5 &amp; more</b>" not in read(browser, ENVELOPES)
    chosen = {"columns": ["short_subject", "length_of_subject"]}
    browser.post(f"{ENVELOPES}columns/", chosen)
    assert "<b>5 &amp; more</b>" in read(browser, ENVELOPES)
    [row] = cells(file(browser))
    assert (row["Subject"], row["Length"]) == ("First", "5 & more")
