"""The recipients of an envelope in JSON messages."""

from __future__ import annotations

from typing import Any

from .story import Envelope, Recipient
from .wire_times import write_known

#: A message names every kind of recipient, with an empty array if there is none.
RECIPIENT_ARRAYS = {
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
}


def write_recipients(envelope: Envelope) -> dict[str, Any]:
    """Return DocuSign's object of an envelope's recipients, by kind."""
    arrays = {
        array: [_recipient(r) for r in envelope.recipients if r.kind == kind]
        for array, kind in RECIPIENT_ARRAYS.items()
    }
    return {
        **arrays,
        "recipientCount": str(len(envelope.recipients)),
        "currentRoutingOrder": str(envelope.current_routing_order),
    }


def _recipient(recipient: Recipient) -> dict[str, Any]:
    values: dict[str, Any] = _signing(recipient)
    values |= {
        "name": recipient.person.name,
        "email": recipient.person.email,
        "recipientId": recipient.recipient_id,
        "recipientIdGuid": recipient.guid,
        "requireIdLookup": "false",
        "userId": recipient.person.user_id,
        "routingOrder": str(recipient.routing_order),
        "note": "",
        "roleName": recipient.role_name,
        "status": recipient.status,
        "completedCount": "1" if recipient.signed_at else "0",
        **write_known(
            signedDateTime=recipient.signed_at,
            deliveredDateTime=recipient.delivered_at,
            declinedDateTime=recipient.declined_at,
            sentDateTime=recipient.sent_at,
        ),
    }
    if recipient.declined_reason:
        values["declinedReason"] = recipient.declined_reason
    values |= {"deliveryMethod": "email", "recipientType": recipient.kind}
    return values | _authentication(recipient)


def _signing(recipient: Recipient) -> dict[str, str]:
    """Return what is said only of those who sign."""
    if recipient.kind != "signer":
        return {}
    return {
        "creationReason": "sender",
        "canSignOffline": "false",
        "isBulkRecipient": "false",
        "requireUploadSignature": "false",
    }


def _authentication(recipient: Recipient) -> dict[str, Any]:
    failed = write_known(eventTimestamp=recipient.authentication_failed_at)
    if not failed:
        return {}
    result = {"status": "Failed", **failed}
    return {"recipientAuthenticationStatus": {"accessCodeResult": result}}
