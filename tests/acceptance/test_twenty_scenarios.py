"""Twenty situations that break receivers of webhooks, a test for each."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection
from django.dispatch import Signal
from django.test import Client
from django.test.utils import CaptureQueriesContext

from django_docusign_connect import signals
from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    ReceiverRun,
)
from django_docusign_connect.processors import Processor
from tests.bodies import ENVELOPE_ID, aggregate, compact, sample, sim, xml
from tests.conftest import KEY

pytestmark = pytest.mark.django_db

MEBIBYTE = 1024 * 1024
URL = "/docusign/connect/"
Post = Callable[..., Any]
Configure = Callable[..., None]
Connect = Callable[[Signal, Callable[..., Any]], None]
Hear = Callable[[Signal], list[dict[str, Any]]]


class FailsOnce:
    """A receiver that raises when it is called for the first time."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, **kwargs: Any) -> None:
        self.calls += 1
        if self.calls == 1:
            raise ConnectionError("The archive is away.")


class LookingProcessor(Processor):
    """Notes what another connection to the database would see of a message."""

    seen: list[tuple[bool, int]] = []

    def enqueue(self, message: ConnectMessage) -> None:
        rows = ConnectMessage.objects.filter(pk=message.pk)
        self.seen.append((connection.in_atomic_block, rows.count()))


def statuses() -> list[str]:
    return list(ConnectMessage.objects.values_list("status", flat=True))


