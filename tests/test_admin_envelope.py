from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_docusign_connect.models import ConnectMessage, Envelope
from tests.admin_pages import (
    ENVELOPES,
    SCRIPT,
    count_queries,
    document,
    page_of,
    read,
    staff,
    tell,
)
from tests.bodies import sim

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]


def signer(number: int, **values: str) -> dict[str, str]:
    return {
        "recipientId": str(number),
        "name": f"Signer {number}",
        "email": f"signer{number}@example.com",
        "routingOrder": str(number),
        "status": "sent",
    } | values


def found(query: str) -> list[str]:
    response = staff("view_envelope").get(f"{ENVELOPES}?{query}")
    assert response.status_code == 200
    return sorted(row.subject for row in response.context["cl"].result_list)


def test_list_shows_what_an_envelope_is_and_how_far_it_got(post: Post) -> None:
    sender = {"userName": "Ada", "email": "ada@example.com"}
    tell(post, sender=sender, sentDateTime="2026-05-01T12:00:00Z")
    page = read(staff("view_envelope"), ENVELOPES)
    # 12:00 UTC, seen in New York.
    for text in ("Lease 1", ">Sent</span>", "Ada", "05/01/2026 8 a.m.", "ebeffd2b…"):
        assert text in page


def test_long_subject_is_shortened_and_a_missing_one_is_the_envelope_id(
    post: Post,
) -> None:
    tell(post, emailSubject="x" * 200)
    other = tell(post, 2, emailSubject="")
    page = read(staff("view_envelope"), ENVELOPES)
    assert "x" * 79 + "…" in page
    assert f">{other.envelope_id}</a>" in page


def test_list_is_filtered_by_status_and_account(post: Post) -> None:
    tell(post)
    tell(post, 2, status="voided")
    assert found("status=voided") == ["Lease 2"]
    account_id = Envelope.objects.all()[0].account_id
    assert found(f"account_id={account_id}") == ["Lease 1", "Lease 2"]
    assert found("account_id=none") == []


@pytest.mark.parametrize(
    "query", ["status__exact=%00", "account_id=a%00", "sender_email__exact=%00"]
)
def test_filter_by_what_no_database_holds_is_refused(post: Post, query: str) -> None:
    tell(post)
    assert staff("view_envelope").get(f"{ENVELOPES}?{query}").status_code == 400


def test_delivered_is_said_to_mean_opened_wherever_a_status_is(post: Post) -> None:
    recipient = {**signer(1), "status": "delivered"}
    envelope = tell(post, status="delivered", recipients={"signers": [recipient]})
    browser = staff("view_envelope", "view_connectmessage", "view_connectmessage_body")
    words = "Delivered (opened)"
    badge = f">{words}</span>"
    rows = read(browser, ENVELOPES)
    assert badge in rows
    assert f'status=delivered">{words}</a>' in rows
    assert read(browser, page_of(envelope)).count(badge) == 2
    assert f">{words}</th>" in read(browser, "/admin/docusign_connect/dashboard/")
    assert words in read(browser, page_of(ConnectMessage.objects.get()))


def test_filters_offer_the_values_of_the_newest_rows_and_the_chosen_one(
    post: Post,
) -> None:
    tell(post, status="odd-status")
    page = read(staff("view_envelope"), f"{ENVELOPES}?account_id=of-old")
    assert '"?account_id=of-old&amp;status=odd-status">odd-status</a>' in page
    assert '"?account_id=of-old">of-old</a>' in page


@pytest.mark.parametrize(
    "text",
    [
        "00000000-0000-0000-0000-000000000001",
        "ada@example.com",
        "Signer1@Example.com",
        "lease 1",
        "%20signer1@example.com%20",
    ],
)
def test_search_finds_by_id_subject_and_email(post: Post, text: str) -> None:
    sender = {"email": "ada@example.com"}
    tell(post, sender=sender, recipients={"signers": [signer(1)]})
    tell(post, 2)
    assert found(f"q={text}") == ["Lease 1"]


