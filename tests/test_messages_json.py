from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages import parse
from django_docusign_connect.messages.values import EnvelopeState, RecipientState

from .bodies import (
    ACCOUNT_ID,
    ENVELOPE_ID,
    aggregate,
    click,
    compact,
    header_of,
    identity_of,
    sample,
    sim,
)

UTC = timezone.utc
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
FIELDS = st.sampled_from(
    [
        "event",
        "data",
        "envelopeId",
        "status",
        "envelopeSummary",
        "recipients",
        "signers",
        "sender",
        "customFields",
        "textCustomFields",
        "envelopeDocuments",
        "documentId",
        "PDFBytes",
        "order",
        "recipientId",
        "recipientIdGuid",
        "retryCount",
        "generatedDateTime",
        "sentDateTime",
    ]
)
ODD_MESSAGES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner),
    max_leaves=30,
)


def state_of(body: bytes) -> EnvelopeState:
    state = parse(body).state
    assert state is not None
    return state


def recipients_of(**recipients: Any) -> list[RecipientState]:
    return list(
        state_of(sim("envelope-sent", summary={"recipients": recipients})).recipients
    )


def test_sim_message_says_what_it_is() -> None:
    header = header_of(sample("json/recipient_completed_minimal.json"))
    assert header.format == "sim"
    assert header.event == "recipient-completed"
    assert header.account_id == "8b411bfe-54f5-47fc-bbf2-55d9a71a200f"
    assert header.envelope_id == UUID("71799c95-8417-4b16-90d5-86ff24a91d09")
    assert header.configuration_id == "10363315"
    assert header.generated_at == datetime(2022, 12, 9, 18, 29, 29, 736000, UTC)
    assert header.retry_count == 0


def test_recipient_event_without_a_summary_names_its_recipient() -> None:
    message = parse(sample("json/recipient_completed_minimal.json"))
    (event,) = message.events
    assert event.recipient == RecipientState(recipient_id="1")
    assert message.state is None


def test_numbers_may_be_texts() -> None:
    message = json.loads(sim("envelope-sent")) | {
        "retryCount": "3",
        "configurationId": "77",
    }
    header = header_of(compact(message))
    assert (header.retry_count, header.configuration_id) == (3, "77")


@pytest.mark.parametrize("odd", [None, -1, 2**31, 1.5, True, "x", [], {}])
def test_retry_count_that_is_no_whole_number_is_none(odd: Any) -> None:
    message = json.loads(sim("envelope-sent")) | {"retryCount": odd}
    assert header_of(compact(message)).retry_count == 0


def test_retry_is_the_same_message() -> None:
    first, retry = sim("envelope-sent"), sim("envelope-sent", retry_count=8)
    assert identity_of(first) == identity_of(retry)


def test_message_written_otherwise_is_the_same() -> None:
    message = json.loads(sim("envelope-sent", subject="é"))
    turned = dict(reversed(message.items()))
    written = json.dumps(turned, indent=2, ensure_ascii=False).encode()
    assert identity_of(written) == identity_of(sim("envelope-sent", subject="é"))


@pytest.mark.parametrize(
    "other",
    [
        sim("envelope-delivered"),
        sim("envelope-sent", generated="2022-09-22T15:22:54.0000000Z"),
        sim("envelope-sent", recipientId="2"),
        sim("envelope-sent", summary={"envelopeDocuments": [{"PDFBytes": "AAAA"}]}),
    ],
)
def test_message_that_says_something_else_is_another(other: bytes) -> None:
    assert identity_of(sim("envelope-sent")) != identity_of(other)


def test_messages_with_other_documents_are_not_the_same() -> None:
    one, other = (
        sim("envelope-sent", summary={"envelopeDocuments": [{"PDFBytes": text}]})
        for text in ("AAAA", "BBBB")
    )
    assert identity_of(one) != identity_of(other)


