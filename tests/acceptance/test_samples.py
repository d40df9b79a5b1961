"""Recorded messages, posted: the rows match the files field by field."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.core import serializers

from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeDocument,
    EnvelopeEvent,
    Recipient,
)
from tests.bodies import DATA, sample
from tests.conftest import KEY
from tests.serving import Server, serve

from .samples import SAMPLES, Row, Rows

MODELS = (ConnectMessage, Envelope, Recipient, EnvelopeEvent, EnvelopeDocument)
MESSAGE_FIELDS = [
    "format",
    "event",
    "account_id",
    "envelope_id",
    "configuration_id",
    "generated_at",
    "status",
    "error",
]
#: What tells of the app's own work, or how rows belong together.
OWN_FIELDS = frozenset(
    [
        "stamps",
        "sender_email_lower",
        "email_lower",
        "changed_at",
        "newest_at",
        "envelope",
        "message",
        "first_message",
        "received_at",
        "source",
        "previous_status",
    ]
)
NOTHING = {"", "{}", "False", "0", "None"}


def written(objects: str | bytes) -> dict[str, list[Row]]:
    """Return the fields of rows that Django wrote as XML, by the names of models."""
    rows: dict[str, list[Row]] = {model._meta.model_name or "": [] for model in MODELS}
    for element in fromstring(objects):
        name = element.get("model", "").partition(".")[2]
        fields = {
            field.get("name", ""): tidy("".join(field.itertext())) for field in element
        }
        if name in rows:
            rows[name].append({"pk": element.get("pk", ""), **fields})
    return rows


def tidy(text: str) -> str:
    """Write a time in UTC as people do; leave all else as it is."""
    moment = re.fullmatch(r"(\S{10})T([\d:]{8})(\.\d+)?\+00:00", text)
    if not moment:
        return text
    return f"{moment[1]} {moment[2]}{(moment[3] or '').rstrip('0')}"


def told(row: Row) -> Row:
    """Return what a row has from a message."""
    return {
        name: value
        for name, value in row.items()
        if name not in OWN_FIELDS | {"pk"} and value not in NOTHING
    }


def check(rows: dict[str, list[Row]], expected: Rows, body: bytes) -> None:
    (message,) = rows["connectmessage"]
    assert base64.b64decode(message["inline_body"]) == body
    assert {name: message[name] for name in MESSAGE_FIELDS if message[name]} == (
        expected.message
    )
    envelopes = [told(row) for row in rows["envelope"]]
    assert envelopes == ([expected.envelope] if expected.envelope else [])
    assert [told(row) for row in rows["recipient"]] == list(expected.recipients)
    assert [told(row) for row in rows["envelopedocument"]] == list(expected.documents)
    check_events(rows, expected)


def check_events(rows: dict[str, list[Row]], expected: Rows) -> None:
    names = {row["pk"]: row["name"] or row["recipient_id"] for row in rows["recipient"]}
    events = [
        (row["name"], names.get(row["recipient"], ""), row["occurred_at"])
        for row in sorted(
            rows["envelopeevent"], key=lambda row: (row["occurred_at"], int(row["pk"]))
        )
    ]
    assert events == list(expected.events)
    inferred = {row["is_inferred"] for row in rows["envelopeevent"]}
    assert inferred <= {str(expected.is_inferred)}


def test_every_recorded_message_is_among_the_samples() -> None:
    files = {
        path.relative_to(DATA).as_posix()
        for folder in ("json", "xml")
        for path in (DATA / folder).iterdir()
    }
    assert files == set(SAMPLES)


@pytest.mark.django_db
@pytest.mark.parametrize("name", SAMPLES)
def test_recorded_message_makes_the_rows_that_it_tells_of(
    post: Callable[..., Any], name: str
) -> None:
    content_type = "text/xml" if name.endswith("xml") else "application/json"
    response = post(sample(name), content_type=f"{content_type}; charset=utf-8")
    assert (response.status_code, response.json()) == (200, {"status": "accepted"})
    objects = [row for model in MODELS for row in model._default_manager.order_by("pk")]
    rows = written(serializers.serialize("xml", objects))
    check(rows, SAMPLES[name], sample(name))


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("example")
    keys = {"DOCUSIGN_CONNECT_HMAC_KEYS": f"another-key,{KEY}"}
    with serve("example_project.settings", folder, **keys) as server:
        yield server


@pytest.mark.parametrize("name", SAMPLES)
def test_recorded_message_makes_the_same_rows_in_the_served_example_project(
    example: Server, name: str
) -> None:
    body = sample(name)
    example.manage("flush", "--no-input", "--verbosity=0")
    headers = {"X-DocuSign-Signature-1": sign(body, KEY).decode()}
    answer = example.post("/docusign/connect/", body, headers)
    assert answer == (200, b'{"status": "accepted"}')
    rows = written(example.manage("dumpdata", "docusign_connect", "--format=xml"))
    check(rows, SAMPLES[name], body)
