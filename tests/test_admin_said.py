from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile

from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from tests.admin_pages import (
    MESSAGES,
    SCRIPT,
    count_queries,
    document,
    page_of,
    read,
    staff,
    tell,
)
from tests.bodies import click, sim, xml

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
Configure = Callable[..., None]
Rows = list[tuple[str, str, str]]

SIGNER = {"recipientId": "1", "name": "Ada Quill", "email": "ada@example.com"}


def page(message: ConnectMessage | None = None, *permissions: str) -> str:
    message = message or ConnectMessage.objects.latest("pk")
    chosen = permissions or ("view_connectmessage_body",)
    return read(staff("view_connectmessage", *chosen), page_of(message))


def section(text: str, name: str) -> str:
    return text.split(f'id="docusign-{name}"')[1].split("</section>")[0]


def changes(message: ConnectMessage | None = None) -> Rows:
    """Return the rows of what a message changed: field, before and after."""
    rows = re.findall(
        r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>',
        section(page(message), "changed"),
    )
    return [tuple(re.sub("<.*?>", "", cell) for cell in row) for row in rows]  # type: ignore[misc]  # three


def follow(post: Post, event: str, at: str, **summary: Any) -> ConnectMessage:
    body = sim(event, generated=at, envelopeId=str(UUID(int=1)), summary=summary)
    assert post(body).status_code == 200
    return ConnectMessage.objects.latest("pk")


def test_key_that_verified_it_is_named_by_its_fingerprint_and_its_place(
    post: Post, configure: Configure
) -> None:
    configure(HMAC_KEYS=["other", "test-key"])
    tell(post)
    key = ConnectMessage.objects.get().key_fingerprint
    words = section(page(None, "view_envelope"), "verification")
    assert "By its HMAC signature" in words
    assert f"the Connect key whose fingerprint is {key}." in words
    assert "That is key 2 of 2 in the listener&#x27;s HMAC_KEYS." in words
    assert "before anything of it was stored: <time" in words


def test_key_that_is_not_in_use_any_more_is_said_to_be(
    post: Post, configure: Configure
) -> None:
    tell(post)
    configure(HMAC_KEYS=["other"])
    note = "That key is not in the listener&#x27;s HMAC_KEYS any more."
    assert note in page()
    ConnectMessage.objects.update(listener="gone")
    assert note in page()


def test_message_that_no_key_verified_is_said_to_be() -> None:
    body = sim("envelope-sent")
    message = ConnectMessage.of(body, listener="default", source="queue")
    ConnectMessage.objects.store(message, body, inline_bytes=len(body))
    words = section(page(), "verification")
    assert "No key is recorded: no signature was verified." in words
    assert "It came by another way than a signed request: queue." in words


def test_body_is_compared_with_its_digest(post: Post) -> None:
    tell(post)
    assert "The body that is kept is the one that came" in page()
    assert "The body that is kept" not in page(None, "view_envelope")
    ConnectMessage.objects.update(inline_body=b"{}")
    assert "The body that is kept is not the one that came" in page()


def test_what_it_said_is_told_in_words_and_fields(post: Post) -> None:
    signers = {"signers": [SIGNER | {"status": "sent"}]}
    tell(post, recipients=signers, envelopeDocuments=[document("Lease.pdf")])
    said = section(page(), "said")
    assert "<strong>Envelope sent</strong> <code>envelope-sent</code>" in said
    assert ">stated</span>" in said
    for name, value in (
        ("Status", "Sent"),
        ("Subject", "Lease 1"),
        ("Name", "Ada Quill"),
        ("Type", "Signer"),
        ("Lease.pdf", "1.3 KB of base64"),
    ):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in said


def test_document_that_was_not_sent_along_and_odd_recipient_are_named(
    post: Post,
) -> None:
    named = {"documentId": "7", "name": "Plan.pdf"}
    tell(post, recipients={"signers": [{"status": "sent"}]}, envelopeDocuments=[named])
    said = section(page(), "said")
    assert "<dt>Plan.pdf</dt><dd>named, not sent along</dd>" in said
    assert "<h3>A recipient without a name</h3>" in said