def test_second_configuration_tells_of_no_second_click() -> None:
    one, other = (
        compact(json.loads(click()) | {"configurationId": number}) for number in (1, 2)
    )
    assert identity_of(one) == identity_of(other)


def test_summary_shows_the_envelope() -> None:
    state = state_of(sample("json/envelope_completed_full.json"))
    assert state.status == "completed"
    assert state.sender_email == "person1@example.com"
    assert state.initial_sent_at == datetime(2022, 9, 22, 15, 19, 41, 90000, UTC)
    assert state.expires_at == datetime(2023, 1, 20, 15, 19, 41, 90000, UTC)
    assert [document.document_id for document in state.documents] == [
        "1",
        "certificate",
    ]


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("signers", "signer"),
        ("agents", "agent"),
        ("editors", "editor"),
        ("intermediaries", "intermediary"),
        ("carbonCopies", "carbonCopy"),
        ("certifiedDeliveries", "certifiedDelivery"),
        ("inPersonSigners", "inPersonSigner"),
        ("seals", "seal"),
        ("witnesses", "witness"),
        ("notaries", "notary"),
        ("notaryWitnesses", "notaryWitness"),
        ("participants", "participant"),
    ],
)
def test_each_kind_of_recipient_is_read(group: str, kind: str) -> None:
    (recipient,) = recipients_of(**{group: [{"recipientId": "7", "name": "Zoë"}]})
    assert recipient == RecipientState(recipient_id="7", name="Zoë", type=kind)


def test_recipient_is_read_field_by_field() -> None:
    guid = "4cf8e55c-b611-4ab5-bddd-9bc640bfc911"
    (recipient,) = recipients_of(
        signers=[
            {
                "recipientId": 7,
                "recipientIdGuid": guid,
                "name": "Zoë",
                "email": "zoe@example.com",
                "roleName": "Tenant",
                "routingOrder": "2",
                "status": "Declined",
                "sentDateTime": "2022-09-22T15:00:01Z",
                "deliveredDateTime": "2022-09-22T15:00:02Z",
                "signedDateTime": "2022-09-22T15:00:03Z",
                "declinedDateTime": "2022-09-22T15:00:04Z",
                "declinedReason": "Too dear",
                "autoRespondedReason": "Away",
                "clientUserId": "c9",
            }
        ]
    )
    assert recipient == RecipientState(
        recipient_id="7",
        recipient_id_guid=UUID(guid),
        type="signer",
        name="Zoë",
        email="zoe@example.com",
        role_name="Tenant",
        routing_order=2,
        status="declined",
        sent_at=datetime(2022, 9, 22, 15, 0, 1, tzinfo=UTC),
        delivered_at=datetime(2022, 9, 22, 15, 0, 2, tzinfo=UTC),
        signed_at=datetime(2022, 9, 22, 15, 0, 3, tzinfo=UTC),
        declined_at=datetime(2022, 9, 22, 15, 0, 4, tzinfo=UTC),
        declined_reason="Too dear",
        auto_responded_reason="Away",
        client_user_id="c9",
    )


def test_in_person_signer_is_who_signs_and_not_the_host() -> None:
    (recipient,) = recipients_of(
        inPersonSigners=[
            {"hostName": "Host", "signerName": "Zoë", "signerEmail": "zoe@example.com"}
        ]
    )
    assert (recipient.name, recipient.email) == ("Zoë", "zoe@example.com")


def test_custom_fields_are_those_of_text_and_of_list() -> None:
    fields = {
        "textCustomFields": [{"name": "Sales order", "value": "4711", "show": "true"}],
        "listCustomFields": [{"name": "Region", "value": "North"}, {"value": "?"}],
    }
    state = state_of(sim("envelope-sent", summary={"customFields": fields}))
    assert state.custom_fields == {"Sales order": "4711", "Region": "North"}