@pytest.mark.parametrize("text", ["Signer 1", "SIGNER1@", "Ada", "lease"])
def test_text_is_searched_for_in_the_newest_alone(
    post: Post, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr("django_docusign_connect.models.search.SEARCHED", 2)
    sender = {"userName": "Ada", "email": "ada@example.com"}
    for number in (1, 2, 3):
        signers = [signer(1), signer(2)]
        tell(post, number, sender=sender, recipients={"signers": signers})
    assert found(f"q={text}") == ["Lease 2", "Lease 3"]
    assert found("q=ada@example.com") == ["Lease 1", "Lease 2", "Lease 3"]


def test_list_ends_where_it_would_be_long_and_says_so(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_docusign_connect.admin.pages.MOST_ROWS", 60)
    note = "The list ends here, but there are more."
    Envelope.objects.bulk_create(
        Envelope(envelope_id=UUID(int=number), status="sent") for number in range(60)
    )
    browser = staff("view_envelope")
    page = read(browser, ENVELOPES)
    assert "60 envelopes" in page
    assert note not in page
    tell(post, 100)
    page = read(browser, ENVELOPES)
    assert "60 envelopes" in page
    assert note in page
    assert "Lease 100" in page
    rows = browser.get(f"{ENVELOPES}?p=2").context["cl"].result_list
    assert len(rows) == 10
    assert browser.get(f"{ENVELOPES}?p=3").status_code == 302


def test_list_counts_once_and_no_further_than_it_goes() -> None:
    browser = staff("view_envelope")
    with CaptureQueriesContext(connection) as queries:
        read(browser, ENVELOPES)
    counts = [one["sql"] for one in queries if "COUNT(" in one["sql"]]
    assert len(counts) == 1
    assert "LIMIT 10001" in counts[0]


def test_order_that_has_no_index_is_not_taken_from_the_url(post: Post) -> None:
    for number in (1, 2):
        tell(post, number, status=["voided", "sent"][number - 1])
    browser = staff("view_envelope")
    by_status = browser.get(f"{ENVELOPES}?o=2").context["cl"].result_list
    assert [row.subject for row in by_status] == ["Lease 2", "Lease 1"]
    by_change = browser.get(f"{ENVELOPES}?o=5").context["cl"].result_list
    assert [row.subject for row in by_change] == ["Lease 1", "Lease 2"]


def test_detail_has_recipients_in_routing_order_with_their_state(post: Post) -> None:
    last = signer(2, status="declined", declinedReason="Too dear")
    unordered = signer(3, routingOrder="")
    signers = {"signers": [unordered, last, signer(1, status="completed")]}
    page = read(staff("view_envelope"), page_of(tell(post, recipients=signers)))
    places = [page.index(f"signer{number}@example.com") for number in (1, 2, 3)]
    assert places == sorted(places)
    assert ">Declined</span>" in page
    assert "Reason: <bdi>Too dear</bdi>" in page


def test_messages_are_linked_for_who_may_view_messages(post: Post) -> None:
    envelope = tell(post)
    link = f'href="{page_of(ConnectMessage.objects.get())}"'
    seen = read(staff("view_envelope", "view_connectmessage"), page_of(envelope))
    assert seen.count(link) == 2
    assert f"?envelope_id={envelope.envelope_id}" in seen
    assert "connectmessage" not in read(staff("view_envelope"), page_of(envelope))


def test_hosts_object_is_named_to_who_may_view_it_and_linked(
    post: Post, admin_client: Any
) -> None:
    group = Group.objects.create(name="Tenants of No. 5")
    envelope = tell(post)
    Envelope.objects.track(envelope.envelope_id, target=group)
    link = f'<a href="/admin/auth/group/{group.pk}/change/">group: {group}</a>'
    assert link in read(admin_client, page_of(envelope))
    page = read(staff("view_envelope"), page_of(envelope))
    assert f"group {group.pk}" in page
    assert group.name not in page


def test_hosts_object_without_a_page_is_named_without_a_link(admin_client: Any) -> None:
    kind = ContentType.objects.get_for_model(Group)
    envelope = Envelope.objects.track(UUID(int=1), target=kind)
    page = read(admin_client, page_of(envelope))
    assert f">content type: {kind}</p>" in page


def test_envelope_that_no_message_told_of_yet_is_shown(admin_client: Any) -> None:
    envelope = Envelope.objects.track(UUID(int=1))
    page = read(admin_client, page_of(envelope))
    assert "Nothing has happened yet, as far as is known." in page
    assert f">{envelope.envelope_id}</a>" in read(admin_client, ENVELOPES)


def test_hosts_object_that_is_gone_is_said_to_be(post: Post, admin_client: Any) -> None:
    group = Group.objects.create(name="Tenants")
    envelope = Envelope.objects.track(tell(post).envelope_id, target=group)
    key = group.pk
    group.delete()
    assert f"group {key} (it is gone)" in read(admin_client, page_of(envelope))


def test_nothing_a_sender_writes_is_markup(post: Post, admin_client: Any) -> None:
    envelope = tell(
        post,
        status="voided",
        emailSubject=SCRIPT,
        voidedReason=SCRIPT,
        sender={"userName": SCRIPT, "email": SCRIPT},
        customFields={"textCustomFields": [{"name": SCRIPT, "value": SCRIPT}]},
        recipients={"signers": [signer(1, name=SCRIPT, declinedReason=SCRIPT)]},
        envelopeDocuments=[document(SCRIPT)],
    )
    post(sim(f"envelope-{SCRIPT}", envelopeId=str(envelope.envelope_id)))
    page = read(admin_client, page_of(envelope))
    assert page.count("&lt;script&gt;alert(1)") >= 9
    assert SCRIPT not in page + read(admin_client, ENVELOPES)


def test_envelopes_are_neither_added_nor_changed_nor_deleted(
    post: Post, admin_client: Any
) -> None:
    page = page_of(tell(post))
    assert admin_client.get(f"{ENVELOPES}add/").status_code == 403
    assert admin_client.post(page, {"subject": "Other"}).status_code == 403
    assert admin_client.post(page.replace("change", "delete")).status_code == 403
    assert "delete_selected" not in read(admin_client, ENVELOPES)
    assert Envelope.objects.get().subject == "Lease 1"


def test_who_may_not_view_envelopes_sees_none(post: Post) -> None:
    page = page_of(tell(post))
    other = staff("view_connectmessage", "download_envelopedocument")
    assert other.get(ENVELOPES).status_code == 403
    assert other.get(page).status_code == 403


def test_list_and_detail_make_as_many_queries_for_fifty_rows_as_for_five(
    post: Post, admin_client: Any
) -> None:
    def tell_of(count: int) -> Envelope:
        for number in range(2, count):
            tell(post, number)
        for second in range(count):
            moment = f"2026-01-01T00:00:{second:02}Z"
            post(
                sim("envelope-corrected", generated=moment, envelopeId=str(UUID(int=1)))
            )
        signers = {"signers": [signer(number) for number in range(1, count)]}
        documents = [document() | {"documentId": str(one)} for one in range(count)]
        return tell(post, recipients=signers, envelopeDocuments=documents)

    pages = [ENVELOPES, page_of(tell_of(5))]
    few = [count_queries(admin_client, page) for page in pages]
    tell_of(50)
    assert [count_queries(admin_client, page) for page in pages] == few
    assert max(few) <= 12


def test_texts_of_others_keep_their_direction_on_a_page_that_runs_from_the_right(
    post: Post,
) -> None:
    envelope = tell(
        post,
        emailSubject="Lease 1 (draft)",
        status="voided",
        voidedReason="Too dear!",
        sender={"userName": "Chloë <b>", "email": "a@example.com"},
        customFields={"textCustomFields": [{"name": "lease", "value": "1."}]},
        recipients={"signers": [signer(1, name="Bo (Jr.)")]},
    )
    browser = staff("view_envelope")
    page = read(browser, page_of(envelope))
    for text in (
        "Chloë &lt;b&gt;</bdi> &lt;<bdi>a@example.com</bdi>&gt;",
        "Sent by <strong><bdi>Chloë &lt;b&gt;</bdi></strong>",
        "<bdi>Lease 1 (draft)</bdi>",
        "<bdi>Too dear!</bdi>",
        "<bdi>lease</bdi>: <bdi>1.</bdi>",
        "<bdi>Bo (Jr.)</bdi><br><bdi>signer1@example.com</bdi>",
    ):
        assert text in page
    columns = ["short_subject", "short_sender", "recipient_emails"]
    columns = [*columns, "custom_field_texts"]
    browser.post(f"{ENVELOPES}columns/", {"columns": columns})
    page = read(browser, ENVELOPES)
    for text in (
        "<bdi>Lease 1 (draft)</bdi>",
        "<bdi>Chloë &lt;b&gt;</bdi>",
        "<bdi>signer1@example.com</bdi>",
        "<bdi>lease: 1.</bdi>",
    ):
        assert text in page