def test_snapshot_shows_events_and_does_not_state_them(post: Post) -> None:
    post(xml(), content_type="text/xml")
    said = section(page(), "said")
    assert "<strong>Envelope sent</strong>" in said
    assert ">shown by its snapshot</span>" in said


def test_message_of_an_event_alone_says_no_more(post: Post) -> None:
    post(sim("envelope-sent"))
    assert "It told the event alone" in section(page(), "said")
    post(click())
    assert "<strong>Click agreed</strong>" in section(page(), "said")


def test_what_it_said_and_changed_needs_the_permission_to_see_bodies(
    post: Post,
) -> None:
    tell(post, recipients={"signers": [SIGNER]})
    shown = page(None, "view_envelope", "process_connectmessage")
    assert "the permission view_connectmessage_body is needed" in shown
    assert "Lease 1" not in shown
    assert "Ada Quill" not in shown
    assert ">Envelope sent</a>" in section(shown, "changed")


def test_first_message_changes_all_that_it_tells(post: Post) -> None:
    tell(post, recipients={"signers": [SIGNER | {"status": "sent"}]})
    rows = changes()
    assert ("Status", "-", "Sent") in rows
    assert ("Subject", "-", "Lease 1") in rows
    assert ("Name", "-", "Ada Quill") in rows
    assert 'scope="rowgroup">Ada Quill</th>' in page()


def test_later_message_shows_before_and_after_of_what_it_changed(post: Post) -> None:
    before = {"signers": [SIGNER | {"status": "sent"}]}
    after = {"signers": [SIGNER | {"status": "completed"}]}
    tell(post, recipients=before)
    at = "2026-05-02T12:00:00Z"
    first = ConnectMessage.objects.get()
    follow(post, "recipient-completed", at, status="sent", recipients=after)
    assert ("Status", "Sent", "Completed") in changes()
    assert "Name" not in [field for field, _, _ in changes()]
    assert ("Status", "-", "Sent") in changes(first)
    assert "this message and the 1 received before it." in page()


def test_late_message_changed_nothing_back(post: Post) -> None:
    tell(post, status="completed")
    late = "2020-01-01T00:00:00Z"
    follow(post, "envelope-corrected", late, status="correct", emailSubject="Old")
    assert changes() == []
    assert "No field: all that it says was known, or something" in page()
    assert "Envelope corrected by the sender" in section(page(), "changed")
    assert ">Late</span>" in section(page(), "changed")


def test_last_values_told_are_those_of_the_envelope_in_whatever_order_they_came(
    post: Post,
) -> None:
    tell(post, voidedReason="Wrong address")
    for second in (5, 3, 9, 1):
        at = f"2026-05-01T12:00:0{second}Z"
        follow(post, "envelope-sent", at, status="sent", emailSubject=f"At {second}")
    told: dict[str, str] = {}
    for message in ConnectMessage.objects.order_by("pk"):
        told |= {field: after for field, _, after in changes(message)}
    envelope = Envelope.objects.get()
    assert told["Subject"] == envelope.subject == "At 9"
    assert told["Voided reason"] == envelope.voided_reason


def test_message_that_waits_is_said_to_change_it_later(
    post: Post, configure: Configure
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent", summary={"status": "sent"}))
    assert ("Status", "-", "Sent") in changes()
    assert "It is not processed yet: this is what it will change." in page()
    assert not EnvelopeEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "options", [{"ACCOUNT_IDS": ["other"]}, {"PROCESSOR": "deferred"}]
)
def test_ignored_message_is_said_to_have_changed_nothing(
    post: Post, configure: Configure, options: dict[str, Any]
) -> None:
    configure(**options)
    post(sim("envelope-sent", summary={"status": "sent"}))
    message = ConnectMessage.objects.get()
    if not message.processed_at:
        path = f"{MESSAGES}{message.pk}/ignore/"
        staff("view_connectmessage", "process_connectmessage").post(path)
    assert "It is ignored: what it says is not taken over." in page()
    assert changes() == []


