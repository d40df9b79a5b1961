from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from django_docusign_connect.signals import envelope_corrected, envelope_sent
from tests.admin_pages import (
    MESSAGES,
    SCRIPT,
    count_queries,
    page_of,
    read,
    staff,
    tell,
)
from tests.bodies import sample, sim

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
Connect = Callable[..., None]

ENVELOPE_ID = str(UUID(int=1))
SIGNERS = {
    "signers": [
        {"recipientId": "1", "name": "Ada Quill", "email": "ada@example.com"},
        {"recipientId": "2", "name": "Bo Reed", "email": "bo@example.com"},
    ]
}


def happen(post: Post, event: str, at: str = "", **data: Any) -> None:
    at = at or "2026-05-01T12:00:00Z"
    post(sim(event, generated=at, **{"envelopeId": ENVELOPE_ID} | data))


def recipients(*, first: Any = (), second: Any = ()) -> dict[str, Any]:
    one, other = SIGNERS["signers"]
    return {"recipients": {"signers": [one | dict(first), other | dict(second)]}}


def story(*permissions: str, query: str = "") -> str:
    envelope = Envelope.objects.get()
    return read(staff("view_envelope", *permissions), page_of(envelope) + query)


def told(page: str) -> list[str]:
    return re.findall("<h3><bdi>(.*?)</bdi></h3>", page)


def fail(**kwargs: Any) -> None:
    raise ValueError(f"No such lease {SCRIPT}")


def test_story_tells_in_words_who_did_what_in_the_order_of_time(post: Post) -> None:
    tell(post, **recipients())
    happen(post, "recipient-completed", "2026-05-03T12:00:00Z", recipientId="1")
    happen(post, "recipient-delivered", "2026-05-02T12:00:00Z", recipientId="1")
    words = told(story())
    assert words == ["Envelope sent", "Ada Quill opened it", "Ada Quill signed"]


def test_time_is_in_the_viewers_zone_and_in_utc_for_who_points_at_it(
    post: Post,
) -> None:
    tell(post)
    happen(post, "envelope-corrected", "2026-05-01T12:00:07Z")
    page = story()
    assert 'title="2026-05-01 12:00:07 UTC">May 1, 2026, 8:00:07 a.m. <span' in page
    assert '<span class="docusign-zone">EDT</span>' in page
    utc = '<span class="docusign-utc" dir="ltr">2026-05-01 12:00:07 UTC</span>'
    assert utc in page


def test_time_in_utc_is_not_said_twice(post: Post, settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    tell(post)
    happen(post, "envelope-corrected", "2026-05-01T12:00:07Z")
    page = story()
    assert '12:00:07 p.m. <span class="docusign-zone">UTC</span></time>' in page
    assert "docusign-utc" not in page


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("de", "1. Mai 2026 08:00:07"),
        ("es", "1 de mayo de 2026 a las 08:00:07"),
        ("vi", "08:00:07 Ngày 01 tháng 5 năm 2026"),
        ("zh-hans", "2026年5月1日 08:00:07"),
    ],
)
def test_time_is_told_to_the_second_in_any_language(
    post: Post, language: str, shown: str, settings: Any
) -> None:
    settings.LANGUAGE_CODE = language
    tell(post)
    happen(post, "envelope-corrected", "2026-05-01T12:00:07Z")
    assert f">{shown} <span" in story()


def test_late_event_is_marked_and_explained(post: Post) -> None:
    tell(post)
    assert "Something generated later had been applied" not in story()
    happen(post, "envelope-corrected", "2020-01-01T00:00:00Z")
    page = story()
    assert told(page)[0] == "Envelope corrected by the sender"
    assert ">Late</strong> Something generated later had been applied before" in page


def test_inferred_event_is_marked_and_explained(post: Post) -> None:
    post(sample("xml/peopledoc_completed.xml"), content_type="text/xml")
    assert ">Inferred</strong> No message stated it: a snapshot" in story()


def test_reasons_are_told_where_things_stand_and_where_they_happened(
    post: Post,
) -> None:
    declined = {"status": "declined", "declinedReason": "Too dear"}
    bounced = {"status": "autoresponded", "autoRespondedReason": "Mailbox full"}
    shown = recipients(first=declined, second=bounced)
    tell(post, status="voided", voidedReason="No longer wanted", **shown)
    happen(post, "recipient-declined", recipientId="1")
    happen(post, "recipient-autoresponded", recipientId="2")
    happen(post, "envelope-voided")
    page = story()
    for reason in ("Too dear", "Mailbox full", "No longer wanted"):
        assert page.count(f"</span> <bdi>{reason}</bdi></blockquote>") == 2
    assert "<strong>Voided: it can be signed no more.</strong>" in page
    assert "Waiting for:" not in page


def test_failed_authentication_stands_out(post: Post) -> None:
    tell(post, **recipients())
    happen(post, "recipient-authenticationfailed", recipientId="2")
    page = story()
    assert told(page)[-1] == "Bo Reed could not prove who they are"
    assert page.count("docusign-tone-bad") == 1


