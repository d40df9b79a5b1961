from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from django_docusign_connect.models import ConnectMessage, Envelope
from django_docusign_connect.signals import envelope_sent
from tests.admin_pages import (
    ENVELOPES,
    MESSAGES,
    SCRIPT,
    count_queries,
    page_of,
    read,
    staff,
    tell,
)
from tests.bodies import click, sample, sim

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
Connect = Callable[..., None]


def found(query: str) -> list[str]:
    response = staff("view_connectmessage").get(f"{MESSAGES}?{query}")
    assert response.status_code == 200
    return sorted(row.event for row in response.context["cl"].result_list)


def fail(**kwargs: Any) -> None:
    raise ValueError(f"No such lease {SCRIPT}")


def test_list_shows_what_came_and_what_became_of_it(post: Post) -> None:
    envelope = tell(post)
    post(b"{")
    page = read(staff("view_connectmessage"), MESSAGES)
    for text in ("envelope-sent", ">Processed</span>", ">Failed</span>", "unreadable"):
        assert text in page
    assert "UnreadableMessage: The body is not JSON" in page
    assert f'<a href="{page_of(envelope)}">00000000…</a>' in page


def test_envelope_that_is_not_known_yet_is_no_link(
    post: Post, configure: Callable[..., None]
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    page = read(staff("view_connectmessage"), MESSAGES)
    assert "7a5f1e05…" in page
    assert ENVELOPES not in page


def test_message_about_no_envelope_is_shown_without_one(post: Post) -> None:
    post(click())
    page = read(staff("view_connectmessage"), page_of(ConnectMessage.objects.get()))
    assert "No event was told first by it" in page


def test_list_is_filtered(post: Post) -> None:
    tell(post)
    post(click())
    post(sample("xml/peopledoc_sent.xml"), content_type="text/xml")
    key = ConnectMessage.objects.all()[0].key_fingerprint
    assert found("event=click-agreed") == ["click-agreed"]
    assert found("status=failed") == []
    assert len(found("status=processed")) == 3
    assert found("status=processed&event=click-agreed") == ["click-agreed"]
    assert found("listener=other") == []
    assert len(found(f"key_fingerprint={key}")) == 3


@pytest.mark.parametrize("text", ["envelope-sent", "Envelope sent", "lope-se"])
def test_search_finds_by_the_name_of_an_event_or_a_part_of_it(
    post: Post, text: str
) -> None:
    tell(post)
    post(click())
    assert found(f"q={text}") == ["envelope-sent"]


def test_search_finds_by_envelope_id_and_by_a_name_not_known(post: Post) -> None:
    envelope = tell(post)
    post(sim("envelope-odd"))
    assert found(f"q={envelope.envelope_id}") == ["envelope-sent"]
    assert found("q=envelope-odd") == ["envelope-odd"]


def test_detail_links_to_its_envelope(post: Post) -> None:
    envelope = tell(post)
    page = read(staff("view_connectmessage"), page_of(ConnectMessage.objects.get()))
    assert f'<a href="{page_of(envelope)}">{envelope.envelope_id}</a>' in page


def test_detail_shows_each_receiver_run_with_its_error(
    post: Post, connect: Connect
) -> None:
    connect(envelope_sent, fail)
    tell(post)
    page = read(staff("view_connectmessage"), page_of(ConnectMessage.objects.get()))
    assert f"{__name__}.fail" in page
    assert "<summary>ValueError: No such lease &lt;script&gt;alert(1)" in page
    assert "Traceback (most recent call last)" in page
    assert SCRIPT not in page


def test_error_of_an_unreadable_message_is_shown_with_its_traceback(
    post: Post,
) -> None:
    post(f"{{{SCRIPT}".encode())
    page = read(staff("view_connectmessage"), page_of(ConnectMessage.objects.get()))
    assert "UnreadableMessage: The body is not JSON" in page
    assert "<summary>Traceback</summary>" in page


def test_names_that_a_sender_makes_up_are_not_markup(
    post: Post, admin_client: Any
) -> None:
    post(sim(f"envelope-{SCRIPT}"), content_type=f"text/{SCRIPT}")
    page = page_of(ConnectMessage.objects.get())
    shown = read(admin_client, page)
    assert shown.count("&lt;script&gt;alert(1)") >= 4
    assert SCRIPT not in shown + read(admin_client, MESSAGES)


def test_messages_are_neither_added_nor_changed_nor_deleted(
    post: Post, admin_client: Any
) -> None:
    tell(post)
    page = page_of(ConnectMessage.objects.get())
    assert admin_client.get(f"{MESSAGES}add/").status_code == 403
    assert admin_client.post(page, {"event": "other"}).status_code == 403
    assert admin_client.post(page.replace("change", "delete")).status_code == 403
    assert ConnectMessage.objects.get().event == "envelope-sent"


def test_who_may_not_view_messages_sees_none(post: Post) -> None:
    tell(post)
    other = staff("view_envelope", "process_connectmessage", "view_connectmessage_body")
    assert other.get(MESSAGES).status_code == 403
    assert other.get(page_of(ConnectMessage.objects.get())).status_code == 403


@pytest.mark.parametrize("lookup", ["inline_body__contains", "body_file__startswith"])
def test_list_cannot_be_filtered_by_the_body(post: Post, lookup: str) -> None:
    tell(post)
    assert staff("view_connectmessage").get(f"{MESSAGES}?{lookup}=a").status_code == 400


@pytest.mark.parametrize(
    "query", ["status__exact=%00", "event=a%00", "listener__exact=%00"]
)
def test_filter_by_what_no_database_holds_is_refused(post: Post, query: str) -> None:
    tell(post)
    assert staff("view_connectmessage").get(f"{MESSAGES}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["q=%00", "q=envelope%00-sent"])
def test_search_for_what_no_database_holds_is_made_without_it(
    post: Post, query: str
) -> None:
    tell(post)
    assert found(query) == ["envelope-sent"]


def test_list_reads_no_body(
    post: Post, admin_client: Any, django_assert_max_num_queries: Any
) -> None:
    tell(post)
    with django_assert_max_num_queries(12) as queries:
        read(admin_client, MESSAGES)
    assert "inline_body" not in str(queries.captured_queries)


def test_list_and_detail_make_as_many_queries_for_fifty_rows_as_for_five(
    post: Post, connect: Connect, admin_client: Any
) -> None:
    def tell_of(count: int) -> list[str]:
        receivers = [lambda number=number, **kwargs: number for number in range(count)]
        for receiver in receivers:
            connect(envelope_sent, receiver)
        for number in range(count):
            tell(post, number + count)
        return [MESSAGES, page_of(ConnectMessage.objects.all()[0])]

    few = [count_queries(admin_client, page) for page in tell_of(5)]
    many = [count_queries(admin_client, page) for page in tell_of(50)]
    assert many == few
    assert Envelope.objects.count() > 50
    assert max(few) <= 14


def test_times_are_told_to_the_second_in_the_list_and_on_the_page(post: Post) -> None:
    tell(post)
    message = ConnectMessage.objects.get()
    at = datetime(2026, 5, 1, 12, 0, 7, tzinfo=timezone.utc)
    times = ("received_at", "generated_at", "processed_at", "last_received_at")
    for second, name in enumerate(times, start=1):
        setattr(message, name, at.replace(second=second))
    message.next_attempt_at = at.replace(second=5)
    message.save()
    browser = staff("view_connectmessage")
    columns = ["received", "generated", "processed", "last_received"]
    browser.post(f"{MESSAGES}columns/", {"columns": columns})
    page = read(browser, MESSAGES)
    for second in range(1, 5):
        assert f"05/01/2026 8:00:0{second} a.m." in page
    page = read(browser, page_of(message))
    for second in range(1, 6):
        in_utc = f'title="2026-05-01 12:00:0{second} UTC"'
        assert f"{in_utc}>May 1, 2026, 8:00:0{second} a.m.</time>" in page