def with_document(size: int) -> tuple[bytes, bytes]:
    """Return a message of about that size, and the document inside it."""
    content = b"%PDF-1.7 " + bytes(size // 4 * 3)
    document = {"documentId": "1", "PDFBytes": base64.b64encode(content).decode()}
    summary = {"status": "completed", "envelopeDocuments": [document]}
    return sim("envelope-completed", summary=summary), content


def test_01_receiver_that_raised_runs_again_exactly_once_when_docusign_repeats(
    post: Post, connect: Connect
) -> None:
    receiver = FailsOnce()
    connect(signals.envelope_completed, receiver)
    for retry_count in range(4):
        body = sim("envelope-completed", retry_count=retry_count)
        assert post(body).status_code == 200
    assert (receiver.calls, statuses()) == (2, ["processed"])


def test_02_receiver_that_succeeded_does_not_run_again_beside_one_that_raised(
    post: Post, connect: Connect, hear: Hear
) -> None:
    first = hear(signals.connect_event)
    connect(signals.envelope_declined, FailsOnce())
    post(sample("xml/peopledoc_declined.xml"))
    assert (len(first), statuses()) == (5, ["failed"])
    post(sample("xml/peopledoc_declined.xml"))
    assert (len(first), statuses()) == (5, ["processed"])
    attempts = ReceiverRun.objects.values_list("signal", "attempts")
    assert sorted(attempts) == [("connect_event", 1)] * 5 + [("envelope_declined", 2)]


@pytest.mark.parametrize("size", [12 * 1024, 3 * MEBIBYTE, 25 * MEBIBYTE])
def test_03_large_body_is_accepted_whole(post: Post, size: int) -> None:
    body, content = with_document(size)
    assert len(body) >= size
    assert post(body).json() == {"status": "accepted"}
    message, document = (
        ConnectMessage.objects.get(),
        Envelope.objects.get().documents.get(),
    )
    assert message.body == body
    assert (document.size, document.content_type) == (len(content), "application/pdf")
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    with document.file.open("rb") as file:
        assert file.read() == content


@pytest.mark.parametrize("options", [{"HMAC_KEYS": []}, {"HMAC_KEYS": [""]}])
def test_04_without_a_key_all_is_refused(
    post: Post, configure: Configure, options: dict[str, Any]
) -> None:
    configure(**options)
    for key in ("", KEY):
        assert post(sim("envelope-sent"), key=key).status_code == 401
    assert statuses() == []


def test_05_forged_request_leaves_no_row_and_no_secret_anywhere(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    secrets = {"Cookie": "session=c00kie", "Authorization": "Bearer t0ken"}
    with CaptureQueriesContext(connection) as queries:
        response = post(sim("envelope-sent"), key="forged", headers=secrets)
    assert (response.status_code, len(queries)) == (401, 0)
    post(sim("envelope-sent"), headers=secrets)
    rows = repr([vars(message) for message in ConnectMessage.objects.all()])
    for secret in ("c00kie", "t0ken", sign(sim("envelope-sent"), "forged").decode()):
        assert secret not in rows + caplog.text + repr(queries.captured_queries)


@pytest.mark.parametrize(
    "address", ["6.6.6.6, 10.0.0.1", "unknown", "'; --", "::ffff:1%eth0", "9" * 5000]
)
def test_06_forwarded_address_is_not_believed_and_breaks_nothing(
    post: Post, address: str
) -> None:
    headers = {"X-Forwarded-For": address, "X-Real-IP": address, "Forwarded": address}
    assert post(sim("envelope-sent"), key="forged", headers=headers).status_code == 401
    assert post(sim("envelope-sent"), headers=headers).status_code == 200
    assert address not in repr([vars(one) for one in ConnectMessage.objects.all()])


def test_07_message_that_is_processed_again_is_announced_as_a_replay(
    post: Post, hear: Hear
) -> None:
    heard = hear(signals.envelope_completed)
    post(sim("envelope-completed"))
    call_command("docusign_replay", envelope=ENVELOPE_ID)
    assert [arguments["is_replay"] for arguments in heard] == [False, True]
    assert EnvelopeEvent.objects.count() == 1


@pytest.mark.parametrize("is_allowed", [True, False])
def test_08_staff_process_a_message_again_if_they_are_permitted_to(
    post: Post, hear: Hear, *, is_allowed: bool
) -> None:
    post(sim("envelope-completed"))
    staff = User.objects.create_user("staff", is_staff=True)
    codenames = ["view_connectmessage"] + ["process_connectmessage"] * is_allowed
    staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(staff)
    client.post(
        "/admin/docusign_connect/connectmessage/",
        {
            "action": "process_again",
            "_selected_action": [ConnectMessage.objects.get().pk],
        },
    )
    assert ConnectMessage.objects.get().is_replay is is_allowed


def test_09_message_that_comes_twice_is_one_event_and_runs_receivers_once(
    post: Post, hear: Hear
) -> None:
    heard = hear(signals.recipient_completed)
    for _ in range(2):
        assert post(sample("json/recipient_completed_minimal.json")).status_code == 200
    assert (len(heard), EnvelopeEvent.objects.count()) == (1, 1)
    assert ConnectMessage.objects.get().duplicates == 1


@pytest.mark.parametrize(
    "body",
    [
        sim("envelope-folded"),
        compact({"event": "rooms-created", "data": {"roomId": "1"}}),
        sim("envelope-completed", envelopeId="11111111-2222-3333-4444-555555555555"),
    ],
)
def test_10_unknown_event_or_envelope_is_accepted_and_kept(
    post: Post, body: bytes
) -> None:
    assert post(body).status_code == 200
    assert statuses() == ["processed"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"event":"envelope-sent","n":1.0}',
        b'{"event":"envelope-sent","n":"\\u00e9"}',
        b'{ "event" : "envelope-sent" }\r\n',
        '{"n":"é","event":"envelope-sent"}'.encode(),
    ],
)
def test_11_signature_is_of_the_bytes_and_not_of_what_they_say(
    post: Post, body: bytes
) -> None:
    assert json.dumps(json.loads(body)).encode() != body
    assert post(body).status_code == 200
    assert ConnectMessage.objects.get().body == body


@pytest.mark.parametrize("ago", [timedelta(minutes=30), timedelta(days=3)])
def test_12_retry_that_comes_long_after_is_accepted(post: Post, ago: timedelta) -> None:
    generated = (datetime.now(timezone.utc) - ago).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    body = sim("envelope-completed", retry_count=8, generated=generated)
    assert post(body).json() == {"status": "accepted"}
    assert (statuses(), Envelope.objects.get().status) == (["processed"], "completed")


def test_13_second_signature_is_enough_if_the_first_is_of_another_key(
    configure: Configure,
) -> None:
    configure(HMAC_KEYS=["new-key", KEY])
    body = sim("envelope-sent")
    headers = {
        "X-DocuSign-Signature-1": sign(body, "key of another system").decode(),
        "X-DocuSign-Signature-2": sign(body, KEY).decode(),
    }
    response = Client(enforce_csrf_checks=True).post(
        URL, body, content_type="application/json", headers=headers
    )
    assert response.status_code == 200