def test_summary_without_custom_fields_tells_nothing_of_them() -> None:
    assert (
        state_of(sim("envelope-sent", summary={"status": "sent"})).custom_fields is None
    )


def test_aggregate_message_is_the_envelope_itself() -> None:
    message = parse(
        aggregate(
            "sent",
            emailSubject="Lease",
            lastModifiedDateTime="2022-09-22T15:19:40.403Z",
            statusChangedDateTime="2022-09-22T15:19:39Z",
            sender={"accountId": ACCOUNT_ID},
        )
    )
    assert (message.header.format, message.header.event) == ("aggregate", "")
    assert message.header.envelope_id == UUID(ENVELOPE_ID)
    assert message.header.account_id == ACCOUNT_ID
    assert message.header.generated_at == datetime(2022, 9, 22, 15, 19, 40, 403000, UTC)
    assert message.state is not None
    assert message.state.subject == "Lease"


def test_aggregate_without_a_time_of_change_has_that_of_its_status() -> None:
    header = header_of(aggregate("sent", statusChangedDateTime="2022-09-22T15:19:39Z"))
    assert header.generated_at == datetime(2022, 9, 22, 15, 19, 39, tzinfo=UTC)


def test_text_is_kept_as_sent_but_for_what_no_database_holds() -> None:
    body = sim("envelope-sent", summary={"emailSubject": " a\0b 😀 <i>é</i> "})
    assert state_of(body).subject == " ab 😀 <i>é</i> "
    body = sim("envelope-sent", summary={"emailSubject": "\ud83d!"})
    assert "\ud83d" not in state_of(body).subject
    assert state_of(body).subject.endswith("!")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_may_start_with_a_byte_order_mark(encoding: str) -> None:
    body = sim("envelope-sent").decode().encode(encoding)
    assert parse(body).header.event == "envelope-sent"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \r\n\t ",
        b"\xef\xbb\xbf",
        b"{",
        b'{"event": "envelope-sent"',
        b'{"event": "envelope-sent"} trailing',
        b'{"event": "\xff"}',
        b"event=envelope-sent",
        b"null",
        b'"event"',
        b'["event"]',
        b"{}",
        b'{"data": {}}',
        b'{"envelopeId": "123456"}',
        b'{"status": "sent"}',
        b'{"event": null}',
        b'{"event": {"event": "envelope-sent"}}',
        b'{"event": "x", "n": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
    ],
)
def test_body_that_is_no_message_is_unreadable_and_yet_has_an_identity(
    body: bytes,
) -> None:
    with pytest.raises(UnreadableMessage, match=r"[A-Z].*"):
        parse(body)
    assert len(identity_of(body)) == 64


def test_json_nested_to_any_depth_is_read_or_unreadable() -> None:
    for depth in range(900, 1010):
        body = b'{"event":"x","data":' + b"[" * depth + b"]" * depth + b"}"
        identity_of(body)
        try_to_parse(body)


@given(st.binary())
def test_no_bytes_break_the_reader(body: bytes) -> None:
    identity_of(body)
    try_to_parse(body)


@given(st.dictionaries(FIELDS | st.text(max_size=3), ODD_MESSAGES | JSON))
def test_no_json_of_wrong_types_breaks_the_reader(message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    identity_of(body)
    try_to_parse(body)


@given(
    st.sampled_from(["envelope-sent", "recipient-sent", "click-agreed"]),
    st.dictionaries(FIELDS, ODD_MESSAGES),
)
def test_no_summary_of_wrong_types_breaks_the_reader(
    event: str, summary: dict[str, Any]
) -> None:
    state = parse(sim(event, summary=summary | {"status": 5})).state
    assert state is not None
    assert state.status == "5"


def try_to_parse(body: bytes) -> None:
    try:
        message = parse(body)
    except UnreadableMessage:
        return
    for document in message.state.documents if message.state else ():
        try:
            b"".join(document.decoded())
        except ValueError:
            continue
