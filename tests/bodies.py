"""Bodies of messages, written as DocuSign Connect writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django_docusign_connect.messages import identify, read
from django_docusign_connect.messages.values import MessageHeader

DATA = Path(__file__).parent / "data"
ACCOUNT_ID = "ebeffd2b-d050-4e1a-beae-787ac2aab843"
ENVELOPE_ID = "7a5f1e05-6b6b-445e-9ec0-b8531bacca38"
GENERATED = "2022-09-22T15:22:53.4580747Z"
NAMESPACE = "http://www.docusign.net/API/3.0"


def sample(name: str) -> bytes:
    return (DATA / name).read_bytes()


def header_of(body: bytes) -> MessageHeader:
    return read(body).header


def identity_of(body: bytes) -> str:
    identity, _ = identify(body)
    return identity


def compact(message: Any) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


def sim(
    event: str,
    *,
    summary: dict[str, Any] | None = None,
    retry_count: int = 0,
    generated: str = GENERATED,
    **data: Any,
) -> bytes:
    """Write a JSON SIM message; ``data`` is added to that of a known envelope."""
    known = {"accountId": ACCOUNT_ID, "envelopeId": ENVELOPE_ID}
    shown = {"envelopeSummary": summary} if summary else {}
    return compact(
        {
            "event": event,
            "apiVersion": "v2.1",
            "uri": f"/restapi/v2.1/accounts/{ACCOUNT_ID}/envelopes/{ENVELOPE_ID}",
            "retryCount": retry_count,
            "configurationId": 10055427,
            "generatedDateTime": generated,
            "data": {**known, **data, **shown},
        }
    )


def aggregate(status: str, **summary: Any) -> bytes:
    """Write a JSON aggregate message: the envelope's object alone."""
    return compact({"status": status, "envelopeId": ENVELOPE_ID, **summary})


def click(event: str = "click-agreed") -> bytes:
    """Write a SIM message about something that is no envelope."""
    data = {"accountId": ACCOUNT_ID, "agreementId": "a1"}
    return compact({"event": event, "generatedDateTime": GENERATED, "data": data})


def xml(
    *envelope: str,
    after: str = "",
    status: str = "Sent",
    root: str = "",
    head: str = "",
) -> bytes:
    """Write a legacy XML message; ``after`` follows the envelope's element."""
    root = root or f'DocuSignEnvelopeInformation xmlns="{NAMESPACE}"'
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<{root}><EnvelopeStatus>'
        f"<TimeGenerated>2014-09-16T03:46:52.9646432</TimeGenerated>"
        f"<EnvelopeID>{ENVELOPE_ID}</EnvelopeID><Status>{status}</Status>"
        f"{''.join(envelope)}</EnvelopeStatus>{after}</{root.split()[0]}>"
    ).encode()


def soap(version: str = "http://schemas.xmlsoap.org/soap/envelope/") -> bytes:
    """Write a call of the operation DocuSignConnectUpdate."""
    message = xml().partition(b"?>")[2].decode()
    return (
        f'<s:Envelope xmlns:s="{version}"><s:Body>'
        f'<DocuSignConnectUpdate xmlns="{NAMESPACE}">{message}'
        "</DocuSignConnectUpdate></s:Body></s:Envelope>"
    ).encode()
