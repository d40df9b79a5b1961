"""The same messages leave the same rows, in any order, with any repeats and retries."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from django_docusign_connect import signals
from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from django_docusign_connect.simulator import tell
from django_docusign_connect.simulator.story import Moment
from django_docusign_connect.simulator.wire import SNAPSHOT_EVENTS, Message

pytestmark = pytest.mark.django_db

STORIES = (
    "signed-by-two",
    "declined",
    "voided",
    "expired",
    "corrected",
    "authentication-failed",
    "carbon-copies",
    "with-documents",
)
IN_CI = bool(os.environ.get("CI"))
EXAMPLES = 300 if IN_CI and connection.vendor == "sqlite" else 30
ANY_ORDER = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=IN_CI,
)
MOST_MESSAGES = 12

#: How a moment may be told: SIM with and without a summary, and the snapshots.
TELLINGS = ("sim", "event", "aggregate", "xml", "soap")


def told(moment: Moment, telling: str) -> Message:
    if telling == "event":
        return Message(moment=moment, format="sim", has_summary=False)
    return Message(moment=moment, format=telling)


def at_equal_times(moments: Sequence[Moment]) -> list[Moment]:
    """Have every two moments generated in the same second."""
    first = moments[0].generated_at.replace(microsecond=0)
    return [
        replace(moment, generated_at=first + timedelta(seconds=number // 2))
        for number, moment in enumerate(moments)
    ]


@st.composite
def deliveries(
    draw: st.DrawFn, story: str, tellings: Sequence[str] = TELLINGS
) -> tuple[list[bytes], list[bytes]]:
    """Draw a story's messages, in order, and the same ones as they may come."""
    moments = list(tell(story, seed=draw(st.integers(0, 20))))
    if draw(st.booleans()):
        moments = at_equal_times(moments)
    messages = [
        told(moment, telling)
        for moment in moments
        for telling in sorted(draw(st.sets(st.sampled_from(tellings), max_size=2)))
        if telling in {"sim", "event"} or moment.event in SNAPSHOT_EVENTS
    ][:MOST_MESSAGES]
    assume(messages)
    come = draw(st.permutations([*messages, *draw(repeats(messages))]))
    return [message.body() for message in messages], [
        message.body(retry_count=draw(st.integers(0, 3))) for message in come
    ]


def repeats(messages: Sequence[Message]) -> st.SearchStrategy[list[Message]]:
    return st.lists(st.sampled_from(messages), max_size=4)


def post(body: bytes) -> None:
    signature = sign(body, "test-key").decode()
    answer = Client().post(
        "/docusign/connect/",
        body,
        content_type="application/octet-stream",
        headers={"X-DocuSign-Signature-1": signature},
    )
    assert answer.status_code == 200


