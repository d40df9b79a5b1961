"""The state of an envelope as the elements of a legacy XML message show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo

from django_docusign_connect.messages.cutting import Cut
from django_docusign_connect.messages.dates import parse_datetime
from django_docusign_connect.messages.limits import (
    MOST_DOCUMENTS,
    MOST_RECIPIENTS,
    limited,
    limited_fields,
)
from django_docusign_connect.messages.text import as_number, as_uuid
from django_docusign_connect.messages.values import (
    DocumentContent,
    EnvelopeState,
    RecipientState,
)

Fields = dict[str, str]
Records = Mapping[str, list[Fields]]

#: What DocuSign adds as custom fields of the envelope, though they are none.
ACCOUNT_FIELDS = frozenset({"AccountId", "AccountName", "AccountSite"})
CERTIFICATE_ID = "certificate"


def read_snapshot(records: Records, *, zone: tzinfo, cut: Cut) -> EnvelopeState:
    """Return the state; ``zone`` is that of the times, which name none.

    UnreadableMessage if it shows more rows than any envelope has.
    """
    fields = (records.get("EnvelopeStatus") or [{}])[0]

    def date(name: str) -> datetime | None:
        return parse_datetime(fields.get(name, ""), zone=zone)

    return EnvelopeState(
        status=fields.get("Status", "").lower(),
        subject=fields.get("Subject", ""),
        sender_name=fields.get("UserName", ""),
        sender_email=fields.get("Email", ""),
        created_at=date("Created"),
        sent_at=date("Sent"),
        delivered_at=date("Delivered"),
        completed_at=date("Completed"),
        declined_at=date("Declined"),
        voided_at=date("Voided"),
        deleted_at=date("Deleted"),
        voided_reason=fields.get("VoidReason", ""),
        custom_fields=_custom_fields(records),
        recipients=limited(_recipients(records, zone), MOST_RECIPIENTS, "recipients"),
        documents=limited(_documents(records, cut), MOST_DOCUMENTS, "documents"),
    )


def account_fields(records: Records) -> Fields:
    """Return the custom fields that tell of the account."""
    fields = _all_custom_fields(records)
    return {name: fields[name] for name in ACCOUNT_FIELDS & fields.keys()}


def _all_custom_fields(records: Records) -> Fields:
    found = (
        (field["Name"], field.get("Value", ""))
        for field in records.get("CustomField", [])
        if field.get("Name")
    )
    return limited_fields(found)


def _custom_fields(records: Records) -> Fields | None:
    fields = _all_custom_fields(records)
    return {name: fields[name] for name in fields.keys() - ACCOUNT_FIELDS} or None


def _recipients(records: Records, zone: tzinfo) -> Iterator[RecipientState]:
    for fields in records.get("RecipientStatus", []):
        dates = {
            name: parse_datetime(fields.get(name, ""), zone=zone)
            for name in ("Sent", "Delivered", "Signed", "Declined")
        }
        yield RecipientState(
            recipient_id_guid=as_uuid(fields.get("RecipientId")),
            type=_recipient_type(fields.get("Type", "")),
            name=fields.get("UserName", ""),
            email=fields.get("Email", ""),
            routing_order=as_number(fields.get("RoutingOrder")),
            status=fields.get("Status", "").lower(),
            sent_at=dates["Sent"],
            delivered_at=dates["Delivered"],
            signed_at=dates["Signed"],
            declined_at=dates["Declined"],
            declined_reason=fields.get("DeclineReason", ""),
            auto_responded_reason=fields.get("AutoRespondedReason", ""),
            client_user_id=fields.get("ClientUserId", ""),
        )


def _recipient_type(kind: str) -> str:
    """Return what JSON calls a type; XML names one by the signer's host."""
    name = "InPersonSigner" if kind == "SigningHost" else kind
    return name[:1].lower() + name[1:]


def _documents(records: Records, cut: Cut) -> Iterator[DocumentContent]:
    listed = {
        fields["ID"]: fields
        for fields in records.get("DocumentStatus", [])
        if fields.get("ID")
    }
    ids: dict[str, list[str]] = {}
    for document_id, fields in listed.items():
        ids.setdefault(fields.get("Name", ""), []).append(document_id)
    contents = {
        document_id: fields
        for fields in records.get("DocumentPDF", [])
        if (document_id := _document_id(fields, ids))
    }
    for document_id in [*listed, *(contents.keys() - listed.keys())]:
        content = contents.get(document_id, {})
        fields = listed.get(document_id, {})
        encoded = content.get("PDFBytes", "")
        yield DocumentContent(
            document_id=document_id,
            name=fields.get("Name") or content.get("Name", ""),
            type=_document_type(document_id, content),
            order=as_number(fields.get("Sequence")),
            encoded=cut.document(encoded) or None,
        )


def _document_type(document_id: str, content: Fields) -> str:
    if document_id == CERTIFICATE_ID:
        return "summary"
    return content.get("DocumentType", "").lower() or "content"


def _document_id(content: Fields, ids: Mapping[str, list[str]]) -> str:
    """Return a document's id; older messages give contents by their names alone.

    ``ids`` are those of the documents of each name.
    """
    if content.get("DocumentType", "").upper() == "SUMMARY":
        return CERTIFICATE_ID
    name = content.get("Name", "")
    named = ids.get(name, [])
    return content.get("DocumentID") or (named[0] if len(named) == 1 else name)
