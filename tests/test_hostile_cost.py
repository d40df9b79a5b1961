"""What one message costs at most: in a process of its own, as the system counts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.messages import limits, parse
from django_docusign_connect.messages.dates import parse_datetime
from django_docusign_connect.models import ConnectMessage, Envelope

from . import hostile
from .bodies import GENERATED, aggregate, xml

CPU_SECONDS = 2.0
BUSY_FACTOR = 4
MEMORY_FACTOR = 8
DATES = ("sentDateTime", "deliveredDateTime", "signedDateTime", "declinedDateTime")

#: What the XML parser itself would keep, which Python's own count does not show.
XML_BOMBS = (
    "elements",
    "nested elements",
    "kinds of elements",
    "attributes",
    "namespaces",
    "XML recipients",
    "XML tags without end",
    "a text of references",
)


def fullest_envelope() -> bytes:
    """Write an envelope with as many rows of each kind as are read."""
    signers = [
        {"recipientId": str(number), **dict.fromkeys(DATES, GENERATED)}
        for number in range(limits.MOST_RECIPIENTS)
    ]
    documents = [
        {"documentId": str(number), "name": f"{number}.pdf", "PDFBytes": "A" * 2000}
        for number in range(limits.MOST_DOCUMENTS)
    ]
    fields = [
        {"name": str(number), "value": "v" * 90}
        for number in range(limits.MOST_CUSTOM_FIELDS)
    ]
    return aggregate(
        "completed",
        recipients={"signers": signers},
        envelopeDocuments=documents,
        customFields={"textCustomFields": fields},
    )


def peak_of(body: bytes, folder: Path) -> int:
    """Return the bytes that a process needs more to receive and process the body."""
    file = folder / "body"
    file.write_bytes(body)
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.receive_one", str(file)],
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'cost.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "SIGNATURE": sign(body, "benchmark-key").decode(),
        },
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    peak: int = json.loads(run.stdout.splitlines()[-1])["peak"]
    return peak


@pytest.mark.parametrize("name", XML_BOMBS)
def test_xml_bomb_takes_little_memory_in_the_parser(name: str, tmp_path: Path) -> None:
    body = hostile.BOMBS[name]()
    bound = MEMORY_FACTOR * max(len(body), hostile.BOMB_BYTES)
    assert peak_of(body, tmp_path) < bound


@pytest.mark.django_db
def test_fullest_envelope_takes_little_time(post: Callable[..., Any]) -> None:
    body = fullest_envelope()
    began = time.process_time()
    assert post(body).status_code == 200
    # That is without other work on the machine, and with no line traced.
    assert time.process_time() - began < BUSY_FACTOR * CPU_SECONDS
    envelope = Envelope.objects.get()
    assert envelope.recipients.count() == limits.MOST_RECIPIENTS
    assert envelope.documents.count() == limits.MOST_DOCUMENTS
    assert len(envelope.custom_fields) == limits.MOST_CUSTOM_FIELDS
    assert ConnectMessage.objects.get().status == "processed"


@pytest.mark.django_db
def test_one_id_of_all_recipients_takes_little_time(post: Callable[..., Any]) -> None:
    signers = [
        {"recipientId": "1", "recipientIdGuid": f"{n:032}", "signedDateTime": GENERATED}
        for n in range(limits.MOST_RECIPIENTS)
    ]
    began = time.process_time()
    post(aggregate("completed", recipients={"signers": signers}))
    assert time.process_time() - began < BUSY_FACTOR * CPU_SECONDS
    assert Envelope.objects.get().recipients.count() == limits.MOST_RECIPIENTS


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00",
        "0001-12-31T23:59:59-14:00",
        "9999-12-31T23:59:59.9999999Z",
        "9999-01-01T00:00:00+14:00",
    ],
)
def test_time_of_the_first_or_last_year_means_none(text: str) -> None:
    assert parse_datetime(text) is None


def test_time_beside_the_first_or_last_year_stays_in_the_calendar() -> None:
    last = parse_datetime("9998-12-31T23:59:59-14:00")
    assert last == datetime(9999, 1, 1, 13, 59, 59, tzinfo=timezone.utc)
    first = parse_datetime("0002-01-01T00:00:00+14:00")
    assert first == datetime(1, 12, 31, 10, tzinfo=timezone.utc)


@pytest.mark.parametrize("text", ["cut:0", "cut:7", "9" * 900, "&#57;" * 5000])
def test_text_of_a_document_is_taken_for_no_mark(text: str) -> None:
    bytes_of_it = f"<Name>a</Name><PDFBytes>{text}</PDFBytes>"
    after = f"<DocumentPDFs><DocumentPDF>{bytes_of_it}</DocumentPDF></DocumentPDFs>"
    state = parse(xml(after=after)).state
    assert state is not None
    assert (
        bytes(state.documents[0].encoded or b"") == text.replace("&#57;", "9").encode()
    )