def test_standing_names_who_is_to_act(post: Post) -> None:
    first = {"status": "completed", "signedDateTime": "2026-05-02T12:00:00Z"}
    second = {"status": "delivered", "deliveredDateTime": "2026-05-03T12:00:00Z"}
    tell(post, **recipients(first=first, second=second))
    page = story()
    assert "1 of 2 recipients are done. Waiting for:</p>" in page
    assert "<li><strong><bdi>Bo Reed</bdi></strong>, who opened it <time" in page
    assert "<li><strong><bdi>Ada Quill" not in page


def test_standing_says_when_the_envelope_was_first_sent(post: Post) -> None:
    first, second = "2026-05-01T07:00:00Z", "2026-05-03T12:00:00Z"
    tell(post, initialSentDateTime=first, sentDateTime=second)
    standing = story().split("Where it stands")[1].split("</section>")[0]
    assert 'datetime="2026-05-01T07:00:00' in standing
    assert "2026-05-03" not in standing


def test_message_and_receiver_runs_are_behind_their_event_alone(
    post: Post, connect: Connect
) -> None:
    connect(envelope_sent, fail)
    tell(post)
    happen(post, "envelope-corrected")
    page = story("view_connectmessage")
    first, second = page.split('id="event-')[1:3]
    link = f'href="{MESSAGES}{ConnectMessage.objects.earliest("pk").pk}/change/"'
    assert link in first
    assert "The message and 1 receiver run behind it, <strong" in first
    assert f"{__name__}.fail" in first
    assert "ValueError: No such lease &lt;script&gt;" in first
    assert "no receiver ran" in second
    assert SCRIPT not in page


def test_message_that_stated_what_another_implied_is_linked_too(post: Post) -> None:
    sent = {"status": "sent", "sentDateTime": "2026-05-01T12:00:00Z"}
    post(sample("xml/peopledoc_sent.xml"), content_type="text/xml")
    envelope = Envelope.objects.get()
    assert "Stated by" not in story("view_connectmessage")
    post(sim("envelope-sent", envelopeId=str(envelope.envelope_id), summary=sent))
    page = story("view_connectmessage")
    assert "Stated by <a href" in page
    event = EnvelopeEvent.objects.get(name="envelope-sent")
    assert f"{MESSAGES}{event.message_id}/change/" in page
    assert event.message_id != event.first_message_id


def test_who_may_not_view_messages_sees_nothing_behind_an_event(
    post: Post, connect: Connect
) -> None:
    connect(envelope_sent, fail)
    tell(post)
    page = story("process_connectmessage")
    assert "No such lease" not in page
    assert "receiver run" not in page


def test_event_whose_message_is_gone_says_so(post: Post) -> None:
    tell(post)
    ConnectMessage.objects.all().delete()
    assert "Its message is not kept any more." in story("view_connectmessage")


def test_long_story_is_told_in_pages_and_the_last_comes_first() -> None:
    envelope = Envelope.objects.track(UUID(int=1))
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    EnvelopeEvent.objects.bulk_create(
        EnvelopeEvent(
            envelope=envelope,
            name=f"envelope-odd{number}",
            occurred_at=start + timedelta(minutes=number),
            received_at=start,
        )
        for number in range(250)
    )
    numbers = [
        [int(word.removeprefix("Envelope odd")) for word in told(story(query=query))]
        for query in ("", "?timeline=2", "?timeline=3")
    ]
    assert numbers == [
        list(range(150, 250)),
        list(range(50, 150)),
        list(range(50)),
    ]
    assert 'href="?timeline=3#docusign-timeline">Earlier events' in story(
        query="?timeline=2"
    )
    assert 'href="?timeline=1#docusign-timeline">Later events' in story(
        query="?timeline=2"
    )
    assert "Earlier events" not in story(query="?timeline=3")


@pytest.mark.parametrize("page", ["", "x", "0", "-1", "²", "9" * 40, "1.5", "%00"])
def test_page_that_is_no_number_is_the_last(post: Post, page: str) -> None:
    tell(post)
    assert told(story(query=f"?timeline={page}")) == ["Envelope sent"]


def test_page_that_is_beyond_the_first_event_is_empty(post: Post) -> None:
    tell(post)
    page = story(query="?timeline=999999999")
    assert told(page) == []
    assert "Later events" in page


def test_page_makes_as_many_queries_for_many_events_and_runs_as_for_few(
    post: Post, connect: Connect, admin_client: Any
) -> None:
    def happen_often(count: int) -> int:
        for second in range(count):
            happen(post, "envelope-corrected", f"2026-01-01T00:00:{second:02}Z")
        return count_queries(admin_client, page_of(Envelope.objects.get()))

    tell(post)
    for number in range(3):
        connect(envelope_corrected, lambda number=number, **kwargs: number)
    few = happen_often(5)
    assert happen_often(50) == few
    assert few <= 12


def test_runs_are_no_more_than_a_page_can_show(
    post: Post, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_docusign_connect.admin.timeline.RUNS", 2)
    note = "Older receiver runs are on the pages of the messages."
    for number in range(3):
        connect(envelope_corrected, lambda number=number, **kwargs: number)
    tell(post)
    assert note not in story("view_connectmessage")
    happen(post, "envelope-corrected")
    page = story("view_connectmessage")
    assert note in page
    assert "The message and 2 receiver runs behind it" in page
