from __future__ import annotations

from datetime import datetime, timezone

from django_docusign_connect.messages import parse
from django_docusign_connect.messages.values import ConnectEvent

from .bodies import aggregate, sample, sim, xml

UTC = timezone.utc


def shown(body: bytes) -> list[tuple[str, str]]:
    """Return the names of a body's events and whom they are about, in order."""
    return [
        (event.name, event.recipient.name if event.recipient else "")
        for event in parse(body).events
    ]


def find(body: bytes, name: str) -> ConnectEvent:
    return next(event for event in parse(body).events if event.name == name)


def test_sim_message_states_its_event_and_implies_no_other() -> None:
    (event,) = parse(sample("json/envelope_completed_full.json")).events
    assert (event.name, event.is_inferred) == ("envelope-completed", False)
    assert event.occurred_at == datetime(2022, 9, 22, 15, 22, 52, 920000, UTC)


def test_stated_moment_is_the_date_of_the_recipient_that_the_event_names() -> None:
    signers = [
        {"recipientId": "1", "status": "sent", "sentDateTime": "2022-09-22T15:00:00Z"},
        {"recipientId": "2", "status": "sent", "sentDateTime": "2022-09-22T16:00:00Z"},
    ]
    summary = {
        "sentDateTime": "2022-09-22T14:00:00Z",
        "recipients": {"signers": signers},
    }
    (event,) = parse(sim("recipient-sent", recipientId="2", summary=summary)).events
    assert event.occurred_at == datetime(2022, 9, 22, 16, 0, tzinfo=UTC)
    assert event.recipient is not None
    assert event.recipient.recipient_id == "2"


def test_stated_moment_is_that_of_the_message_without_a_date_for_it() -> None:
    for event_name in ("envelope-resent", "recipient-finish-later", "envelope-sent"):
        (event,) = parse(sim(event_name, recipientId="1")).events
        assert event.occurred_at == datetime(2022, 9, 22, 15, 22, 53, 458074, UTC)


def test_envelope_event_is_about_no_recipient_even_if_one_is_named() -> None:
    (event,) = parse(sim("envelope-sent", recipientId="1")).events
    assert event.recipient is None


def test_snapshot_implies_what_its_dates_and_statuses_show_in_order_of_time() -> None:
    assert shown(sample("xml/peopledoc_declined.xml")) == [
        ("envelope-created", ""),
        ("recipient-sent", "Zoë Ångström"),
        ("envelope-sent", ""),
        ("recipient-declined", "Zoë Ångström"),
        ("envelope-declined", ""),
    ]
    events = parse(sample("xml/peopledoc_declined.xml")).events
    assert all(event.is_inferred for event in events)


def test_what_happens_at_once_is_told_recipients_first() -> None:
    signer = {"name": "Zoë", "recipientId": "1", "status": "completed"}
    moment = "2022-09-22T15:00:00Z"
    body = aggregate(
        "completed",
        createdDateTime="2022-09-22T14:00:00Z",
        completedDateTime=moment,
        recipients={"signers": [signer | {"signedDateTime": moment}]},
    )
    assert shown(body) == [
        ("envelope-created", ""),
        ("recipient-completed", "Zoë"),
        ("envelope-completed", ""),
    ]


def test_carbon_copy_without_a_signing_date_completes_when_that_is_first_shown() -> (
    None
):
    events = parse(sample("xml/official_aws_completed.xml")).events
    completed = [event for event in events if event.name == "recipient-completed"]
    by_type = {event.recipient.type: event for event in completed if event.recipient}
    assert by_type["signer"].occurred_at == datetime(2020, 3, 29, 6, 56, 54, 43000, UTC)
    assert by_type["carbonCopy"].occurred_at == datetime(
        2020, 3, 29, 6, 57, 15, 108547, UTC
    )


def test_voided_xml_implies_voided_when_it_was_generated() -> None:
    event = find(
        xml("<VoidReason>Expired</VoidReason>", status="Voided"), "envelope-voided"
    )
    assert event.occurred_at == datetime(2014, 9, 16, 10, 46, 52, 964643, UTC)
    assert event.is_inferred


def test_recipient_that_is_only_created_implies_nothing() -> None:
    about = [name for _, name in shown(sample("xml/official_aws_sent.xml")) if name]
    assert len(about) == 1
