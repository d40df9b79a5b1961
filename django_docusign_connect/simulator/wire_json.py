"""The bytes of JSON messages, SIM and aggregate.

Keys come in the order of real messages. Every scalar of an envelope is a string.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from .story import Document, Envelope, Moment
from .wire_recipients import write_recipients
from .wire_times import to_seven_digits, write_known


def write_sim(moment: Moment, *, retry_count: int, has_summary: bool) -> bytes:
    """Return a message that tells one event, compact as on the wire."""
    envelope, account = moment.envelope, moment.envelope.account
    data: dict[str, Any] = {
        "accountId": account.account_id,
        "userId": envelope.sender.user_id,
        "envelopeId": envelope.envelope_id,
    }
    if moment.recipient_id:
        data["recipientId"] = moment.recipient_id
    if has_summary:
        data["envelopeSummary"] = _summary(envelope)
    path = f"accounts/{account.account_id}/envelopes/{envelope.envelope_id}"
    return _dump(
        {
            "event": moment.event,
            "apiVersion": "v2.1",
            "uri": f"/restapi/v2.1/{path}",
            "retryCount": retry_count,
            "configurationId": account.configuration_id,
            "generatedDateTime": to_seven_digits(moment.generated_at),
            "data": data,
        }
    )


def write_aggregate(moment: Moment) -> bytes:
    """Return a message that is the envelope itself and names no event."""
    return _dump(_summary(moment.envelope))


def _dump(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _summary(envelope: Envelope) -> dict[str, Any]:
    """Return DocuSign's object of an envelope; what has not happened is left out."""
    uri = f"/envelopes/{envelope.envelope_id}"
    summary: dict[str, Any] = {
        "status": envelope.status,
        "documentsUri": f"{uri}/documents",
        "recipientsUri": f"{uri}/recipients",
        "attachmentsUri": f"{uri}/attachments",
        "envelopeUri": uri,
        "emailSubject": envelope.subject,
        "envelopeId": envelope.envelope_id,
        "signingLocation": "online",
        "customFieldsUri": f"{uri}/custom_fields",
        "notificationUri": f"{uri}/notification",
        "enableWetSign": "true",
        "allowMarkup": "false",
        "allowReassign": "true",
        **_dates(envelope),
        "documentsCombinedUri": f"{uri}/documents/combined",
        "certificateUri": f"{uri}/documents/certificate",
        "templatesUri": f"{uri}/templates",
        **_expiry(envelope),
        "sender": _sender(envelope),
        "customFields": {"textCustomFields": _custom_fields(envelope)},
        "recipients": write_recipients(envelope),
    }
    if envelope.documents:
        summary["envelopeDocuments"] = [
            _document(document, uri=uri) for document in envelope.documents
        ]
    return summary | _switches(envelope)


def _dates(envelope: Envelope) -> dict[str, str]:
    dates = write_known(
        createdDateTime=envelope.created_at,
        lastModifiedDateTime=envelope.last_modified_at,
        deliveredDateTime=envelope.delivered_at,
        initialSentDateTime=envelope.initial_sent_at,
        sentDateTime=envelope.sent_at,
        completedDateTime=envelope.completed_at,
        voidedDateTime=envelope.voided_at,
        declinedDateTime=envelope.declined_at,
        statusChangedDateTime=envelope.status_changed_at,
    )
    if envelope.voided_reason:
        dates["voidedReason"] = envelope.voided_reason
    return dates


def _expiry(envelope: Envelope) -> dict[str, str]:
    return {
        "expireEnabled": "true",
        **write_known(expireDateTime=envelope.expires_at),
        "expireAfter": str(envelope.expire_after),
    }


def _sender(envelope: Envelope) -> dict[str, str]:
    return {
        "userName": envelope.sender.name,
        "userId": envelope.sender.user_id,
        "accountId": envelope.account.account_id,
        "email": envelope.sender.email,
    }


def _custom_fields(envelope: Envelope) -> list[dict[str, str]]:
    return [
        {
            "fieldId": str(10_000_000 + number),
            "name": name,
            "show": "true",
            "required": "false",
            "value": value,
        }
        for number, (name, value) in enumerate(envelope.custom_fields, start=1)
    ]


def _document(document: Document, *, uri: str) -> dict[str, Any]:
    return {
        "documentId": document.document_id,
        "documentIdGuid": document.guid,
        "name": document.name,
        "type": document.kind,
        "uri": f"{uri}/documents/{document.document_id}",
        "order": str(document.order),
        "display": "inline",
        "includeInDownload": "true",
        "signerMustAcknowledge": "no_interaction",
        "templateRequired": "false",
        "authoritativeCopy": "false",
        "PDFBytes": base64.b64encode(document.content).decode(),
    }


def _switches(envelope: Envelope) -> dict[str, Any]:
    """Return the settings that come last in a real summary."""
    may_correct = envelope.status in ("sent", "delivered", "correct")
    return {
        "purgeState": "unpurged",
        "envelopeIdStamping": "true",
        "is21CFRPart11": "false",
        "signerCanSignOnMobile": "true",
        "autoNavigation": "true",
        "isSignatureProviderEnvelope": "false",
        "hasFormDataChanged": "false",
        "allowComments": "true",
        "hasComments": "false",
        "allowViewHistory": "true",
        "disableResponsiveDocument": "false",
        "envelopeMetadata": {
            "allowAdvancedCorrect": str(may_correct).lower(),
            "enableSignWithNotary": "false",
            "allowCorrect": str(may_correct).lower(),
        },
        "anySigner": None,
        "envelopeLocation": "current_site",
        "isDynamicEnvelope": "false",
    }