@pytest.mark.parametrize("bound", ["EARLIER", "EARLIER_BYTES"])
def test_no_more_earlier_messages_are_read_than_bounded_and_the_page_says_so(
    post: Post, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    note = "Older ones were not read, or their bodies are not kept"
    for second in range(4):
        follow(post, "envelope-sent", f"2026-05-01T12:00:0{second}Z", status="sent")
    assert note not in page()
    size = ConnectMessage.objects.latest("pk").size
    most = {"EARLIER": 2, "EARLIER_BYTES": 2 * size}[bound]
    monkeypatch.setattr(f"django_docusign_connect.projection.changes.{bound}", most)
    shown = page()
    assert "the 2 received before it" in shown
    assert note in shown


def test_earlier_message_that_cannot_be_read_told_nothing(post: Post) -> None:
    crowd = [SIGNER | {"recipientId": str(number)} for number in range(1001)]
    summary = {"status": "voided", "recipients": {"signers": crowd}}
    follow(post, "envelope-voided", "2026-05-01T12:00:00Z", **summary)
    follow(post, "envelope-sent", "2026-05-01T12:00:01Z", status="sent")
    assert ("Status", "-", "Sent") in changes()
    assert "Older ones were not read" not in page()


def test_earlier_message_whose_body_is_gone_is_said_to_be_left_out(
    post: Post,
) -> None:
    tell(post)
    ConnectMessage.objects.update(inline_body=None)
    follow(post, "envelope-sent", "2026-05-01T12:00:00Z", status="sent")
    assert "the 0 received before it" in page()
    assert "or their bodies are not kept" in page()


def test_page_makes_as_many_queries_after_fifty_messages_as_after_five(
    post: Post, admin_client: Any
) -> None:
    def follow_often(count: int) -> int:
        for second in range(count):
            follow(post, "envelope-sent", f"2026-05-01T12:00:{second:02}Z")
        return count_queries(admin_client, page_of(ConnectMessage.objects.latest("pk")))

    few = follow_often(5)
    assert follow_often(50) == few
    assert few <= 12


def test_recipients_that_had_the_same_id_are_not_told_apart(post: Post) -> None:
    tell(post)
    for number in (1, 2):
        signer = SIGNER | {"recipientIdGuid": str(UUID(int=number))}
        at = f"2026-05-01T12:00:0{number}Z"
        follow(post, "envelope-sent", at, recipients={"signers": [signer]})
    assert "Recipients of this envelope have had the same ID" in page()
    assert "Ada Quill" not in section(page(), "changed")
    assert "Ada Quill" in section(page(), "said")


def test_more_changes_than_a_page_can_show_are_cut(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_docusign_connect.admin.said.ROWS", 3)
    signers = [SIGNER | {"recipientId": str(number)} for number in range(4)]
    tell(post, recipients={"signers": signers})
    assert len(changes()) == 3
    assert "There are more changes than are shown." in page()
    assert "There is more of it; the body has all." in page()


def test_nothing_a_sender_writes_is_markup(post: Post, admin_client: Any) -> None:
    fields = {"textCustomFields": [{"name": SCRIPT, "value": SCRIPT}]}
    tell(
        post,
        emailSubject=SCRIPT,
        status=SCRIPT,
        customFields=fields,
        recipients={"signers": [SIGNER | {"name": SCRIPT, "recipientId": SCRIPT}]},
        envelopeDocuments=[document(SCRIPT)],
    )
    shown = read(admin_client, page_of(ConnectMessage.objects.get()))
    assert shown.count("&lt;script&gt;alert(1)") > 12
    assert SCRIPT not in shown


def test_body_whose_file_is_gone_tells_nothing(
    post: Post, configure: Configure
) -> None:
    configure(BODY_INLINE_BYTES=10)
    tell(post)
    message = ConnectMessage.objects.get()
    message.body_file.storage.delete(str(message.body_file.name))
    shown = page()
    assert shown.count("The body is not kept any more.") == 2
    message.body_file.save("", ContentFile(b"{"), save=True)
    assert "Nothing that can be read:" in page()
