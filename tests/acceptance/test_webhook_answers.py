"""The webhook's answers, one test for each row of their table."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.test import Client

from django_docusign_connect.authentication.rejections import get_rejections
from django_docusign_connect.authentication.signatures import fingerprint, sign
from django_docusign_connect.models import ConnectMessage, Envelope
from django_docusign_connect.signals import message_rejected
from tests.bodies import ENVELOPE_ID, NAMESPACE, click, compact, sample, sim, soap, xml
from tests.conftest import KEY

pytestmark = pytest.mark.django_db

URL = "/docusign/connect/"
Post = Callable[..., Any]
Configure = Callable[..., None]


class BrokenProcessor:
    def enqueue(self, message: ConnectMessage) -> None:
        raise RuntimeError("The broker is away.")


def kept() -> ConnectMessage:
    return ConnectMessage.objects.get()


# Authentic and new.


def test_new_message_is_accepted_and_kept_as_it_came(post: Post) -> None:
    body = sample("json/recipient_completed_minimal.json")
    response = post(body)
    assert (response.status_code, response.json()) == (200, {"status": "accepted"})
    message = kept()
    assert message.body == body
    assert message.size == len(body)
    assert message.status == "processed"
    assert message.content_type == "application/json; charset=utf-8"
    assert message.key_fingerprint == fingerprint(KEY)
    assert (message.listener, message.source) == ("default", "webhook")


def test_message_to_a_named_listener_is_kept_for_it(
    post: Post, configure: Configure
) -> None:
    configure(LISTENERS={"demo": {"HMAC_KEYS": ["demo-key"]}})
    response = post(sim("envelope-sent"), listener="demo/", key="demo-key")
    assert response.status_code == 200
    assert kept().listener == "demo"
    assert post(sim("envelope-sent"), listener="demo/").status_code == 401


# A repeat, or a retry of DocuSign's.


@pytest.mark.parametrize(
    "repeat",
    [
        sim("envelope-sent"),
        sim("envelope-sent", retry_count=3),
        json.dumps(json.loads(sim("envelope-sent")), indent=2).encode(),
    ],
    ids=["byte for byte", "with its retry count raised", "with other white space"],
)
def test_repeat_is_a_duplicate_and_counted_on_the_first(
    post: Post, repeat: bytes
) -> None:
    assert post(sim("envelope-sent")).json() == {"status": "accepted"}
    for _ in range(2):
        response = post(repeat)
        assert (response.status_code, response.json()) == (200, {"status": "duplicate"})
    message = kept()
    assert message.duplicates == 2
    assert message.last_received_at > message.received_at
    assert message.body == sim("envelope-sent")


def test_repeat_of_an_xml_message_is_a_duplicate(post: Post) -> None:
    for status in ("accepted", "duplicate"):
        assert post(xml(), content_type="text/xml").json() == {"status": status}


def test_repeat_of_a_large_message_leaves_no_second_file(
    post: Post, configure: Configure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    field = ConnectMessage._meta.get_field("body_file")
    monkeypatch.setattr(field, "storage", FileSystemStorage(tmp_path))
    configure(BODY_INLINE_BYTES=10)
    for retry_count in range(3):
        assert post(sim("envelope-sent", retry_count=retry_count)).status_code == 200
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.read_bytes() == kept().body == sim("envelope-sent")


# Authentic, but unreadable.


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"event": "envelope-sent"', "The body is not JSON"),
        (b"<DocuSignEnvelopeInformation>", "not well-formed XML"),
        (xml(head="<!DOCTYPE x>"), "declares a DTD or an entity, which is refused"),
        (b"", "The body is empty"),
        (b"\x89PNG\r\n", "The body is not JSON"),
        (b'{"hello": "world"}', "no Connect message"),
        (b"<html/>", "has no DocuSignEnvelopeInformation element"),
    ],
)
def test_unreadable_message_is_accepted_and_kept_as_failed(
    post: Post, body: bytes, error: str
) -> None:
    response = post(body, content_type="application/octet-stream")
    assert (response.status_code, response.json()) == (200, {"status": "accepted"})
    message = kept()
    assert (message.status, message.format, message.body) == ("failed", "", body)
    assert error in message.error
    assert message.next_attempt_at is not None
    assert not Envelope.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "image/png", "", "a" * 300])
@pytest.mark.parametrize("body", [sim("envelope-sent"), xml()], ids=["json", "xml"])
def test_message_is_read_whatever_its_content_type(
    post: Post, body: bytes, content_type: str
) -> None:
    assert post(body, content_type=content_type).status_code == 200
    assert kept().status == "processed"
    assert Envelope.objects.get().status == "sent"


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("application/json\0; a=b", "application/json; a=b"),
        ("text/\ud800xml", "text/\N{REPLACEMENT CHARACTER}xml"),
        ("\0" * 10 + "a" * 300, "a" * 255),
    ],
)
def test_content_type_that_no_database_holds_is_kept_without_what_it_cannot(
    content_type: str, shown: str
) -> None:
    body = sim("envelope-sent")
    signature = {"X-DocuSign-Signature-1": sign(body, KEY).decode()}
    response = Client().generic(
        "POST", URL, body, content_type=content_type, headers=signature
    )
    assert response.status_code == 200
    assert kept().content_type == shown


# Authentic, but about something else.


@pytest.mark.parametrize("event", ["envelope-folded", "x" * 150, "Ereignis-über"])
def test_unknown_event_is_accepted_and_kept(post: Post, event: str) -> None:
    assert post(sim(event)).json() == {"status": "accepted"}
    message = kept()
    assert (message.status, message.event) == ("processed", event[:100])
    assert [row.name for row in Envelope.objects.get().events.all()] == [event[:100]]


def test_event_about_no_envelope_is_accepted_and_kept(post: Post) -> None:
    assert post(click()).json() == {"status": "accepted"}
    message = kept()
    assert (message.status, message.event) == ("processed", "click-agreed")
    assert message.envelope_id is None
    assert not Envelope.objects.exists()


# Authentic, but of an account that is not accepted.


def test_message_of_another_account_is_kept_as_ignored(
    post: Post, configure: Configure
) -> None:
    configure(ACCOUNT_IDS=["4197223"])
    assert post(sim("envelope-sent")).json() == {"status": "accepted"}
    message = kept()
    assert message.status == "ignored"
    assert "is not in the listener's ACCOUNT_IDS" in message.error
    assert not Envelope.objects.exists()


def test_accounts_are_accepted_by_guid_and_by_number(
    post: Post, configure: Configure
) -> None:
    configure(ACCOUNT_IDS=["4197223", "8B411BFE-54F5-47FC-BBF2-55D9A71A200F"])
    for name in ("xml/official_aws_sent.xml", "json/recipient_completed_minimal.json"):
        assert post(sample(name)).status_code == 200
    assert {message.status for message in ConnectMessage.objects.all()} == {"processed"}


# Not authentic.

FORGERIES = {
    "none": {},
    "empty": {"X-DocuSign-Signature-1": ""},
    "wrong": {"X-DocuSign-Signature-1": sign(b"another body", KEY).decode()},
    "of another key": {"X-DocuSign-Signature-1": sign(click(), "forged").decode()},
    "garbage": {"X-DocuSign-Signature-1": '"; DROP TABLE x; --'},
    "non-ASCII": {"X-DocuSign-Signature-1": "ünïcödé"},
    "emoji": {"X-DocuSign-Signature-1": "😀"},
    "right but misnamed": {"X-Signature-1": sign(click(), KEY).decode()},
}


@pytest.mark.parametrize("headers", FORGERIES.values(), ids=FORGERIES)
def test_message_that_is_not_authentic_is_refused_and_leaves_nothing(
    headers: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    hear: Callable[..., list[dict[str, Any]]],
    django_assert_num_queries: Any,
) -> None:
    refused = hear(message_rejected)
    secrets = {"Cookie": "session=c00kie", "Authorization": "Basic dXNlcjpw"}
    with django_assert_num_queries(0), caplog.at_level(logging.DEBUG):
        response = Client(enforce_csrf_checks=True).post(
            URL, click(), content_type="text/plain", headers=secrets | headers
        )
    assert (response.status_code, response.content) == (401, b"")
    assert not response.cookies
    assert not ConnectMessage.objects.exists()
    for secret in (*secrets.values(), *filter(None, headers.values())):
        assert secret not in caplog.text
        assert secret not in repr(refused)


@pytest.mark.parametrize("keys", [[], [""], ["env:DOCUSIGN_NO_SUCH_KEY"]])
def test_without_a_key_nothing_is_authentic(
    post: Post, configure: Configure, keys: list[str]
) -> None:
    configure(HMAC_KEYS=keys)
    assert post(sim("envelope-sent"), key="").status_code == 401
    assert post(sim("envelope-sent")).status_code == 401
    assert not ConnectMessage.objects.exists()


def ask_vault() -> str:
    raise LookupError("The vault is sealed with hunter2.")


UNREADABLE_KEYS = {
    "raises": (ask_vault, "LookupError"),
    "is no text": (lambda: b"hunter2", "TypeError"),
    "is None": (lambda: None, "TypeError"),
    "is no Unicode": (lambda: "hunter2\udcff", "UnicodeEncodeError"),
}


@pytest.mark.parametrize(
    ("key", "error"), UNREADABLE_KEYS.values(), ids=UNREADABLE_KEYS
)
def test_key_that_cannot_be_read_verifies_nothing_and_the_others_still_do(
    post: Post,
    configure: Configure,
    caplog: pytest.LogCaptureFixture,
    key: Callable[[], Any],
    error: str,
) -> None:
    configure(HMAC_KEYS=["another", key, KEY])
    assert post(sim("envelope-sent")).status_code == 200
    for forged in ("", "hunter2", "None"):
        assert post(sim("envelope-sent"), key=forged).status_code == 401
    assert f"Key 2 of HMAC_KEYS cannot be read: {error}." in caplog.messages
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("key", "_error"), UNREADABLE_KEYS.values(), ids=UNREADABLE_KEYS
)
def test_without_a_key_that_can_be_read_nothing_is_authentic(
    post: Post, configure: Configure, hear: Callable[..., Any], key: Any, _error: str
) -> None:
    configure(HMAC_KEYS=[key])
    refused = hear(message_rejected)
    for forged in ("", "hunter2", KEY):
        assert post(sim("envelope-sent"), key=forged).status_code == 401
    assert {one["reason"] for one in refused} == {"no key configured"}
    assert not ConnectMessage.objects.exists()


@pytest.mark.parametrize("methods", [[], ["trust"], ["hmac", "trust"]])
def test_without_a_known_method_nothing_is_authentic(
    post: Post, configure: Configure, methods: list[str]
) -> None:
    configure(AUTHENTICATION=methods)
    assert post(sim("envelope-sent")).status_code == 401
    assert not ConnectMessage.objects.exists()


def test_refusal_is_counted_and_told_to_staff_alone(
    post: Post, hear: Callable[..., list[dict[str, Any]]], configure: Configure
) -> None:
    configure(LISTENERS={"demo": {}})
    refused = hear(message_rejected)
    for _ in range(2):
        post(sim("envelope-sent"), key="forged", listener="demo/")
    assert [(one["sender"], one["listener"], one["reason"]) for one in refused] == [
        (ConnectMessage, "demo", "no signature matches a configured key")
    ] * 2
    (counted,) = get_rejections(["default", "demo"])
    assert (counted.listener, counted.count) == ("demo", 2)
    assert counted.last_reason == "no signature matches a configured key"


def test_forgery_is_refused_even_if_it_cannot_be_counted(
    post: Post, settings: Any
) -> None:
    backend = "django.core.cache.backends.dummy.DummyCache"
    settings.CACHES = {"default": {"BACKEND": backend}}
    assert post(sim("envelope-sent"), key="forged").status_code == 401


# Too large.


def test_body_over_the_limit_is_refused_and_not_kept(
    post: Post, configure: Configure
) -> None:
    configure(MAX_BODY_BYTES=1000)
    response = post(b" " * 1001)
    assert (response.status_code, response.content) == (413, b"")
    assert not ConnectMessage.objects.exists()
    assert post(b" " * 1000).status_code == 200


def test_projects_own_limit_of_bodies_does_not_matter(
    post: Post, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert post(sim("envelope-sent")).status_code == 200


# Not a message to a listener at all.


@pytest.mark.parametrize("listener", ["nowhere/", "NOWHERE/", "default2/"])
def test_unknown_listener_is_not_found(post: Post, listener: str) -> None:
    assert post(sim("envelope-sent"), listener=listener).status_code == 404
    assert not ConnectMessage.objects.exists()


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]
)
@pytest.mark.parametrize("path", [URL, f"{URL}?test=1", f"{URL}nowhere/"])
def test_any_method_but_post_is_refused(method: str, path: str) -> None:
    signature = {"X-DocuSign-Signature-1": sign(b"", KEY).decode()}
    response = Client(enforce_csrf_checks=True).generic(
        method, path, b"", headers=signature
    )
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert not ConnectMessage.objects.exists()


# What cannot be stored.


@pytest.mark.django_db(transaction=True)
def test_message_that_cannot_be_stored_is_to_be_sent_again(post: Post) -> None:
    table = ConnectMessage._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")
    try:
        response = post(sim("envelope-sent"))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away RENAME TO {table}")
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert post(sim("envelope-sent")).json() == {"status": "accepted"}


# SOAP.


@pytest.mark.parametrize(
    "version",
    [
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
    ],
)
def test_soap_call_is_answered_in_kind_new_or_not(post: Post, version: str) -> None:
    for _ in range(2):
        response = post(soap(version), content_type="text/xml; charset=utf-8")
        assert response.status_code == 200
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        found = fromstring(response.content).find(
            f"{{{version}}}Body/{{{NAMESPACE}}}DocuSignConnectUpdateResponse/"
            f"{{{NAMESPACE}}}EnvelopeID"
        )
        assert found is not None
        assert UUID(found.text) == UUID(ENVELOPE_ID)
    assert kept().duplicates == 1


# Django's own protections.


def test_webhook_needs_neither_a_csrf_token_nor_a_login(post: Post) -> None:
    response = post(sim("envelope-sent"))
    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.django_db(transaction=True)
def test_message_stays_when_its_processor_raises_under_atomic_requests(
    post: Post, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    configure(PROCESSOR=f"{__name__}.{BrokenProcessor.__qualname__}")
    with pytest.raises(RuntimeError, match="The broker is away"):
        post(sim("envelope-sent"))
    message = kept()
    assert (message.status, message.is_waiting) == ("pending", True)
    configure()
    assert post(sim("envelope-sent")).json() == {"status": "duplicate"}
    assert kept().status == "processed"


@pytest.mark.parametrize(
    "path",
    [
        f"{URL}?test=1",
        f"{URL}?test=/break",
        f"{URL}?debug=true&X-DocuSign-Signature-1=x",
    ],
)
@pytest.mark.parametrize("debug", [False, True])
def test_nothing_switches_verification_off(
    settings: Any, path: str, *, debug: bool
) -> None:
    settings.DEBUG = debug
    headers = {"X-Forwarded-For": "127.0.0.1", "X-Authorization-Digest": "NONE"}
    response = Client().post(
        path, sim("envelope-sent"), content_type="application/json", headers=headers
    )
    assert (response.status_code, response.content) == (401, b"")
    assert not ConnectMessage.objects.exists()


def test_answer_tells_nothing_of_how_the_project_is_set_up(
    post: Post, settings: Any
) -> None:
    settings.DEBUG = True
    response = post(compact({"event": "envelope-sent"}), key="forged")
    assert not response.content
    assert not re.search("hmac|key|signature", str(response.headers), re.IGNORECASE)


if connection.vendor == "postgresql":  # which shows a row that it refuses

    def test_row_that_the_database_refuses_is_not_shown_in_the_log(
        post: Callable[..., Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        table = ConnectMessage._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} ADD CHECK (event = '') NOT VALID")
        assert post(sim("envelope-sent")).status_code == 503
        assert "could not be stored (IntegrityError)" in caplog.text
        assert "Failing row" not in caplog.text
