"""The JSON object of an envelope, which SIM and aggregate messages share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django_docusign_connect.messages.cutting import Cut
from django_docusign_connect.messages.dates import parse_datetime
from django_docusign_connect.messages.limits import (
    MOST_DOCUMENTS,
    MOST_RECIPIENTS,
    limited,
    limited_fields,
)
from django_docusign_connect.messages.text import as_number, as_uuid, clean
from django_docusign_connect.messages.values import (
    DocumentContent,
    EnvelopeState,
    RecipientState,
)

Json = Mapping[str, Any]

RECIPIENT_TYPES = {
    "signers": "signer",
    "agents": "agent",
    "editors": "editor",
    "intermediaries": "intermediary",
    "carbonCopies": "carbonCopy",
    "certifiedDeliveries": "certifiedDelivery",
    "inPersonSigners": "inPersonSigner",
    "seals": "seal",
    "witnesses": "witness",
    "notaries": "notary",
    "notaryWitnesses": "notaryWitness",
    "participants": "participant",
}


def read_summary(summary: Json, cut: Cut) -> EnvelopeState:
    """Return the state that an envelope's JSON object shows.

    UnreadableMessage if it shows more rows than any envelope has.
    """
    sender = as_object(summary.get("sender"))
    recipients = _recipients(as_object(summary.get("recipients")))
    documents = _documents(summary, cut)
    return EnvelopeState(
        status=clean(summary.get("status")).lower(),
        subject=clean(summary.get("emailSubject")),
        sender_name=clean(sender.get("userName")),
        sender_email=clean(sender.get("email")),
        created_at=_date(summary, "createdDateTime"),
        initial_sent_at=_date(summary, "initialSentDateTime"),
        sent_at=_date(summary, "sentDateTime"),
        delivered_at=_date(summary, "deliveredDateTime"),
        completed_at=_date(summary, "completedDateTime"),
        declined_at=_date(summary, "declinedDateTime"),
        voided_at=_date(summary, "voidedDateTime"),
        deleted_at=_date(summary, "deletedDateTime"),
        voided_reason=clean(summary.get("voidedReason")),
        expires_at=_date(summary, "expireDateTime"),
        status_changed_at=_date(summary, "statusChangedDateTime"),
        custom_fields=_custom_fields(as_object(summary.get("customFields"))),
        recipients=limited(recipients, MOST_RECIPIENTS, "recipients"),
        documents=limited(documents, MOST_DOCUMENTS, "documents"),
    )


def as_object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Json]:
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]


def _date(values: Json, key: str) -> datetime | None:
    return parse_datetime(clean(values.get(key)))


def _custom_fields(fields: Json) -> dict[str, str] | None:
    found = (
        (name, clean(field.get("value")))
        for kind in ("textCustomFields", "listCustomFields")
        for field in _objects(fields.get(kind))
        if (name := clean(field.get("name")))
    )
    return limited_fields(found) or None


def _recipients(recipients: Json) -> Iterator[RecipientState]:
    for kind, recipient_type in RECIPIENT_TYPES.items():
        for recipient in _objects(recipients.get(kind)):
            yield _recipient(recipient, recipient_type)


def _recipient(values: Json, recipient_type: str) -> RecipientState:
    return RecipientState(
        recipient_id=clean(values.get("recipientId")).strip(),
        recipient_id_guid=as_uuid(values.get("recipientIdGuid")),
        type=recipient_type,
        name=clean(values.get("signerName")) or clean(values.get("name")),
        email=clean(values.get("signerEmail")) or clean(values.get("email")),
        role_name=clean(values.get("roleName")),
        routing_order=as_number(values.get("routingOrder")),
        status=clean(values.get("status")).lower(),
        sent_at=_date(values, "sentDateTime"),
        delivered_at=_date(values, "deliveredDateTime"),
        signed_at=_date(values, "signedDateTime"),
        declined_at=_date(values, "declinedDateTime"),
        declined_reason=clean(values.get("declinedReason")),
        auto_responded_reason=clean(values.get("autoRespondedReason")),
        client_user_id=clean(values.get("clientUserId")),
    )


def _documents(summary: Json, cut: Cut) -> Iterator[DocumentContent]:
    for document in _objects(summary.get("envelopeDocuments")):
        document_id = clean(document.get("documentId")).strip()
        if document_id:
            yield DocumentContent(
                document_id=document_id,
                name=clean(document.get("name")),
                type=clean(document.get("type")).lower(),
                order=as_number(document.get("order")),
                encoded=_encoded(document.get("PDFBytes"), cut),
            )


def _encoded(text: object, cut: Cut) -> memoryview | None:
    return cut.document(text) or None if isinstance(text, str) else None