@contextmanager
def undone() -> Iterator[None]:
    """Take back all that is done to the database inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def outcome(bodies: Sequence[bytes]) -> tuple[dict[str, Any], Counter[tuple[str, ...]]]:
    """Post the messages; return the rows they leave, and what was announced."""
    announced: Counter[tuple[str, ...]] = Counter()

    def listen(event: EnvelopeEvent, **kwargs: Any) -> None:
        announced[(event.name, str(event.recipient_id))] += 1

    signals.connect_event.connect(listen)
    try:
        with undone():
            for body in bodies:
                post(body)
            assert not ConnectMessage.objects.exclude(status="processed").exists()
            return rows(), announced
    finally:
        signals.connect_event.disconnect(listen)


def rows() -> dict[str, Any]:
    """Return all rows of all envelopes, but for keys and how messages arrived."""
    envelopes = {}
    for envelope in Envelope.objects.all():
        names: dict[int | None, Any] = {
            one.pk: who(one) for one in envelope.recipients.all()
        }
        envelopes[str(envelope.envelope_id)] = {
            "envelope": values(envelope, "changed_at"),
            "recipients": sorted(
                (values(one, "envelope") for one in envelope.recipients.all()), key=str
            ),
            "documents": sorted(
                (values(one, "envelope", "file") for one in envelope.documents.all()),
                key=str,
            ),
            "contents": sorted(
                one.file.read() for one in envelope.documents.all() if one.file
            ),
            "events": sorted(
                (
                    (
                        one.name,
                        names.get(one.recipient_id),
                        one.occurred_at.isoformat(),
                        one.is_inferred,
                    )
                    for one in envelope.events.all()
                ),
                key=str,
            ),
        }
    return envelopes


def who(recipient: Any) -> tuple[str, str]:
    return (str(recipient.recipient_id_guid), recipient.recipient_id)


def values(row: Any, *without: str) -> dict[str, str]:
    return {
        field.name: json.dumps(getattr(row, field.attname), default=str, sort_keys=True)
        for field in row._meta.fields
        if field.name not in {"id", *without}
    }


def check(in_order: Sequence[bytes], as_they_come: Sequence[bytes]) -> None:
    expected, _ = outcome(in_order)
    found, announced = outcome(as_they_come)
    assert found == expected
    assert announced.total() >= facts(found)


def facts(envelopes: dict[str, Any]) -> int:
    return sum(len(envelope["events"]) for envelope in envelopes.values())


@pytest.mark.parametrize("story", STORIES)
@ANY_ORDER
@given(data=st.data())
def test_a_story_in_mixed_formats_converges(story: str, data: st.DataObject) -> None:
    check(*data.draw(deliveries(story)))


@pytest.mark.parametrize("tellings", [("sim",), ("event",), ("xml",), ("aggregate",)])
@pytest.mark.parametrize("story", STORIES)
@settings(ANY_ORDER, max_examples=max(EXAMPLES // 4, 10))
@given(data=st.data())
def test_each_fact_is_announced_once(
    story: str, tellings: Sequence[str], data: st.DataObject
) -> None:
    _, as_they_come = data.draw(deliveries(story, tellings))
    found, announced = outcome(as_they_come)
    assert announced.total() == facts(found)


# Messages of no story at all: any fields, any times, again and again the same ones.

SECONDS = st.integers(0, 5).map(lambda second: f"2026-01-31T12:00:0{second}Z")
STATUSES = ("created", "sent", "delivered", "completed", "declined", "voided")
DATES = ("sent", "delivered", "completed", "declined", "voided", "created")
GUIDS = {"1": "11111111-1111-4111-8111-111111111111", "2": "2" * 32}
ENVELOPE = "7a5f1e05-6b6b-445e-9ec0-b8531bacca38"


def parts(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw objects that have any of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def any_recipients(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw recipients that are named by one id, by the other, or by both.

    Of one message they have ids of their own, which in another one others may have.
    """
    found = []
    guids = draw(st.permutations(sorted(GUIDS)))
    for recipient_id, guid in zip("12", guids[: draw(st.integers(0, 2))], strict=False):
        names = {"recipientId": recipient_id, "recipientIdGuid": GUIDS[guid]}
        for name in draw(st.sets(st.sampled_from(sorted(names)), max_size=1)):
            del names[name]
        values = parts(
            status=st.sampled_from(["sent", "delivered", "completed", "declined"]),
            email=st.sampled_from(["ada@example.com", "bob@example.com", ""]),
            signedDateTime=SECONDS,
            sentDateTime=SECONDS,
            deliveredDateTime=SECONDS,
        )
        found.append({**draw(values), **names})
    return found


ANY_SUMMARY = parts(
    status=st.sampled_from(STATUSES),
    emailSubject=st.sampled_from(["One", "Two", ""]),
    voidedReason=st.sampled_from(["late", "wrong"]),
    statusChangedDateTime=SECONDS,
    customFields=st.sampled_from(
        [
            {"textCustomFields": [{"name": name, "value": "x"}]}
            for name in ("loan", "lease")
        ]
    ),
    recipients=any_recipients().map(lambda signers: {"signers": signers}),
    envelopeDocuments=st.sampled_from(
        [[{"documentId": "1", "PDFBytes": text}] for text in ("QQ==", "Qg==")]
    ),
    **{f"{name}DateTime": SECONDS for name in DATES},
)


@st.composite
def any_message(draw: st.DrawFn) -> dict[str, Any]:
    summary = draw(ANY_SUMMARY)
    if draw(st.booleans()):
        at = draw(SECONDS)
        return {"envelopeId": ENVELOPE, "lastModifiedDateTime": at, **summary}
    of_recipient = draw(st.booleans())
    names = DATES[:4] if of_recipient else (*DATES, "resent", "corrected")
    kind = "recipient" if of_recipient else "envelope"
    return {
        "event": f"{kind}-{draw(st.sampled_from(names))}",
        "generatedDateTime": draw(SECONDS),
        "configurationId": draw(st.integers(1, 2)),
        "data": {
            "envelopeId": ENVELOPE,
            **({"recipientId": draw(st.sampled_from("12"))} if of_recipient else {}),
            **({"envelopeSummary": summary} if draw(st.booleans()) else {}),
        },
    }


@ANY_ORDER
@given(data=st.data())
def test_any_messages_at_all_converge(data: st.DataObject) -> None:
    messages = data.draw(st.lists(any_message(), min_size=1, max_size=8))
    come = data.draw(st.permutations(messages + messages[:2]))
    check(*([json.dumps(one).encode() for one in many] for many in (messages, come)))