def test_14_message_without_a_summary_or_custom_fields_is_processed(
    post: Post,
) -> None:
    post(sample("json/envelope_completed_minimal.json"))
    post(sample("json/recipient_completed_minimal.json"))
    post(sim("envelope-sent", summary={"status": "sent", "customFields": None}))
    assert statuses() == ["processed"] * 3
    assert Envelope.objects.exclude(custom_fields={}).count() == 0


def test_15_remote_recipient_carbon_copy_and_voided_envelope_are_processed(
    post: Post,
) -> None:
    post(sample("xml/official_aws_completed.xml"))
    signer, copied = Envelope.objects.get().recipients.all()
    assert (signer.type, signer.client_user_id) == ("signer", "1000")
    assert (copied.type, copied.client_user_id) == ("carbonCopy", "")
    assert (copied.status, copied.signed_at) == ("completed", None)
    post(xml("<VoidReason>Expired</VoidReason>", status="Voided"))
    voided = Envelope.objects.get(envelope_id=ENVELOPE_ID)
    assert (voided.status, voided.voided_reason) == ("voided", "Expired")
    assert statuses() == ["processed"] * 2


def test_16_document_type_in_xml_is_refused_without_work(
    post: Post, hear: Hear
) -> None:
    heard = hear(signals.connect_event)
    laughs = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10)
    )
    head = f"<!DOCTYPE x [{laughs}]>"
    assert post(xml("<Subject>&l9;</Subject>", head=head)).status_code == 200
    message = ConnectMessage.objects.get()
    assert (message.status, message.format) == ("failed", "")
    assert "is refused" in message.error
    assert (len(message.error) < 300, heard, Envelope.objects.count()) == (True, [], 0)


@pytest.mark.django_db(transaction=True)
def test_17_message_is_committed_before_anything_is_told_to_process_it(
    post: Post, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    monkeypatch.setattr(LookingProcessor, "seen", [])
    configure(PROCESSOR=f"{__name__}.{LookingProcessor.__qualname__}")
    post(sim("envelope-sent"))
    assert LookingProcessor.seen == [(False, 1)]


def test_18_nothing_is_deleted_in_the_request(post: Post) -> None:
    bodies = [sample("json/envelope_completed_full.json"), sim("envelope-sent"), b"{"]
    with CaptureQueriesContext(connection) as queries:
        for body in (*bodies, *bodies):
            assert post(body).status_code == 200
    verbs = {query["sql"].split()[0].upper() for query in queries}
    assert "INSERT" in verbs
    assert "DELETE" not in verbs


@pytest.mark.parametrize("debug", [True, False])
def test_19_no_query_no_header_and_no_debug_switches_verification_off(
    settings: Any, *, debug: bool
) -> None:
    settings.DEBUG = debug
    headers = {
        "X-Authorization-Digest": "none",
        "X-DocuSign-Test": "1",
        "Host": "localhost",
    }
    for query in ("?test=1", "?test=/break", "?skip=hmac", "?DEBUG=1"):
        response = Client().post(
            URL + query, sim("envelope-sent"), "application/json", headers=headers
        )
        assert (response.status_code, response.content) == (401, b"")
    assert statuses() == []


SAME_SECOND = "2022-09-22T15:22:53Z"
AT_ONCE = [
    sim("envelope-delivered", generated=SAME_SECOND),
    sim("envelope-completed", generated=SAME_SECOND),
    aggregate("delivered", lastModifiedDateTime=SAME_SECOND, emailSubject="Lease"),
]


@pytest.mark.parametrize("bodies", list(permutations(AT_ONCE)))
def test_20_messages_of_the_same_second_give_one_state_in_any_order(
    post: Post, bodies: tuple[bytes, ...]
) -> None:
    for body in bodies:
        post(body)
    envelope = Envelope.objects.get()
    assert (envelope.status, envelope.subject) == ("completed", "Lease")
    assert sorted(event.name for event in envelope.events.all()) == [
        "envelope-completed",
        "envelope-delivered",
    ]
